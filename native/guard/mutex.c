#include "mutex.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kind of the mutexes of Boost.Interprocess (glibc, nptl: PTHREAD_MUTEX_ROBUST_NORMAL_NP and the bit for pshared).
#define ROBUST_SHARED_KIND (16 | 128)
#define ROBUST_LIST_BYTES 24

// The beginning of glibc's pthread_mutex_t on x86-64.
struct robust_mutex {
  _Atomic uint32_t lock; // thread id of the owner, and two bits for the kernel
  _Atomic uint32_t count;
  _Atomic uint32_t owner;
  _Atomic uint32_t users;
  _Atomic uint32_t kind;
};

pthread_mutex_t *mutex_at(struct region *region, uint64_t at) {
  struct robust_mutex *mutex = region_at(region, at, sizeof(pthread_mutex_t), 8);
  return mutex != NULL && atomic_load(&mutex->kind) == ROBUST_SHARED_KIND ? (pthread_mutex_t *)mutex : NULL;
}

void mutex_disown(void) { syscall(SYS_set_robust_list, NULL, ROBUST_LIST_BYTES); }

// Does what pthread_mutex_unlock of glibc does, except for the owner's list of robust mutexes.
static void unlock(struct robust_mutex *mutex) {
  atomic_store(&mutex->owner, 0);
  if (atomic_load(&mutex->users) > 0) atomic_fetch_sub(&mutex->users, 1);
  atomic_store(&mutex->lock, 0);
}

static bool is_owned(struct robust_mutex *mutex, pid_t owner) {
  return (atomic_load(&mutex->lock) & FUTEX_TID_MASK) == (uint32_t)owner;
}

bool mutex_is_held(struct region *region, uint64_t at) {
  struct robust_mutex *mutex = (struct robust_mutex *)mutex_at(region, at);
  return mutex != NULL && !is_owned(mutex, 0);
}

bool mutex_was_left_locked(struct region *region, uint64_t at, pid_t owner) {
  struct robust_mutex *mutex = (struct robust_mutex *)mutex_at(region, at);
  return mutex != NULL && is_owned(mutex, owner);
}

bool mutex_release(struct region *region, uint64_t at, pid_t owner) {
  struct robust_mutex *mutex = (struct robust_mutex *)mutex_at(region, at);
  if (mutex == NULL) return false;
  bool held = is_owned(mutex, owner);
  if (held) unlock(mutex);
  // The owner may have died between its unlock and its system call, or after the kernel had chosen it to be woken.
  syscall(SYS_futex, &mutex->lock, FUTEX_WAKE, 1, NULL, NULL, 0);
  return held;
}
