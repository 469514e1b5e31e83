#include "semaphore.h"

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WAITERS_SHIFT 32
#define VALUE_MAX INT_MAX

bool semaphore_try(semaphore *semaphore) {
  uint64_t word = atomic_load(semaphore);
  while ((uint32_t)word != 0) {
    if (atomic_compare_exchange_weak(semaphore, &word, word - 1)) return true;
  }
  return false;
}

bool semaphore_post(semaphore *semaphore) {
  uint64_t word = atomic_load(semaphore);
  do {
    if ((uint32_t)word >= VALUE_MAX) return false;
  } while (!atomic_compare_exchange_weak(semaphore, &word, word + 1));
  semaphore_wake(semaphore);
  return true;
}

void semaphore_wake(semaphore *semaphore) {
  // The value is the low half.
  if (semaphore_has_waiter(semaphore)) syscall(SYS_futex, (void *)semaphore, FUTEX_WAKE, 1, NULL, NULL, 0);
}

uint32_t semaphore_value(semaphore *semaphore) { return (uint32_t)atomic_load(semaphore); }

bool semaphore_has_waiter(semaphore *semaphore) { return atomic_load(semaphore) >> WAITERS_SHIFT != 0; }
