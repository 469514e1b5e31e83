// A spare executor, which has started Node and waits. When the current executor ends, it takes over without the start time of Node.
#ifndef GUARD_SPARE_H
#define GUARD_SPARE_H

#include "executor.h"

struct spare {
  struct executor executor;
  int64_t kept_until; // in time of clock_ms
  int64_t not_before; // no other spare is started before this time
};

// Requests a spare, because the current executor may end soon.
void spare_want(struct spare *spare, int64_t now);

// Starts or ends the spare. Returns when to check again, in time of clock_ms.
int64_t spare_look(struct spare *spare, const struct executor_program *program, int64_t now);

// Makes the spare the current executor. Returns whether there was a spare.
bool spare_take(struct spare *spare, struct executor *executor);

#endif
