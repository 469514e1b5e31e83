// The time that the running call of the guest may take. The executor writes when it began and how long it may last; the guard looks, and
// ends the executor when the time is over and it holds no mutex of the region.
//
//               has given it back                  time over, compare-exchange
//   phase:  locked ------------------> open ---------------------------------> killed, then SIGKILL
//     ^                                |
//     +--------------------------------+ takes a mutex of the region: compare-exchange; the one that fails gives way
//
// The bits above count the calls, so that a kill that is meant for one call does not hit the next.
#ifndef GUARD_DEADLINE_H
#define GUARD_DEADLINE_H

#include <stddef.h>

#include "mapping.h"

enum deadline {
  DEADLINE_NONE,   // no call that has one
  DEADLINE_AHEAD,  // remaining_ms are left
  DEADLINE_LOCKED, // over by -remaining_ms, but not to be ended now
  DEADLINE_OVER,   // over by -remaining_ms; it does not go on, and is to be killed
};

// now: of clock_ms
enum deadline deadline_look(struct mapping *mapping, int64_t now, int64_t *remaining_ms);

// Says when the guard looks next, in time of clock_ms: an executor that begins a call which ends before has to wake it up.
void deadline_announce(struct mapping *mapping, int64_t next_look);

// The sentence why an executor was killed that was over by so much.
void deadline_reason(struct mapping *mapping, int64_t over_ms, char *text, size_t room);

#endif
