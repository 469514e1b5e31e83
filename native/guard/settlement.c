#include "settlement.h"

#include <stdio.h>

#include "../generated/layout.h"
#include "../generated/limits.h"
#include "log.h"
#include "mutex.h"
#include "undo.h"

// Offset of the mutex of the heap, which the server creates first in its region (all releases).
#define POOL_MUTEX_AT 184

// Discards the message that an executor was about to put: the server has never seen it.
static void discard_push(struct mapping *mapping) { mapping_set(mapping, MAPPING_PUSH, PUSH_NONE); }

// Gives the words of the mapping the values that they have after the push. An executor may have done a part of it.
static void apply_effects(struct mapping *mapping) {
  uint32_t count = mapping_get(mapping, MAPPING_PUSH_EFFECT_COUNT);
  if (count > MAPPING_EFFECTS_MAX) count = MAPPING_EFFECTS_MAX;
  for (uint32_t index = 0; index < count; index++) {
    uint32_t effect = MAPPING_PUSH_EFFECTS + 8 * index;
    uint32_t place = mapping_get(mapping, effect);
    if (place % 4 != 0 || place > MAPPING_BYTES - 4) continue;
    mapping_set(mapping, place, mapping_get(mapping, effect + 4));
  }
}

static bool push_is_unseen(struct queue *queue, struct mapping *mapping) {
  return queue_head(queue) == mapping_get(mapping, MAPPING_PUSH_HEAD) % queue->size;
}

void settlement_recover(struct control *control, struct mapping *mapping, pid_t executor) {
  struct region *region = control->region;
  if (mutex_was_left_locked(region, POOL_MUTEX_AT, executor)) undo_change(region, mapping);
  if (mutex_release(region, POOL_MUTEX_AT, executor)) log_line('W', "the executor died while it held the region's pool mutex: the guard has unlocked it");
  // Only the side queue has two writers. Once its mutex is free, the server may move its head.
  bool unseen = mapping_get(mapping, MAPPING_PUSH) == PUSH_SIDE && push_is_unseen(&control->side, mapping);
  if (unseen) discard_push(mapping);
  mutex_release(region, control->side.at + QUEUE_MUTEX, executor);
  if (mapping_get(mapping, MAPPING_EXCHANGE) != EXCHANGE_NONE) {
    mutex_release(region, mapping_get(mapping, MAPPING_EXCHANGE_MUTEX_AT), executor);
  }
  uint32_t streamed = mapping_get(mapping, MAPPING_STREAMED_MUTEX_AT);
  if (streamed != 0) mutex_release(region, streamed, executor);
  mapping_set(mapping, MAPPING_STREAMED_MUTEX_AT, 0);
}

void settlement_begin(struct settlement *settlement, struct mapping *mapping, uint32_t stop_kind, const char *reason) {
  bool began = mapping_get(mapping, MAPPING_READY) != 0 || mapping_get(mapping, MAPPING_SERVING) != 0;
  *settlement = (struct settlement){.stop_kind = stop_kind, .start_failure = !began};
  snprintf(settlement->reason, sizeof settlement->reason, "%s", reason);
  text_make_printable(settlement->reason, strlen(settlement->reason));
}

// Completes the put of a handle into a queue. Returns whether it is complete.
static bool finish_push(struct control *control, struct mapping *mapping) {
  uint32_t push = mapping_get(mapping, MAPPING_PUSH);
  if (push != PUSH_ANSWERS && push != PUSH_SIDE) return true;
  struct queue *queue = push == PUSH_ANSWERS ? &control->answers : &control->side;
  if (push_is_unseen(queue, mapping)) {
    discard_push(mapping);
    return true;
  }
  if (queue_repair_writer(queue) == NOT_YET_KNOWN) return false;
  apply_effects(mapping);
  mapping_set(mapping, MAPPING_PUSH, PUSH_NONE);
  return true;
}

// Completes the take of a command, or of the token that follows it.
static void finish_take(struct control *control, struct mapping *mapping) {
  struct queue *commands = &control->commands;
  uint32_t tail = mapping_get(mapping, MAPPING_COMMAND_TAIL) % commands->size;
  uint32_t state = mapping_get(mapping, MAPPING_COMMAND);
  if (state == COMMAND_TAKEN) queue_finish_take(commands, tail);
  else queue_repair_reader(commands);
  bool token_taken = queue_tail(commands) == ((uint64_t)tail + 2) % commands->size;
  if (state == COMMAND_ANSWERED && token_taken) mapping_set(mapping, MAPPING_COMMAND, COMMAND_WAITING);
}

