#include "../guard/settlement.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../generated/layout.h"
#include "../generated/limits.h"
#include "../guard/mutex.h"
#include "unit.h"

// Of the mutex around the heap.
#define POOL_MUTEX_AT 184
// Room in the region that nothing else uses.
#define EXCHANGE_MUTEX_AT 65536
#define STREAMED_MUTEX_AT 65600

static struct frozen frozen;
static struct mapping mapping;
static struct settlement settlement;
static uint64_t command;

// An executor that has taken the frozen command, and has an answer ready for all kinds: the control block, whose bytes nobody reads.
static void begin(const char *moment) {
  open_moment(&frozen, "24.10", moment);
  make_mapping(&mapping);
  command = frozen_command(&frozen.control);
  mapping_set(&mapping, MAPPING_READY, 1);
  mapping_set(&mapping, MAPPING_SERVING, 1);
  mapping_set(&mapping, MAPPING_COMMAND, COMMAND_TAKEN);
  mapping_set(&mapping, MAPPING_COMMAND_HANDLE, (uint32_t)command);
  mapping_set(&mapping, MAPPING_COMMAND_TAIL, queue_tail(&frozen.control.commands) + frozen.control.commands.size - 1);
  mapping_set(&mapping, MAPPING_FAILED_BATCH, CONTROL_HANDLE);
  mapping_set(&mapping, MAPPING_FAILED_LOAD, CONTROL_HANDLE);
  mapping_set(&mapping, MAPPING_FAILED_COMPLETION, CONTROL_HANDLE);
}

static void end(void) {
  close_mapping(&mapping);
  frozen_close(&frozen);
}

static enum settled settle(void) {
  settlement_begin(&settlement, &mapping, STOP_DIED, "it died");
  return settlement_step(&settlement, &frozen.control, &mapping);
}

static bool is_answered_by(uint64_t handle) {
  uint64_t answer = 0;
  bool taken = server_take(&frozen.control.answers, &answer);
  return handle == 0 ? !taken : taken && answer == handle && !server_take(&frozen.control.answers, &answer);
}

static uint32_t state(void) { return mapping_get(&mapping, MAPPING_COMMAND); }

static void batches(void) {
  begin("execute-request");
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(CONTROL_HANDLE));
  CHECK(!settlement.start_failure);
  end();
  begin("execute-request");
  mapping_set(&mapping, MAPPING_NEEDS_EXECUTOR, NEEDS_EXECUTOR_ALWAYS);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_TAKEN && is_answered_by(0));
  end();
  // The server itself answers requests without a response; otherwise the executor must answer, so the mapping must say so.
  begin("execute-request");
  mapping_set(&mapping, MAPPING_NEEDS_EXECUTOR, NEEDS_EXECUTOR_WITHOUT_FACTORIES);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_TAKEN && is_answered_by(0));
  mapping_set(&mapping, MAPPING_FACTORY_COUNT, 2);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(CONTROL_HANDLE));
  CHECK(mapping_get(&mapping, MAPPING_FACTORY_COUNT) == 2);
  end();
  begin("execute-request");
  mapping_set(&mapping, MAPPING_NEEDS_EXECUTOR, NEEDS_EXECUTOR_AFTER_RESPONSE);
  mapping_set(&mapping, MAPPING_SENT_RESPONSES, 1);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_TAKEN && is_answered_by(0));
  mapping_set(&mapping, MAPPING_SENT_RESPONSES, 0);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(CONTROL_HANDLE));
  end();
  begin("execute-request");
  mapping_set(&mapping, MAPPING_FAILED_BATCH, 0);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_TAKEN && is_answered_by(0));
  end();
  begin("execute-request");
  mapping_set(&mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(0));
  end();
}

static void loads(void) {
  begin("initialize-request");
  CHECK(settle() == SETTLED_LOAD && state() == COMMAND_ANSWERED && is_answered_by(CONTROL_HANDLE));
  CHECK(mapping_get(&mapping, MAPPING_INSTANCE) == INSTANCE_FAILED);
  // The executor or the guard has already answered: only the token is missing, or nothing.
  CHECK(settle() == SETTLED_LOAD && is_answered_by(0));
  mapping_set(&mapping, MAPPING_COMMAND, COMMAND_WAITING);
  CHECK(settle() == SETTLED_LEAVE && is_answered_by(0));
  end();
  begin("initialize-request");
  mapping_set(&mapping, MAPPING_METRICS_OPEN, 1);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_TAKEN && is_answered_by(0));
  end();
  begin("initialize-request");
  mapping_set(&mapping, MAPPING_FAILED_LOAD, 0);
  CHECK(settle() == SETTLED_REFUSE && is_answered_by(0));
  end();
  begin("auto-complete-request");
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(CONTROL_HANDLE));
  end();
  begin("auto-complete-request");
  mapping_set(&mapping, MAPPING_FAILED_COMPLETION, 0);
  CHECK(settle() == SETTLED_REFUSE && state() == COMMAND_TAKEN && is_answered_by(0));
  end();
}

