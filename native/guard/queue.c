#include "queue.h"

#include <stdatomic.h>
#include <stddef.h>

#include "../generated/layout.h"
#include "semaphore.h"

bool queue_open(struct queue *queue, struct region *region, uint64_t handle) {
  uint8_t *object = region_object(region, handle, QUEUE_BYTES);
  if (object == NULL) return false;
  uint64_t size = *(uint64_t *)(object + QUEUE_SIZE);
  uint64_t buffer = *(uint64_t *)(object + QUEUE_BUFFER);
  if (size == 0 || size > UINT32_MAX / 8) return false;
  if (region_object(region, buffer, size * 8) == NULL) return false;
  *queue = (struct queue){
    .region = region,
    .at = handle + OWNERSHIP_BYTES,
    .slots = buffer + OWNERSHIP_BYTES,
    .size = (uint32_t)size,
  };
  return true;
}

static semaphore *semaphore_at(struct queue *queue, uint64_t offset) {
  return region_at(queue->region, queue->at + offset, sizeof(semaphore), 8);
}

static _Atomic uint32_t *index_at(struct queue *queue, uint64_t offset) {
  return region_at(queue->region, queue->at + offset, 4, 4);
}

static uint64_t *slot(struct queue *queue, uint32_t index) {
  return region_at(queue->region, queue->slots + (uint64_t)index * 8, 8, 8);
}

uint32_t queue_head(struct queue *queue) {
  return atomic_load(index_at(queue, QUEUE_HEAD)) % queue->size;
}

uint32_t queue_tail(struct queue *queue) {
  return atomic_load(index_at(queue, QUEUE_TAIL)) % queue->size;
}

// A full ring has the same indexes as an empty one; the semaphore of the free slots distinguishes them.
static uint32_t filled(struct queue *queue) {
  uint32_t used = (queue_head(queue) + queue->size - queue_tail(queue)) % queue->size;
  return used == 0 && semaphore_value(semaphore_at(queue, QUEUE_SEM_EMPTY)) == 0 ? queue->size : used;
}

bool queue_take(struct queue *queue, uint64_t *handle) {
  if (!semaphore_try(semaphore_at(queue, QUEUE_SEM_FULL))) return false;
  if (filled(queue) == 0) return false;
  uint32_t tail = queue_tail(queue);
  *handle = *slot(queue, tail);
  atomic_store(index_at(queue, QUEUE_TAIL), (tail + 1) % queue->size);
  semaphore_post(semaphore_at(queue, QUEUE_SEM_EMPTY));
  return true;
}

bool queue_put(struct queue *queue, uint64_t handle) {
  if (!semaphore_try(semaphore_at(queue, QUEUE_SEM_EMPTY))) return false;
  uint32_t head = queue_head(queue);
  *slot(queue, head) = handle;
  atomic_store(index_at(queue, QUEUE_HEAD), (head + 1) % queue->size);
  semaphore_post(semaphore_at(queue, QUEUE_SEM_FULL));
  return true;
}

static void post_up_to(semaphore *semaphore, uint32_t wanted) {
  for (uint32_t value = semaphore_value(semaphore); value < wanted; value++) semaphore_post(semaphore);
}

void queue_finish_take(struct queue *queue, uint32_t tail) {
  tail %= queue->size;
  if (queue_tail(queue) == tail) atomic_store(index_at(queue, QUEUE_TAIL), (tail + 1) % queue->size);
  queue_repair_reader(queue);
}

void queue_repair_reader(struct queue *queue) {
  // Each of the two may post once too often when the server is between its change and its own post. This is harmless: a reader checks the
  // ring as well, and the ring is never full.
  uint32_t used = filled(queue);
  post_up_to(semaphore_at(queue, QUEUE_SEM_FULL), used);
  post_up_to(semaphore_at(queue, QUEUE_SEM_EMPTY), queue->size - used);
}

enum posted queue_repair_writer(struct queue *queue) {
  semaphore *full = semaphore_at(queue, QUEUE_SEM_FULL);
  uint32_t value = semaphore_value(full);
  if (value >= filled(queue)) {
    // The writer may have died between its post and its system call.
    semaphore_wake(full);
    return POSTED;
  }
  // Either nobody has posted for a handle in the ring, or the server has taken the post but not yet the handle. A server that waits has
  // taken neither.
  if (value > 0 || !semaphore_has_waiter(full)) return NOT_YET_KNOWN;
  semaphore_post(full);
  return POSTED;
}

void queue_return_slots(struct queue *queue) {
  semaphore *full = semaphore_at(queue, QUEUE_SEM_FULL);
  if (queue_head(queue) != queue_tail(queue) || semaphore_value(full) != 0 || !semaphore_has_waiter(full)) return;
  post_up_to(semaphore_at(queue, QUEUE_SEM_EMPTY), queue->size);
}

uint64_t queue_handle_at(struct queue *queue, uint32_t index) { return *slot(queue, index % queue->size); }
