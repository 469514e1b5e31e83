#include "exchange.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutex.h"

#define HELPER_TIMEOUT_S 1
// A helper that was killed too early, or whose time passed while all processes were frozen, is followed by another.
#define HELPER_TRIES_MAX 3
// The server sets its flag while it still holds the mutex. A server that is stopped there keeps the mutex. This is half a minute of slow
// polls.
#define HELD_ROUNDS_MAX 1500

// The server waits until the flag is cleared; it does not hold the mutex meanwhile.
static void acknowledge(pthread_mutex_t *mutex, pthread_cond_t *condition, _Atomic uint8_t *flag) {
  if (pthread_mutex_lock(mutex) != 0) return;
  atomic_store(flag, 0);
  pthread_mutex_unlock(mutex);
  pthread_cond_broadcast(condition);
}

// The helper is a separate process: the state in which an executor left the mutex and the condition variable can block glibc, or abort it.
static pid_t start_helper(struct region *region, struct mapping *mapping) {
  uint32_t condition_at = mapping_get(mapping, MAPPING_EXCHANGE_CONDITION_AT);
  uint32_t flag_at = mapping_get(mapping, MAPPING_EXCHANGE_FLAG_AT);
  // Twice: mapping more of the region may move it in memory. In the second round everything is mapped, so the pointers are valid.
  pthread_mutex_t *mutex = NULL;
  void *condition = NULL;
  void *flag = NULL;
  for (int round = 0; round < 2; round++) {
    mutex = mutex_at(region, mapping_get(mapping, MAPPING_EXCHANGE_MUTEX_AT));
    condition = region_at(region, condition_at, sizeof(pthread_cond_t), 8);
    flag = region_at(region, flag_at, 1, 1);
    if (mutex == NULL || condition == NULL || flag == NULL) return -1;
  }
  pid_t pid = fork();
  if (pid != 0) return pid < 0 ? 0 : pid;
  mutex_disown();
  signal(SIGALRM, SIG_DFL);
  alarm(HELPER_TIMEOUT_S);
  acknowledge(mutex, condition, flag);
  _exit(0);
}

// Whether another helper must follow one that ended with this status.
static bool ended_early(const struct exchange_helper *helper, int status) {
  return WIFSIGNALED(status) && helper->tries < HELPER_TRIES_MAX;
}

// Runs the helper. Returns whether there is nothing left to do.
static bool help(struct region *region, struct mapping *mapping, struct exchange_helper *helper) {
  int status = 0;
  if (helper->pid != 0) {
    if (waitpid(helper->pid, &status, WNOHANG) == 0) return false;
    mutex_release(region, mapping_get(mapping, MAPPING_EXCHANGE_MUTEX_AT), helper->pid);
    helper->pid = 0;
    return !ended_early(helper, status);
  }
  bool held = mutex_is_held(region, mapping_get(mapping, MAPPING_EXCHANGE_MUTEX_AT));
  if (held && helper->held_rounds++ < HELD_ROUNDS_MAX) return false;
  pid_t pid = start_helper(region, mapping);
  // -1: the mutex, the condition variable or the flag is not in the region. 0: no process can be created now.
  if (pid < 0) return true;
  helper->pid = pid;
  if (pid > 0) helper->tries++;
  return false;
}

bool exchange_finish(struct control *control, struct mapping *mapping, struct exchange_helper *helper) {
  struct region *region = control->region;
  uint32_t state = mapping_get(mapping, MAPPING_EXCHANGE);
  if (state == EXCHANGE_UNDER_WAY) {
    _Atomic uint8_t *flag = region_at(region, mapping_get(mapping, MAPPING_EXCHANGE_FLAG_AT), 1, 1);
    // The server has not finished its step yet.
    if (flag != NULL && atomic_load(flag) == 0) return false;
    mapping_set(mapping, MAPPING_EXCHANGE, EXCHANGE_ACKNOWLEDGING);
    state = EXCHANGE_ACKNOWLEDGING;
  }
  if (state != EXCHANGE_ACKNOWLEDGING) return true;
  if (!help(region, mapping, helper)) return false;
  mapping_set(mapping, MAPPING_EXCHANGE, EXCHANGE_NONE);
  return true;
}
