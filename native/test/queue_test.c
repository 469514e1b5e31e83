#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../generated/layout.h"
#include "unit.h"

static int posts(struct queue *queue, uint64_t offset) {
  int value = -1;
  sem_getvalue(queue_semaphore(queue, offset), &value);
  return value;
}

static _Atomic uint32_t *index_of(struct queue *queue, uint64_t offset) {
  return region_at(queue->region, queue->at + offset, 4, 4);
}

static void both_ways(struct queue *queue) {
  uint64_t handle = 0;
  // Around the ring's end.
  for (uint64_t round = 1; round < 3ull * queue->size; round++) {
    server_put(queue, round);
    CHECK(queue_take(queue, &handle) && handle == round);
    CHECK(queue_put(queue, round + 1));
    CHECK(server_take(queue, &handle) && handle == round + 1);
  }
  CHECK(!queue_take(queue, &handle));
}

static void surplus_post(struct queue *queue) {
  uint64_t handle = 0;
  sem_post(queue_semaphore(queue, QUEUE_SEM_FULL));
  CHECK(!queue_take(queue, &handle));
  CHECK(posts(queue, QUEUE_SEM_FULL) == 0);
}

static void dead_reader(struct queue *queue) {
  uint64_t handle = 0;
  uint32_t tail = queue_tail(queue);
  server_put(queue, 5);
  server_put(queue, 6);
  // The reader died after it took the post.
  sem_trywait(queue_semaphore(queue, QUEUE_SEM_FULL));
  queue_repair_reader(queue);
  CHECK(posts(queue, QUEUE_SEM_FULL) == 2);
  // The reader died after it took the post and recorded the command.
  sem_trywait(queue_semaphore(queue, QUEUE_SEM_FULL));
  queue_finish_take(queue, tail);
  CHECK(queue_tail(queue) == (tail + 1) % queue->size);
  CHECK(posts(queue, QUEUE_SEM_FULL) == 1);
  CHECK(posts(queue, QUEUE_SEM_EMPTY) == (int)queue->size - 1);
  // The reader moved the tail before it died.
  queue_finish_take(queue, tail);
  CHECK(queue_tail(queue) == (tail + 1) % queue->size);
  CHECK(queue_take(queue, &handle) && handle == 6);
}

static bool waits(struct queue *queue) {
  for (int round = 0; round < 5000; round++) {
    if (*(uint64_t *)(void *)queue_semaphore(queue, QUEUE_SEM_FULL) >> 32 != 0) return true;
    usleep(1000);
  }
  return false;
}

static void dead_writer(struct queue *queue) {
  uint64_t handle = 0;
  CHECK(queue_repair_writer(queue) == POSTED);
  queue_put(queue, 9);
  CHECK(queue_repair_writer(queue) == POSTED && posts(queue, QUEUE_SEM_FULL) == 1);
  CHECK(server_take(queue, &handle) && handle == 9);
  // The writer died after it moved the head, while the server was busy.
  queue_put(queue, 10);
  sem_trywait(queue_semaphore(queue, QUEUE_SEM_FULL));
  CHECK(queue_repair_writer(queue) == NOT_YET_KNOWN);
  CHECK(posts(queue, QUEUE_SEM_FULL) == 0);
  pid_t server = fork();
  if (server == 0) {
    sem_wait(queue_semaphore(queue, QUEUE_SEM_FULL));
    _exit(0);
  }
  CHECK(waits(queue));
  CHECK(queue_repair_writer(queue) == POSTED);
  int status = 1;
  CHECK(waitpid(server, &status, 0) == server && status == 0);
  // The server has taken the post but not yet the handle: it must not get a second post.
  CHECK(queue_repair_writer(queue) == NOT_YET_KNOWN && posts(queue, QUEUE_SEM_FULL) == 0);
}

// The writer died after its post, before it could wake the server.
static void unwoken(struct queue *queue) {
  pid_t server = fork();
  if (server == 0) {
    alarm(10);
    sem_wait(queue_semaphore(queue, QUEUE_SEM_FULL));
    _exit(0);
  }
  CHECK(waits(queue));
  // Time from the increment of the waiters to the wait.
  usleep(20000);
  atomic_fetch_add((_Atomic uint64_t *)(void *)queue_semaphore(queue, QUEUE_SEM_FULL), 1);
  CHECK(queue_repair_writer(queue) == POSTED);
  int status = 1;
  CHECK(waitpid(server, &status, 0) == server && status == 0);
}

// A writer died after it took a free slot.
static void lost_slot(struct queue *queue) {
  int size = (int)queue->size;
  sem_trywait(queue_semaphore(queue, QUEUE_SEM_EMPTY));
  // The server may be between its take and its post.
  queue_return_slots(queue);
  CHECK(posts(queue, QUEUE_SEM_EMPTY) == size - 1);
  pid_t server = fork();
  if (server == 0) {
    sem_wait(queue_semaphore(queue, QUEUE_SEM_FULL));
    _exit(0);
  }
  CHECK(waits(queue));
  queue_return_slots(queue);
  CHECK(posts(queue, QUEUE_SEM_EMPTY) == size);
  queue_return_slots(queue);
  CHECK(posts(queue, QUEUE_SEM_EMPTY) == size);
  sem_post(queue_semaphore(queue, QUEUE_SEM_FULL));
  int status = 1;
  CHECK(waitpid(server, &status, 0) == server && status == 0);
}

static void damaged(struct frozen *frozen, uint64_t handle) {
  struct queue queue;
  uint64_t *size = region_at(&frozen->region, handle + OWNERSHIP_BYTES + QUEUE_SIZE, 8, 8);
  uint64_t *buffer = region_at(&frozen->region, handle + OWNERSHIP_BYTES + QUEUE_BUFFER, 8, 8);
  uint64_t before = *size;
  static const uint64_t sizes[] = {0, UINT64_MAX, 1ull << 61, 1ull << 32, 1ull << 20};
  for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++) {
    *size = sizes[index];
    CHECK(!queue_open(&queue, &frozen->region, handle));
  }
  *size = before;
  static const uint64_t buffers[] = {0, 3, UINT64_MAX, UINT64_MAX - 15, 1ull << 40};
  uint64_t place = *buffer;
  for (size_t index = 0; index < sizeof buffers / sizeof *buffers; index++) {
    *buffer = buffers[index];
    CHECK(!queue_open(&queue, &frozen->region, handle));
  }
  *buffer = place;
  CHECK(queue_open(&queue, &frozen->region, handle));
  CHECK(!queue_open(&queue, &frozen->region, 0) && !queue_open(&queue, &frozen->region, UINT64_MAX));
  // Indexes beyond the ring stay within it.
  *index_of(&queue, QUEUE_HEAD) = UINT32_MAX;
  *index_of(&queue, QUEUE_TAIL) = UINT32_MAX - 1;
  sem_post(queue_semaphore(&queue, QUEUE_SEM_FULL));
  queue_take(&queue, &before);
  queue_put(&queue, 1);
  CHECK(queue_head(&queue) < queue.size && queue_tail(&queue) < queue.size);
}

void test_queue(void) {
  struct frozen frozen;
  open_moment(&frozen, "24.10", "initialize-request");
  both_ways(&frozen.control.commands);
  surplus_post(&frozen.control.commands);
  dead_reader(&frozen.control.commands);
  dead_writer(&frozen.control.answers);
  unwoken(&frozen.control.side);
  lost_slot(&frozen.control.side);
  damaged(&frozen, frozen.control.side.at - OWNERSHIP_BYTES);
  frozen_close(&frozen);
}
