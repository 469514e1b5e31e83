// The deadline of the guest's running call. The executor writes when the call began and how long it may take. The guard kills the executor
// when the time is over and the executor does not hold a mutex of the region.
//
//           unlocks the mutex               time over: compare-exchange
//   phase:  locked ------------------> open ---------------------------------> killed, then SIGKILL
//     ^                                |
//     +--------------------------------+ locks a mutex of the region: compare-exchange; if it fails, the executor waits for its end
//
// The higher bits count the calls, so that a kill for one call does not affect the next one.
#ifndef GUARD_DEADLINE_H
#define GUARD_DEADLINE_H

#include <stddef.h>

#include "mapping.h"

enum deadline {
  DEADLINE_NONE,   // no call with a deadline is running
  DEADLINE_AHEAD,  // remaining_ms are left before the deadline
  DEADLINE_LOCKED, // exceeded by -remaining_ms, but the executor must not be killed now
  DEADLINE_OVER,   // exceeded by -remaining_ms: kill the executor, which does not continue
};

// Checks the deadline. now: from clock_ms
enum deadline deadline_look(struct mapping *mapping, int64_t now, int64_t *remaining_ms);

// Publishes when the guard checks next, as a time of clock_ms: an executor that begins a call with an earlier deadline must wake the guard.
void deadline_announce(struct mapping *mapping, int64_t next_look);

// Writes the sentence that says why the executor was killed. over_ms: by how much the call exceeded its deadline
void deadline_reason(struct mapping *mapping, int64_t over_ms, char *text, size_t room);

#endif
