// The control block (IPCControlShm, argv[7]): the queues, and the byte that says that this process is alive.
#ifndef GUARD_CONTROL_H
#define GUARD_CONTROL_H

#include "queue.h"

struct control {
  struct region *region;
  uint64_t handle;
  struct queue commands; // from the server
  struct queue answers;  // to the server
  struct queue side;     // to the server: logs, metrics and other requests beside the commands
};

// Returns whether control block and queues lie in the region.
bool control_open(struct control *control, struct region *region, uint64_t handle);

// Takes a reference of each queue, kept until this process ends: the server gives its own up as soon as it has put its last token
// there, while we still have to post the queue's semaphore. Before the hello, when the server only waits: so no lock is needed.
bool control_retain_queues(struct control *control);

// Tells the server that this process is alive. The server clears the byte about once a second, under a mutex that we do not need:
// one beat that gets lost on the way is followed by others.
void control_beat(struct control *control);

#endif
