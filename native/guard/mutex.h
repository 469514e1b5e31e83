// The region's mutexes after the death of an executor.
//
// They are robust mutexes of glibc; their first word has the id of the owning thread. When a thread dies, the kernel marks the robust
// mutexes that it owned, and the next lock throws in the server, which ends. So an executor unregisters its list of robust mutexes from
// the kernel (host/libc/mutex.ts). After its death the mutex stays locked, the server waits, and the guard unlocks the mutex.
#ifndef GUARD_MUTEX_H
#define GUARD_MUTEX_H

#include <pthread.h>
#include <sys/types.h>

#include "region.h"

// Returns the mutex, or NULL when it does not lie in the region, or is not a robust mutex that processes share.
pthread_mutex_t *mutex_at(struct region *region, uint64_t at);

// Makes the kernel leave the mutexes of this process as they are when the process ends.
void mutex_disown(void);

// Returns whether any process holds the mutex.
bool mutex_is_held(struct region *region, uint64_t at);

// Returns whether the process `owner` ended while it held the mutex.
bool mutex_was_left_locked(struct region *region, uint64_t at, pid_t owner);

// Unlocks the mutex if the process `owner` ended while it held the mutex. Never waits. Returns whether it unlocked the mutex.
bool mutex_release(struct region *region, uint64_t at, pid_t owner);

#endif
