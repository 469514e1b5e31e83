#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../generated/limits.h"
#include "bounds.h"
#include "clock.h"
#include "death.h"
#include "guard.h"
#include "log.h"
#include "open_region.h"
#include "server.h"
#include "text.h"

// Limit of a reason within another sentence.
#define REASON_MAX_BYTES 4096

static bool is_initialised(struct guard *guard) {
  return mapping_get(&guard->mapping, MAPPING_INSTANCE) == INSTANCE_INITIALISED;
}

static void exit_if_final(struct guard *guard, enum refusal_step step) {
  if (step == REFUSAL_FINALISED) guard_exit(guard, 0);
  if (step == REFUSAL_FAILED_LOAD) guard_exit(guard, 1);
}

// load_failed: the server already knows that the load has failed
static void begin_refusal(struct guard *guard, const char *reason, bool load_failed) {
  // Log one line for all attempts of an instance that cannot start an executor at the moment.
  if (guard->retry_at == 0) log_line('E', "%s", reason);
  refusal_begin(&guard->refusal, reason);
  guard->refusal.load_failed = load_failed;
  guard->life = LIFE_REFUSES;
  guard->spare.kept_until = 0;
}

void guard_refuse(struct guard *guard, const char *reason) {
  struct mapping *mapping = &guard->mapping;
  begin_refusal(guard, reason, false);
  if (mapping->bytes == NULL || mapping_get(mapping, MAPPING_COMMAND) != COMMAND_TAKEN) return;
  mapping_set(mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
  uint32_t handle = mapping_get(mapping, MAPPING_COMMAND_HANDLE);
  exit_if_final(guard, refusal_answer(&guard->refusal, &guard->control, mapping, handle));
}

// Starts an executor again for an instance that has served before: memory or processes may be available again.
static void retry(struct guard *guard) {
  mapping_set(&guard->mapping, MAPPING_COMMAND, COMMAND_WAITING);
  guard->life = LIFE_STARTS;
}

void guard_serve_refusal(struct guard *guard, int64_t now) {
  int status;
  executor_reap(&guard->executor, &status);
  exit_if_final(guard, refusal_serve(&guard->refusal, &guard->control, &guard->mapping));
  if (guard->retry_at != 0 && now >= guard->retry_at) retry(guard);
}

// Three starts in a row have failed, or one took too long.
static void give_up(struct guard *guard, const char *reason, int64_t now) {
  char sentence[MAPPING_TEXT_BYTES + 1];
  bool initialised = is_initialised(guard);
  // The server has its answer, and only waits for the end of this process.
  bool finalised = mapping_get(&guard->mapping, MAPPING_LIMIT) == LIMIT_FINALIZE &&
                   mapping_get(&guard->mapping, MAPPING_COMMAND) == COMMAND_ANSWERED;
  if (finalised) guard_exit(guard, 0);
  const char *advice = initialised ? "the next attempt follows in one second" : "reload the model, or reinstall the backend";
  int length = (int)text_fitting(reason, REASON_MAX_BYTES);
  if (guard->killed) snprintf(sentence, sizeof sentence, "%.*s: %s", length, reason, advice);
  else {
    snprintf(sentence, sizeof sentence, "the model's executor ended %u times before it accepted a command (%.*s): %s", guard->start_failures,
             length, reason, advice);
  }
  if (!initialised) {
    guard_refuse(guard, sentence);
    return;
  }
  // Requests whose responses are separate messages must wait: the guard has no codecs to answer them.
  bool waits = mapping_get(&guard->mapping, MAPPING_NEEDS_EXECUTOR) != NEEDS_EXECUTOR_NEVER;
  if (waits && guard->retry_at == 0) log_line('E', "%s", sentence);
  if (!waits) guard_refuse(guard, sentence);
  guard->retry_at = now + START_RETRY_MS;
  guard->start_at = guard->retry_at;
  if (waits) guard->life = LIFE_STARTS;
}

void guard_start_failed(struct guard *guard, int error, int64_t now) {
  char reason[HARDENING_TEXT_BYTES];
  snprintf(reason, sizeof reason, "its process cannot be created: %s", strerror(error));
  guard->start_at = now + START_PAUSE_MS;
  if (++guard->start_failures >= EXECUTOR_START_FAILURES_MAX) give_up(guard, reason, now);
}

// Handles an executor that ended on purpose. Returns whether it did.
static bool ends_by_itself(struct guard *guard) {
  char reason[MAPPING_TEXT_BYTES + 1];
  switch (mapping_get(&guard->mapping, MAPPING_OUTCOME)) {
    case OUTCOME_FINALISED:
      guard_exit(guard, 0);
    case OUTCOME_LOAD_FAILED:
      guard_exit(guard, 1);
    case OUTCOME_REFUSED:
    case OUTCOME_WRONG_RELEASE:
      mapping_get_text(&guard->mapping, MAPPING_OUTCOME_TEXT_LENGTH, MAPPING_OUTCOME_TEXT, reason);
      guard_refuse(guard, reason[0] == '\0' ? "the model's executor ended without giving a reason" : reason);
      return true;
    default:
      return false;
  }
}

// An executor that the kernel or an operator kills while it starts is not at fault: for some time this does not count as a failed start.
static void count_start(struct guard *guard, int status, int64_t now) {
  if (!guard->settlement.start_failure) {
    guard->start_failures = 0;
    guard->killed_since = 0;
    guard->retry_at = 0;
    return;
  }
  bool from_outside = !guard->killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (from_outside && guard->killed_since == 0) guard->killed_since = now;
  // It exceeded the time limit of a start, and another one would as well. Node waits forever for threads that a limit prevents.
  if (guard->killed) guard->start_failures = EXECUTOR_START_FAILURES_MAX;
  else if (!from_outside || now - guard->killed_since > START_KILLS_MS) guard->start_failures++;
}

void guard_ended(struct guard *guard, pid_t executor, int status, int64_t now) {
  char reason[MAPPING_TEXT_BYTES + 1];
  settlement_recover(&guard->control, &guard->mapping, executor);
  if (!guard->killed && ends_by_itself(guard)) return;
  if (guard->killed) snprintf(reason, sizeof reason, "%s", guard->kill_reason);
  else death_reason(&guard->executor, status, guard->oom_kills, reason, sizeof reason);
  guard->oom_kills = death_oom_kills();
  settlement_begin(&guard->settlement, &guard->mapping, guard->killed ? guard->stop_kind : STOP_DIED, reason);
  count_start(guard, status, now);
  if (guard->last_death != 0 && now - guard->last_death <= DEATHS_NEAR_MS) spare_want(&guard->spare, now);
  guard->last_death = now;
  guard->rounds = 0;
  guard->life = LIFE_SETTLES;
}

static void succeed(struct guard *guard, int64_t now) {
  const char *reason = guard->settlement.reason;
  if (guard->start_failures >= EXECUTOR_START_FAILURES_MAX) {
    settlement_hand_over(&guard->settlement, &guard->mapping);
    give_up(guard, reason, now);
    return;
  }
  // For an instance that serves, the successor reports the reason in the server's log.
  if (!is_initialised(guard)) log_line('W', "%s", reason);
  settlement_hand_over(&guard->settlement, &guard->mapping);
  guard->life = LIFE_STARTS;
}

int64_t guard_settle(struct guard *guard, int64_t now) {
  switch (settlement_step(&guard->settlement, &guard->control, &guard->mapping)) {
    case SETTLED_NOT_YET:
      return now + (guard->rounds++ < SETTLE_OFTEN_ROUNDS ? SETTLE_POLL_MS : SETTLE_SLOW_POLL_MS);
    case SETTLED_SUCCESSOR:
      succeed(guard, now);
      break;
    case SETTLED_REFUSE:
      guard_refuse(guard, guard->settlement.reason);
      break;
    case SETTLED_LOAD:
      begin_refusal(guard, guard->settlement.reason, true);
      break;
    case SETTLED_LEAVE:
      guard_exit(guard, mapping_get(&guard->mapping, MAPPING_INSTANCE) == INSTANCE_FAILED ? 1 : 0);
  }
  return now;
}

static void end_executors(struct guard *guard) {
  int status;
  executor_kill(&guard->executor);
  executor_kill(&guard->spare.executor);
  for (int round = 0; round < LAST_WAIT_MS; round++) {
    executor_reap(&guard->executor, &status);
    executor_reap(&guard->spare.executor, &status);
    if (guard->executor.pid <= 0 && guard->spare.executor.pid <= 0) return;
    usleep(1000);
  }
}

_Noreturn void guard_exit(struct guard *guard, int status) {
  end_executors(guard);
  if (!server_is_alive(guard->arguments.server, guard->parent)) region_remove_name(guard->arguments.region_name, guard->region.fd);
  server_folder_leave(&guard->folder);
  _exit(status);
}
