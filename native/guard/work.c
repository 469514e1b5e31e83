#include <stdio.h>

#include "../generated/limits.h"
#include "bounds.h"
#include "clock.h"
#include "deadline.h"
#include "guard.h"

static int64_t earlier(int64_t one, int64_t other) { return one < other ? one : other; }

int64_t guard_start(struct guard *guard, int64_t now) {
  if (now < guard->start_at) return guard->start_at;
  guard->killed = false;
  guard->rounds = 0;
  if (!spare_take(&guard->spare, &guard->executor)) {
    int error = executor_start(&guard->executor, &guard->program);
    if (error != 0) {
      guard_start_failed(guard, error, now);
      return guard->start_at;
    }
  }
  executor_go(&guard->executor);
  guard->life = LIFE_WORKS;
  return now;
}

static void kill_executor(struct guard *guard, uint32_t stop_kind) {
  guard->killed = true;
  guard->stop_kind = stop_kind;
  executor_kill(&guard->executor);
}

static int64_t watch_boot(struct guard *guard, int64_t now, int64_t next) {
  if (mapping_get(&guard->mapping, MAPPING_READY) != 0) return next;
  int64_t end = guard->executor.since + BOOT_MAX_MS;
  if (now <= end) return earlier(next, end + 1);
  snprintf(guard->kill_reason, sizeof guard->kill_reason, "the model's executor was not ready for commands %d s after its start",
           BOOT_MAX_MS / 1000);
  kill_executor(guard, STOP_DIED);
  return next;
}

static int64_t watch_deadline(struct guard *guard, int64_t now, int64_t next) {
  int64_t remaining = 0;
  // Announce before the check: an executor writes its deadline before it reads when the guard checks next, so no deadline is missed.
  deadline_announce(&guard->mapping, next);
  enum deadline state = deadline_look(&guard->mapping, now, &remaining);
  if (state == DEADLINE_NONE) return next;
  if (remaining <= SPARE_LEAD_MS) {
    spare_want(&guard->spare, now);
    next = earlier(next, spare_look(&guard->spare, &guard->program, now));
  }
  switch (state) {
    case DEADLINE_AHEAD:
      guard->rounds = 0;
      return earlier(next, remaining > SPARE_LEAD_MS ? now + remaining - SPARE_LEAD_MS : now + remaining + 1);
    case DEADLINE_LOCKED:
      return earlier(next, now + (guard->rounds++ < LOCKED_OFTEN_ROUNDS ? LOCKED_POLL_MS : LOCKED_SLOW_POLL_MS));
    default:
      deadline_reason(&guard->mapping, -remaining, guard->kill_reason, sizeof guard->kill_reason);
      kill_executor(guard, STOP_DEADLINE);
      return next;
  }
}

int64_t guard_work(struct guard *guard, int64_t now, int64_t next) {
  int status;
  pid_t executor = guard->executor.pid;
  executor_listen(&guard->executor);
  if (executor_reap(&guard->executor, &status)) {
    guard_ended(guard, executor, status, now);
    return now;
  }
  if (!guard->killed) next = watch_boot(guard, now, next);
  if (!guard->killed) next = watch_deadline(guard, now, next);
  return next;
}
