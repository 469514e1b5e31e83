// A semaphore of glibc between processes (nptl/sem_init.c, 2.21 and later, 64 bits):
//
//   bits 0..31: value    bits 32..63: number of threads that wait, or are about to
//
// The functions of glibc are not used: they abort the process when the bytes after the word are damaged.
#ifndef GUARD_SEMAPHORE_H
#define GUARD_SEMAPHORE_H

#include <stdbool.h>
#include <stdint.h>

typedef _Atomic uint64_t semaphore;

// Decrements the value if it is not 0; never waits. Returns whether it did.
bool semaphore_try(semaphore *semaphore);

// Increments the value, and wakes a waiter. Returns false when the value is already the largest.
bool semaphore_post(semaphore *semaphore);

// Wakes one waiter. This is harmless when the value is 0.
void semaphore_wake(semaphore *semaphore);

uint32_t semaphore_value(semaphore *semaphore);
bool semaphore_has_waiter(semaphore *semaphore);

#endif
