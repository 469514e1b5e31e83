// The control block (IPCControlShm, argv[7]): the queues, and the byte that shows that this process is alive.
#ifndef GUARD_CONTROL_H
#define GUARD_CONTROL_H

#include "queue.h"

struct control {
  struct region *region;
  uint64_t handle;
  struct queue commands; // from the server
  struct queue answers;  // to the server
  struct queue side;     // to the server: logs, metrics and other requests beside the commands
  struct queue streams;  // from the server: later responses of streams of other models
};

// Returns whether the control block and the queues lie in the region.
bool control_open(struct control *control, struct region *region, uint64_t handle);

// Takes a reference to each queue until this process ends: the server drops its reference as soon as it has put its last token there,
// while this process still has to post the queue's semaphore. It is called before the greeting, while the server only waits, so it needs
// no lock.
bool control_retain_queues(struct control *control);

// Reports to the server that this process is alive. The server clears the byte about once a second, under a mutex that this process does
// not need: a lost report is followed by others.
void control_report_health(struct control *control);

#endif
