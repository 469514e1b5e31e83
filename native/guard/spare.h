// An executor that waits in front of its first command, for the day when the one at work ends: it saves the start of Node.
#ifndef GUARD_SPARE_H
#define GUARD_SPARE_H

#include "executor.h"

struct spare {
  struct executor executor;
  int64_t kept_until; // in time of clock_ms
  int64_t not_before; // no other one is started sooner
};

// A reason to have a spare: a death may be near.
void spare_want(struct spare *spare, int64_t now);

// Starts or ends the spare. Returns when to look again, in time of clock_ms.
int64_t spare_look(struct spare *spare, const struct executor_program *program, int64_t now);

// Makes the spare the executor. Returns whether there was one.
bool spare_take(struct spare *spare, struct executor *executor);

#endif
