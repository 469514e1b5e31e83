// The region's mutexes after the death of an executor.
//
// They are robust mutexes of glibc, whose word holds the thread that owns them. When a kernel that knows of such a mutex ends its owner, it
// marks the mutex, and the next lock throws in the server, which ends. So an executor takes the list of its robust mutexes away from the
// kernel (host/libc/mutex.ts): after its death the mutex stays locked, the server waits, and the guard unlocks it.
#ifndef GUARD_MUTEX_H
#define GUARD_MUTEX_H

#include <pthread.h>
#include <sys/types.h>

#include "region.h"

// Returns the mutex, or NULL when it does not lie in the region or is not a robust one for processes.
pthread_mutex_t *mutex_at(struct region *region, uint64_t at);

// From now on, the kernel leaves the mutexes of this process as they are when it ends.
void mutex_disown(void);

// Returns whether any process holds the mutex.
bool mutex_is_held(struct region *region, uint64_t at);

// Returns whether the process owner, which has ended, has left the mutex locked.
bool mutex_is_left(struct region *region, uint64_t at, pid_t owner);

// Unlocks the mutex if the process owner, which has ended, has left it locked. Never waits. Returns whether it did.
bool mutex_release(struct region *region, uint64_t at, pid_t owner);

#endif
