#include "exchange.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutex.h"

#define HELPER_TIMEOUT_S 1
// One that was killed before it was done, or whose second went by while all processes were frozen, is followed by another.
#define HELPER_TRIES_MAX 3
// The server shows its flag while it still holds the mutex: one that is stopped there keeps it. Half a minute of slow looks.
#define HELD_ROUNDS_MAX 1500

// The server waits for the flag to fall, with the mutex given up.
static void acknowledge(pthread_mutex_t *mutex, pthread_cond_t *condition, _Atomic uint8_t *flag) {
  if (pthread_mutex_lock(mutex) != 0) return;
  atomic_store(flag, 0);
  pthread_mutex_unlock(mutex);
  pthread_cond_broadcast(condition);
}

// In a process of its own: what an executor has left in mutex and condition variable can make glibc wait, or end the process.
static pid_t start_helper(struct region *region, struct mapping *mapping) {
  uint32_t condition_at = mapping_get(mapping, MAPPING_EXCHANGE_CONDITION_AT);
  uint32_t flag_at = mapping_get(mapping, MAPPING_EXCHANGE_FLAG_AT);
  // Twice: the region may move in memory as it grows, but not once all of it is mapped that is looked at here.
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

// Whether another helper is to follow one that has ended with this status.
static bool ended_early(const struct exchange_helper *helper, int status) {
  return WIFSIGNALED(status) && helper->tries < HELPER_TRIES_MAX;
}

// Returns whether there is nothing left to do.
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
  // -1: what it would work on does not lie in the region. 0: there is no process to be had now.
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
    // The server is not done yet.
    if (flag != NULL && atomic_load(flag) == 0) return false;
    mapping_set(mapping, MAPPING_EXCHANGE, EXCHANGE_ACKNOWLEDGING);
    state = EXCHANGE_ACKNOWLEDGING;
  }
  if (state != EXCHANGE_ACKNOWLEDGING) return true;
  if (!help(region, mapping, helper)) return false;
  mapping_set(mapping, MAPPING_EXCHANGE, EXCHANGE_NONE);
  return true;
}