static enum settled settle_load(struct settlement *settlement, struct control *control, struct mapping *mapping,
                                const struct message *message) {
  mapping_set(mapping, MAPPING_INSTANCE, INSTANCE_FAILED);
  if (mapping_get(mapping, MAPPING_METRICS_OPEN) != 0) return SETTLED_SUCCESSOR;
  if (!answer_prepared(control, mapping, message, settlement->reason)) return SETTLED_REFUSE;
  mapping_set(mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
  return SETTLED_LOAD;
}

// Whether calls of other models are not complete: the server would use freed memory at a later response.
static bool has_calls(struct mapping *mapping) {
  for (uint32_t slot = 0; slot < CALL_SLOTS; slot++) {
    if (mapping_get(mapping, MAPPING_CALLS + slot * sizeof(uint32_t)) != 0) return true;
  }
  return false;
}

static enum settled settle_finalize(struct control *control, struct mapping *mapping, const struct message *message) {
  if (message->kind == COMMAND_FINALIZE) {
    uint32_t handle = mapping_get(mapping, MAPPING_COMMAND_HANDLE);
    message_write(control->region, handle, message->command + 1, message->args);
    queue_put(&control->answers, handle);
    mapping_set(mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
    mapping_set(mapping, MAPPING_LIMIT, LIMIT_FINALIZE);
  }
  return mapping_get(mapping, MAPPING_METRICS_OPEN) != 0 || has_calls(mapping) ? SETTLED_SUCCESSOR : SETTLED_LEAVE;
}

static bool needs_executor(struct mapping *mapping) {
  switch (mapping_get(mapping, MAPPING_NEEDS_EXECUTOR)) {
    case NEEDS_EXECUTOR_NEVER:
      return false;
    case NEEDS_EXECUTOR_WITHOUT_FACTORIES:
      return mapping_get(mapping, MAPPING_FACTORY_COUNT) == 0;
    case NEEDS_EXECUTOR_AFTER_RESPONSE:
      return mapping_get(mapping, MAPPING_SENT_RESPONSES) != 0;
    default:
      return true;
  }
}

// Answers the command that was taken. A command that cannot be answered here is left to the successor.
static enum settled settle_command(struct settlement *settlement, struct control *control, struct mapping *mapping) {
  struct message message = {.kind = COMMAND_OTHER};
  message_read(control->region, mapping_get(mapping, MAPPING_COMMAND_HANDLE), &message);
  switch (message.kind) {
    case COMMAND_EXECUTE:
      if (!needs_executor(mapping) && answer_prepared(control, mapping, &message, settlement->reason)) {
        mapping_set(mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
      }
      return SETTLED_SUCCESSOR;
    case COMMAND_INITIALIZE:
      return settle_load(settlement, control, mapping, &message);
    case COMMAND_COMPLETE:
      if (!answer_prepared(control, mapping, &message, settlement->reason)) return SETTLED_REFUSE;
      mapping_set(mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
      return SETTLED_SUCCESSOR;
    case COMMAND_FINALIZE:
      return settle_finalize(control, mapping, &message);
    default:
      // An answered FinalizeRequest does not have the number of a request any more.
      return mapping_get(mapping, MAPPING_LIMIT) == LIMIT_FINALIZE ? settle_finalize(control, mapping, &message)
                                                                   : SETTLED_SUCCESSOR;
  }
}

static enum settled settle_waiting(const struct settlement *settlement, struct mapping *mapping) {
  bool initialised = mapping_get(mapping, MAPPING_INSTANCE) == INSTANCE_INITIALISED;
  // It died without a command as the cause: the next one would probably die as well, and the server would wait for it.
  return initialised || settlement->start_failure ? SETTLED_SUCCESSOR : SETTLED_REFUSE;
}

enum settled settlement_step(struct settlement *settlement, struct control *control, struct mapping *mapping) {
  if (!finish_push(control, mapping)) return SETTLED_NOT_YET;
  if (!exchange_finish(control, mapping, &settlement->helper)) return SETTLED_NOT_YET;
  finish_take(control, mapping);
  queue_return_slots(&control->answers);
  queue_return_slots(&control->side);
  queue_repair_reader(&control->streams);
  uint32_t state = mapping_get(mapping, MAPPING_COMMAND);
  if (state == COMMAND_TAKEN) return settle_command(settlement, control, mapping);
  if (mapping_get(mapping, MAPPING_INSTANCE) == INSTANCE_FAILED) {
    return state == COMMAND_ANSWERED ? SETTLED_LOAD : SETTLED_LEAVE;
  }
  if (state == COMMAND_WAITING) return settle_waiting(settlement, mapping);
  struct message none = {.kind = COMMAND_OTHER};
  return mapping_get(mapping, MAPPING_LIMIT) == LIMIT_FINALIZE ? settle_finalize(control, mapping, &none) : SETTLED_SUCCESSOR;
}

void settlement_hand_over(const struct settlement *settlement, struct mapping *mapping) {
  uint32_t call = mapping_get(mapping, MAPPING_PHASE) >> PHASE_BITS;
  mapping_set(mapping, MAPPING_RESTARTS, mapping_get(mapping, MAPPING_RESTARTS) + 1);
  mapping_set(mapping, MAPPING_STOP_KIND, settlement->stop_kind);
  mapping_set_text(mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, settlement->reason);
  mapping_set(mapping, MAPPING_DEADLINE_MS, 0);
  mapping_set(mapping, MAPPING_WANTED, 0);
  mapping_set(mapping, MAPPING_READY, 0);
  mapping_set(mapping, MAPPING_SERVING, 0);
  mapping_set(mapping, MAPPING_OUTCOME, OUTCOME_NONE);
  mapping_set(mapping, MAPPING_PHASE, (call + 1) << PHASE_BITS | PHASE_OPEN);
}
