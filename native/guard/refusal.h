// Tells the server why a model cannot be served, when nothing is known of it but what all releases share. It allocates nothing:
// answers are written into the request's own message and into the text that came with it, which the server does not read again.
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

// From now on commands are refused. reason: a sentence
void refusal_begin(struct refusal *refusal, const char *reason);

// Serves what has arrived; never waits.
enum refusal_step refusal_serve(struct refusal *refusal, struct control *control, struct mapping *mapping);

// Serves the command with the message at handle, which somebody else has taken.
enum refusal_step refusal_answer(struct refusal *refusal, struct control *control, struct mapping *mapping, uint64_t handle);

#endif
