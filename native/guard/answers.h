// Answers for a dead executor. They lie ready in the region, made by the codecs of the executor when it started; only the reason is
// written here. What is common to all releases (the message's first words) is read and written directly.
#ifndef GUARD_ANSWERS_H
#define GUARD_ANSWERS_H

#include "control.h"
#include "mapping.h"

enum command_kind { COMMAND_OTHER, COMMAND_EXECUTE, COMMAND_INITIALIZE, COMMAND_COMPLETE, COMMAND_FINALIZE };

struct message {
  uint32_t command; // its number
  uint64_t args;    // handle of its record
  enum command_kind kind;
};

// Reads the message at handle. Returns whether it lies in the region.
bool message_read(struct region *region, uint64_t handle, struct message *message);

// Overwrites the message at handle, to send it back.
bool message_write(struct region *region, uint64_t handle, uint32_t command, uint64_t args);

// Answers the command with this message by the answer that was prepared for its kind. reason: a sentence that can be printed.
// mapping: may have no bytes yet. Returns whether there was an answer.
bool answer_prepared(struct control *control, struct mapping *mapping, const struct message *message, const char *reason);

#endif