static void finalisations(void) {
  begin("finalize-request");
  struct message message;
  CHECK(settle() == SETTLED_LEAVE && is_answered_by(command));
  CHECK(message_read(&frozen.region, command, &message) && message.command == MESSAGE_FINALIZE_REQUEST + 1);
  // It is not answered twice.
  CHECK(settle() == SETTLED_LEAVE && is_answered_by(0));
  end();
  begin("finalize-request");
  mapping_set(&mapping, MAPPING_METRICS_OPEN, 1);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(command));
  end();
  // A called model still sends responses.
  begin("finalize-request");
  mapping_set(&mapping, MAPPING_CALLS + (CALL_SLOTS - 1) * sizeof(uint32_t), 16);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(command));
  end();
  // The executor has answered, and the guest's own finalize was running.
  begin("finalize-request");
  message_write(&frozen.region, command, MESSAGE_FINALIZE_REQUEST + 1, 0);
  mapping_set(&mapping, MAPPING_LIMIT, LIMIT_FINALIZE);
  CHECK(settle() == SETTLED_LEAVE && is_answered_by(0));
  end();
}

static void waiting(uint32_t instance, bool ready, enum settled expected) {
  begin("execute-request");
  mapping_set(&mapping, MAPPING_COMMAND, COMMAND_WAITING);
  mapping_set(&mapping, MAPPING_INSTANCE, instance);
  mapping_set(&mapping, MAPPING_READY, ready);
  mapping_set(&mapping, MAPPING_SERVING, 0);
  CHECK(settle() == expected && is_answered_by(0));
  CHECK(settlement.start_failure == !ready);
  end();
}

// Removes a post, as if the executor had died before it.
static void lose_post(struct queue *queue) { sem_trywait(queue_semaphore(queue, QUEUE_SEM_FULL)); }

static void takes(void) {
  begin("execute-request");
  // The executor died after it recorded the command, before it moved the tail.
  struct queue *commands = &frozen.control.commands;
  uint32_t tail = queue_tail(commands);
  mapping_set(&mapping, MAPPING_COMMAND_TAIL, tail);
  server_put(commands, command);
  lose_post(commands);
  CHECK(settle() == SETTLED_SUCCESSOR && queue_tail(commands) == (tail + 1) % commands->size);
  CHECK(is_answered_by(CONTROL_HANDLE));
  // The executor died after it took the token, before it recorded that.
  uint64_t token = 1;
  server_put(commands, 0);
  CHECK(queue_take(commands, &token) && token == 0);
  mapping_set(&mapping, MAPPING_INSTANCE, INSTANCE_INITIALISED);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_WAITING);
  end();
}

// The journal of a put that was under way.
static void push(uint32_t queue) {
  struct queue *target = queue == PUSH_ANSWERS ? &frozen.control.answers : &frozen.control.side;
  mapping_set(&mapping, MAPPING_PUSH, queue);
  mapping_set(&mapping, MAPPING_PUSH_HEAD, queue_head(target));
  mapping_set(&mapping, MAPPING_PUSH_EFFECT_COUNT, 0);
}

// A word has this value after the put.
static void expect(uint32_t place, uint32_t value) {
  uint32_t index = mapping_get(&mapping, MAPPING_PUSH_EFFECT_COUNT);
  mapping_set(&mapping, MAPPING_PUSH_EFFECTS + 8 * index, place);
  mapping_set(&mapping, MAPPING_PUSH_EFFECTS + 8 * index + 4, value);
  mapping_set(&mapping, MAPPING_PUSH_EFFECT_COUNT, index + 1);
}

