#include "../guard/mutex.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

// Room in the region that nothing else in these tests uses.
#define MUTEX_AT 65536
#define FUTEX_WAITERS_BIT 0x80000000u

static struct frozen frozen;

static pthread_mutex_t *make_mutex(bool robust) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t *mutex = region_at(&frozen.region, MUTEX_AT, sizeof *mutex, 8);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  if (robust) pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(mutex, &attributes);
  return mutex;
}

static pid_t die_with(pthread_mutex_t *mutex) {
  pid_t pid = fork();
  if (pid == 0) {
    mutex_disown();
    pthread_mutex_lock(mutex);
    _exit(0);
  }
  waitpid(pid, NULL, 0);
  return pid;
}

// Ends with what pthread_mutex_lock returns, as a lock of the server's that throws for anything but 0.
static pid_t start_server(pthread_mutex_t *mutex) {
  _Atomic uint32_t *word = (_Atomic uint32_t *)(void *)mutex;
  pid_t pid = fork();
  if (pid == 0) {
    int error = pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    _exit(error);
  }
  for (int round = 0; round < 5000 && (atomic_load(word) & FUTEX_WAITERS_BIT) == 0; round++) usleep(1000);
  // From the bit to its wait.
  usleep(20000);
  return pid;
}

static bool went_on(pid_t server) {
  int status = 1;
  return waitpid(server, &status, 0) == server && status == 0;
}

static bool is_free(pthread_mutex_t *mutex) { return pthread_mutex_trylock(mutex) == 0 && pthread_mutex_unlock(mutex) == 0; }

static void held(void) {
  pthread_mutex_t *mutex = make_mutex(true);
  pid_t executor = die_with(mutex);
  pid_t server = start_server(mutex);
  CHECK(mutex_release(&frozen.region, MUTEX_AT, executor));
  CHECK(went_on(server));
  CHECK(!mutex_release(&frozen.region, MUTEX_AT, executor));
  CHECK(is_free(mutex));
}

static void held_by_another(void) {
  pthread_mutex_t *mutex = make_mutex(true);
  pthread_mutex_lock(mutex);
  CHECK(!mutex_release(&frozen.region, MUTEX_AT, getpid() + 1));
  pid_t other = fork();
  if (other == 0) _exit(pthread_mutex_trylock(mutex) == 0 ? 1 : 0);
  CHECK(went_on(other));
  CHECK(pthread_mutex_unlock(mutex) == 0 && is_free(mutex));
}

// The executor has unlocked it, and has died before it could wake anybody.
static void unlocked(void) {
  pthread_mutex_t *mutex = make_mutex(true);
  pid_t executor = die_with(mutex);
  pid_t server = start_server(mutex);
  atomic_store((_Atomic uint32_t *)(void *)mutex, 0);
  CHECK(!mutex_release(&frozen.region, MUTEX_AT, executor));
  CHECK(went_on(server) && is_free(mutex));
}

// Of another kind, or no mutex.
static void others(void) {
  make_mutex(false);
  CHECK(!mutex_release(&frozen.region, MUTEX_AT, getpid()));
  CHECK(!mutex_release(&frozen.region, frozen.region.size, getpid()) && !mutex_release(&frozen.region, 3, getpid()));
}

void test_mutex(void) {
  open_moment(&frozen, "24.10", "execute-request");
  held();
  held_by_another();
  unlocked();
  others();
  frozen_close(&frozen);
}
