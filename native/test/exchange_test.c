#include "../guard/exchange.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

// Room in the region that nothing else in these tests uses.
#define MUTEX_AT 65536
#define CONDITION_AT 65664
#define FLAG_AT 65800

static pthread_mutex_t *make_mutex(struct frozen *frozen) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t *mutex = region_at(&frozen->region, MUTEX_AT, sizeof *mutex, 8);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(mutex, &attributes);
  return mutex;
}

static void make_condition(struct frozen *frozen) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(region_at(&frozen->region, CONDITION_AT, sizeof(pthread_cond_t), 8), &attributes);
}

// The server's side of the flag.
static uint8_t *flag_of(struct frozen *frozen) { return region_at(&frozen->region, FLAG_AT, 1, 1); }

static void place(struct mapping *mapping, uint32_t state) {
  mapping_set(mapping, MAPPING_EXCHANGE, state);
  mapping_set(mapping, MAPPING_EXCHANGE_MUTEX_AT, MUTEX_AT);
  mapping_set(mapping, MAPPING_EXCHANGE_CONDITION_AT, CONDITION_AT);
  mapping_set(mapping, MAPPING_EXCHANGE_FLAG_AT, FLAG_AT);
}

static bool finishes(struct frozen *frozen, struct mapping *mapping) {
  pid_t helper = 0;
  for (int round = 0; round < 10000; round++) {
    if (exchange_finish(&frozen->control, mapping, &helper)) return helper == 0 && waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
    usleep(1000);
  }
  return false;
}

static void ends(struct frozen *frozen, struct mapping *mapping) {
  pid_t helper = 0;
  pthread_mutex_t *mutex = make_mutex(frozen);
  make_condition(frozen);
  place(mapping, EXCHANGE_NONE);
  CHECK(finishes(frozen, mapping));
  place(mapping, EXCHANGE_UNDER_WAY);
  *flag_of(frozen) = 0;
  CHECK(!exchange_finish(&frozen->control, mapping, &helper) && helper == 0);
  *flag_of(frozen) = 1;
  CHECK(finishes(frozen, mapping));
  CHECK(*flag_of(frozen) == 0 && mapping_get(mapping, MAPPING_EXCHANGE) == EXCHANGE_NONE);
  CHECK(pthread_mutex_trylock(mutex) == 0);
  pthread_mutex_unlock(mutex);
}

// None of it may keep the guard.
static void damaged(struct frozen *frozen, struct mapping *mapping) {
  pthread_mutex_t *mutex = make_mutex(frozen);
  *flag_of(frozen) = 1;
  place(mapping, EXCHANGE_UNDER_WAY);
  mapping_set(mapping, MAPPING_EXCHANGE_CONDITION_AT, UINT32_MAX);
  CHECK(finishes(frozen, mapping));
  place(mapping, EXCHANGE_UNDER_WAY);
  memset(region_at(&frozen->region, CONDITION_AT, sizeof(pthread_cond_t), 8), 0xa5, sizeof(pthread_cond_t));
  CHECK(finishes(frozen, mapping));
  // A mutex that somebody holds for ever.
  *flag_of(frozen) = 1;
  place(mapping, EXCHANGE_ACKNOWLEDGING);
  pthread_mutex_lock(mutex);
  CHECK(finishes(frozen, mapping));
  pthread_mutex_unlock(mutex);
}

void test_exchange(void) {
  struct frozen frozen;
  struct mapping mapping;
  open_moment(&frozen, "24.10", "execute-request");
  make_mapping(&mapping);
  ends(&frozen, &mapping);
  damaged(&frozen, &mapping);
  close_mapping(&mapping);
  frozen_close(&frozen);
}