static void pushes(void) {
  // The executor died after it moved the head and posted, before it recorded the answer.
  begin("execute-request");
  push(PUSH_ANSWERS);
  expect(MAPPING_COMMAND, COMMAND_ANSWERED);
  message_write(&frozen.region, CONTROL_HANDLE + 4096, 1, 0);
  queue_put(&frozen.control.answers, CONTROL_HANDLE + 4096);
  // The server has read the answer, and has freed the command's message.
  message_write(&frozen.region, command, 1347704143, 0);
  CHECK(settle() == SETTLED_SUCCESSOR && state() == COMMAND_ANSWERED && is_answered_by(CONTROL_HANDLE + 4096));
  CHECK(mapping_get(&mapping, MAPPING_PUSH) == PUSH_NONE);
  end();
  // A response in the queue is counted once, whether or not the executor has counted it.
  for (uint32_t noted = 2; noted <= 3; noted++) {
    begin("execute-request");
    mapping_set(&mapping, MAPPING_NEEDS_EXECUTOR, NEEDS_EXECUTOR_ALWAYS);
    mapping_set(&mapping, MAPPING_SENT_RESPONSES, noted);
    push(PUSH_SIDE);
    expect(MAPPING_SENT_RESPONSES, 3);
    queue_put(&frozen.control.side, CONTROL_HANDLE);
    CHECK(settle() == SETTLED_SUCCESSOR && mapping_get(&mapping, MAPPING_SENT_RESPONSES) == 3);
    end();
  }
  // A response factory that the server has is out of the list, once; one that it has not is not.
  for (int arrived = 0; arrived <= 1; arrived++) {
    begin("execute-request");
    mapping_set(&mapping, MAPPING_FACTORY_COUNT, 2);
    push(PUSH_SIDE);
    expect(MAPPING_FACTORY_COUNT, 1);
    if (arrived) queue_put(&frozen.control.side, CONTROL_HANDLE);
    CHECK(settle() == SETTLED_SUCCESSOR && mapping_get(&mapping, MAPPING_FACTORY_COUNT) == (arrived ? 1 : 2));
    end();
  }
  // The post is missing, and the server is busy.
  begin("execute-request");
  push(PUSH_SIDE);
  queue_put(&frozen.control.side, CONTROL_HANDLE);
  lose_post(&frozen.control.side);
  CHECK(settle() == SETTLED_NOT_YET && is_answered_by(0));
  end();
}

// An executor may have written anything into the list.
static void effects(void) {
  const uint32_t places[] = {MAPPING_SENT_RESPONSES + 1, MAPPING_BYTES - 3, MAPPING_BYTES, UINT32_MAX - 3, UINT32_MAX};
  begin("execute-request");
  // The two words behind the list, which would be an effect as well: the next field is this one.
  mapping_set(&mapping, MAPPING_SENT_RESPONSES, MAPPING_FACTORY_COUNT);
  mapping_set(&mapping, MAPPING_EXCHANGE, EXCHANGE_NONE);
  push(PUSH_SIDE);
  for (int index = 0; index < 5; index++) expect(places[index], 77);
  expect(MAPPING_BYTES - 4, 5);
  while (mapping_get(&mapping, MAPPING_PUSH_EFFECT_COUNT) < MAPPING_EFFECTS_MAX) expect(MAPPING_FACTORY_COUNT, 6);
  mapping_set(&mapping, MAPPING_PUSH_EFFECT_COUNT, UINT32_MAX);
  queue_put(&frozen.control.side, CONTROL_HANDLE);
  CHECK(settle() == SETTLED_SUCCESSOR && mapping_get(&mapping, MAPPING_SENT_RESPONSES) == MAPPING_FACTORY_COUNT);
  CHECK(mapping_get(&mapping, MAPPING_BYTES - 4) == 5 && mapping_get(&mapping, MAPPING_FACTORY_COUNT) == 6);
  end();
  // The message begins an exchange, for which the server has not done its part.
  begin("execute-request");
  push(PUSH_SIDE);
  expect(MAPPING_EXCHANGE, EXCHANGE_UNDER_WAY);
  mapping_set(&mapping, MAPPING_EXCHANGE_FLAG_AT, EXCHANGE_MUTEX_AT);
  *(uint8_t *)region_at(&frozen.region, EXCHANGE_MUTEX_AT, 1, 1) = 0;
  queue_put(&frozen.control.side, CONTROL_HANDLE);
  CHECK(settle() == SETTLED_NOT_YET && is_answered_by(0));
  end();
}

