// A semaphore of glibc between processes (nptl/sem_init.c, 2.21 and later, 64 bits):
//
//   bits 0..31: value    bits 32..63: how many wait, or are about to
//
// Not by glibc's own functions: they end the process when the bytes behind are damaged.
#ifndef GUARD_SEMAPHORE_H
#define GUARD_SEMAPHORE_H

#include <stdbool.h>
#include <stdint.h>

typedef _Atomic uint64_t semaphore;

// Takes one if there is one; never waits.
bool semaphore_try(semaphore *semaphore);

// Returns whether the value was not the largest already.
bool semaphore_post(semaphore *semaphore);

// Wakes one that waits. Harmless when there is nothing to take.
void semaphore_wake(semaphore *semaphore);

uint32_t semaphore_value(semaphore *semaphore);
bool semaphore_has_waiter(semaphore *semaphore);

#endif
