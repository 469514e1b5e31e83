// Answers in place of a dead executor. The executor prepared them in the region when it started, with its codecs; the guard only writes the
// reason. The guard reads and writes the first words of a message directly, because they are the same in all releases.
#ifndef GUARD_ANSWERS_H
#define GUARD_ANSWERS_H

#include "control.h"
#include "mapping.h"

enum command_kind { COMMAND_OTHER, COMMAND_EXECUTE, COMMAND_INITIALIZE, COMMAND_COMPLETE, COMMAND_FINALIZE };

struct message {
  uint32_t command; // number of the command
  uint64_t args;    // handle of its record
  enum command_kind kind;
};

// Reads the message at handle. Returns whether it lies in the region.
bool message_read(struct region *region, uint64_t handle, struct message *message);

// Overwrites the message at handle, so that it can be sent back.
bool message_write(struct region *region, uint64_t handle, uint32_t command, uint64_t args);

// Answers the command in this message with the answer that was prepared for its kind. reason: a printable sentence.
// mapping: may have no bytes yet. Returns whether there was an answer.
bool answer_prepared(struct control *control, struct mapping *mapping, const struct message *message, const char *reason);

#endif
