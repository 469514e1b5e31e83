#include "../guard/exchange.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
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

static bool ends_with(struct frozen *frozen, struct mapping *mapping, struct exchange_helper *helper) {
  for (int round = 0; round < 10000; round++) {
    if (exchange_finish(&frozen->control, mapping, helper)) return true;
    usleep(1000);
  }
  return false;
}

static bool finishes(struct frozen *frozen, struct mapping *mapping) {
  struct exchange_helper helper = {.pid = 0};
  return ends_with(frozen, mapping, &helper) && helper.pid == 0 && waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

// Somebody kills the helper before it has done anything. The server would wait for ever.
static void killed_helper(struct frozen *frozen, struct mapping *mapping) {
  make_mutex(frozen);
  make_condition(frozen);
  place(mapping, EXCHANGE_ACKNOWLEDGING);
  *flag_of(frozen) = 1;
  struct exchange_helper helper = {.pid = fork(), .tries = 1};
  if (helper.pid == 0) for (;;) pause();
  kill(helper.pid, SIGKILL);
  CHECK(ends_with(frozen, mapping, &helper));
  CHECK(*flag_of(frozen) == 0 && helper.tries == 2);
}

// A server that is stopped just after it has set the flag still has the mutex.
static void server_with_mutex(struct frozen *frozen, struct mapping *mapping) {
  pthread_mutex_t *mutex = make_mutex(frozen);
  int ready[2];
  int go[2];
  char byte;
  CHECK(pipe(ready) == 0 && pipe(go) == 0);
  place(mapping, EXCHANGE_ACKNOWLEDGING);
  *flag_of(frozen) = 1;
  pid_t server = fork();
  if (server == 0) {
    pthread_mutex_lock(mutex);
    (void)!write(ready[1], "r", 1);
    (void)!read(go[0], &byte, 1);
    pthread_mutex_unlock(mutex);
    _exit(0);
  }
  CHECK(read(ready[0], &byte, 1) == 1);
  struct exchange_helper helper = {.pid = 0};
  for (int round = 0; round < 100; round++) CHECK(!exchange_finish(&frozen->control, mapping, &helper) && helper.tries == 0);
  CHECK(write(go[1], "g", 1) == 1);
  waitpid(server, NULL, 0);
  CHECK(ends_with(frozen, mapping, &helper) && *flag_of(frozen) == 0);
  for (int end = 0; end < 2; end++) {
    close(ready[end]);
    close(go[end]);
  }
}

static void ends(struct frozen *frozen, struct mapping *mapping) {
  struct exchange_helper helper = {.pid = 0};
  pthread_mutex_t *mutex = make_mutex(frozen);
  make_condition(frozen);
  place(mapping, EXCHANGE_NONE);
  CHECK(finishes(frozen, mapping));
  place(mapping, EXCHANGE_UNDER_WAY);
  *flag_of(frozen) = 0;
  CHECK(!exchange_finish(&frozen->control, mapping, &helper) && helper.pid == 0);
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
  killed_helper(&frozen, &mapping);
  server_with_mutex(&frozen, &mapping);
  damaged(&frozen, &mapping);
  close_mapping(&mapping);
  frozen_close(&frozen);
}
