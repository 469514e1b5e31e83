// Finishes an exchange with the server that a dead executor began. Until then the server does not serve other requests of this stub.
#ifndef GUARD_EXCHANGE_H
#define GUARD_EXCHANGE_H

#include <sys/types.h>

#include "control.h"
#include "mapping.h"

// The helper process that does the last step. Initially all 0.
struct exchange_helper {
  pid_t pid;
  unsigned tries;       // number of helpers that were started
  unsigned held_rounds; // number of rounds in which the mutex was locked
};

// Returns whether the exchange is finished; false: call it again soon.
bool exchange_finish(struct control *control, struct mapping *mapping, struct exchange_helper *helper);

#endif
