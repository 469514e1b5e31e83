// The end of an exchange with the server that a dead executor has begun: until then the server serves no other request of this stub.
#ifndef GUARD_EXCHANGE_H
#define GUARD_EXCHANGE_H

#include <sys/types.h>

#include "control.h"
#include "mapping.h"

// The process that does the last step. All 0 at first.
struct exchange_helper {
  pid_t pid;
  unsigned tries;       // helpers that were started
  unsigned held_rounds; // in which the mutex was found held
};

// Returns whether there is nothing left to do; false: ask again soon.
bool exchange_finish(struct control *control, struct mapping *mapping, struct exchange_helper *helper);

#endif
