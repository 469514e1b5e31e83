// Reports to the server why a model cannot be served, with only those parts of the protocol that are the same in all releases. It allocates
// nothing: answers are written into the request's message and into the text that came with it, which the server does not read again.
#ifndef GUARD_REFUSAL_H
#define GUARD_REFUSAL_H

#include "answers.h"

enum refusal_step {
  REFUSAL_GOES_ON,
  REFUSAL_FAILED_LOAD, // the server knows that the load has failed, and waits for the end of this process
  REFUSAL_FINALISED,   // the server waits for the end of this process
};

struct refusal {
  bool active;
  bool load_failed;
  char reason[MAPPING_TEXT_BYTES + 1];
};

// Begins to refuse commands. reason: a sentence
void refusal_begin(struct refusal *refusal, const char *reason);

// Answers the commands that have arrived; never waits.
enum refusal_step refusal_serve(struct refusal *refusal, struct control *control, struct mapping *mapping);

// Answers the command in the message at handle, which an executor has taken.
enum refusal_step refusal_answer(struct refusal *refusal, struct control *control, struct mapping *mapping, uint64_t handle);

#endif