static void pushes_that_were_not(void) {
  // The handle is not in the queue: the exchange has not begun.
  begin("execute-request");
  push(PUSH_SIDE);
  expect(MAPPING_EXCHANGE, EXCHANGE_UNDER_WAY);
  expect(MAPPING_SENT_RESPONSES, 1);
  CHECK(settle() == SETTLED_SUCCESSOR && mapping_get(&mapping, MAPPING_EXCHANGE) == EXCHANGE_NONE);
  CHECK(mapping_get(&mapping, MAPPING_SENT_RESPONSES) == 0);
  end();
  // An answer that is not in the queue says nothing of an exchange before it, for which the server has not done its part.
  begin("execute-request");
  push(PUSH_ANSWERS);
  mapping_set(&mapping, MAPPING_EXCHANGE, EXCHANGE_UNDER_WAY);
  mapping_set(&mapping, MAPPING_EXCHANGE_FLAG_AT, 65536);
  *(uint8_t *)region_at(&frozen.region, 65536, 1, 1) = 0;
  CHECK(settle() == SETTLED_NOT_YET && is_answered_by(0));
  end();
}

static pthread_mutex_t *make_mutex(uint64_t at) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t *mutex = region_at(&frozen.region, at, sizeof *mutex, 8);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  CHECK(pthread_mutex_init(mutex, &attributes) == 0);
  return mutex;
}

// What an executor has left locked.
static void recoveries(void) {
  begin("execute-request");
  mapping_set(&mapping, MAPPING_EXCHANGE, EXCHANGE_UNDER_WAY);
  mapping_set(&mapping, MAPPING_EXCHANGE_MUTEX_AT, EXCHANGE_MUTEX_AT);
  mapping_set(&mapping, MAPPING_STREAMED_MUTEX_AT, STREAMED_MUTEX_AT);
  pthread_mutex_t *mutexes[] = {make_mutex(POOL_MUTEX_AT), make_mutex(frozen.control.side.at + QUEUE_MUTEX), make_mutex(EXCHANGE_MUTEX_AT),
                                make_mutex(STREAMED_MUTEX_AT)};
  pid_t executor = fork();
  if (executor == 0) {
    mutex_disown();
    for (int index = 0; index < 4; index++) pthread_mutex_lock(mutexes[index]);
    _exit(0);
  }
  waitpid(executor, NULL, 0);
  settlement_recover(&frozen.control, &mapping, executor);
  CHECK(mapping_get(&mapping, MAPPING_STREAMED_MUTEX_AT) == 0);
  for (int index = 0; index < 4; index++) CHECK(pthread_mutex_trylock(mutexes[index]) == 0 && pthread_mutex_unlock(mutexes[index]) == 0);
  end();
}

// Once the side queue's mutex is free, the server may put its own message where the executor was about to put one.
static void put_of_the_server(void) {
  begin("execute-request");
  push(PUSH_SIDE);
  expect(MAPPING_EXCHANGE, EXCHANGE_UNDER_WAY);
  expect(MAPPING_SENT_RESPONSES, 1);
  settlement_recover(&frozen.control, &mapping, 1);
  queue_put(&frozen.control.side, 0);
  CHECK(settle() == SETTLED_SUCCESSOR && mapping_get(&mapping, MAPPING_EXCHANGE) == EXCHANGE_NONE);
  CHECK(mapping_get(&mapping, MAPPING_SENT_RESPONSES) == 0);
  end();
}

static void hand_over(void) {
  char text[MAPPING_TEXT_BYTES + 1];
  begin("execute-request");
  mapping_set(&mapping, MAPPING_PHASE, 7u << PHASE_BITS | PHASE_KILLED);
  mapping_set(&mapping, MAPPING_DEADLINE_MS, 5);
  settle();
  settlement_hand_over(&settlement, &mapping);
  CHECK(mapping_get(&mapping, MAPPING_PHASE) == (8u << PHASE_BITS | PHASE_OPEN));
  CHECK(mapping_get(&mapping, MAPPING_DEADLINE_MS) == 0 && mapping_get(&mapping, MAPPING_READY) == 0);
  CHECK(mapping_get(&mapping, MAPPING_RESTARTS) == 1 && mapping_get(&mapping, MAPPING_STOP_KIND) == STOP_DIED);
  mapping_get_text(&mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, text);
  CHECK_TEXT(text, "it died");
  end();
}

void test_settlement(void) {
  batches();
  loads();
  finalisations();
  waiting(INSTANCE_INITIALISED, true, SETTLED_SUCCESSOR);
  waiting(INSTANCE_UNKNOWN, true, SETTLED_REFUSE);
  waiting(INSTANCE_UNKNOWN, false, SETTLED_SUCCESSOR);
  waiting(INSTANCE_FAILED, true, SETTLED_LEAVE);
  takes();
  pushes();
  effects();
  pushes_that_were_not();
  recoveries();
  put_of_the_server();
  hand_over();
}
