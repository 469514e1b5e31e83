// The machine's monotonic clock: changes of the system time do not affect it, and it is the same for all processes.
#ifndef GUARD_CLOCK_H
#define GUARD_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
