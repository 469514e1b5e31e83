// The end of an exchange with the server that a dead executor has begun: until then the server serves no other request of this stub.
#ifndef GUARD_EXCHANGE_H
#define GUARD_EXCHANGE_H

#include <sys/types.h>

#include "control.h"
#include "mapping.h"

// Returns whether there is nothing left to do; false: ask again soon.
// helper: pid of the process that does the last step; 0 at first
bool exchange_finish(struct control *control, struct mapping *mapping, pid_t *helper);

#endif
