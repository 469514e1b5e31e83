#include "exchange.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutex.h"

#define HELPER_TIMEOUT_S 1

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

bool exchange_finish(struct control *control, struct mapping *mapping, pid_t *helper) {
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
  if (*helper == 0) {
    *helper = start_helper(region, mapping);
    // 0: there is no process to be had now. -1: what it would work on does not lie in the region.
    if (*helper >= 0) return false;
  } else if (waitpid(*helper, NULL, WNOHANG) == 0) {
    return false;
  }
  if (*helper > 0) mutex_release(region, mapping_get(mapping, MAPPING_EXCHANGE_MUTEX_AT), *helper);
  *helper = 0;
  mapping_set(mapping, MAPPING_EXCHANGE, EXCHANGE_NONE);
  return true;
}
