// One ring of handles between the server and this side (MessageQueue in python_backend/src/message_queue.h, every release).
//
//   tail: next to take             head: next to fill
//     v                              v
//   | h | h | h | h |   |   |   |   |   |    sem_full  = filled slots
//   0                              size-1    sem_empty = free slots
//
// Only the server writes to the command queue and reads from the answer queue. This side does the opposite, with one process at a time. So
// neither side needs the queue's mutex, whose owner must not die. The side queue is the exception: see exchange.c.
#ifndef GUARD_QUEUE_H
#define GUARD_QUEUE_H

#include "region.h"

struct queue {
  struct region *region;
  uint64_t at;    // offset of the MessageQueueShm
  uint64_t slots; // offset of the ring
  uint32_t size;  // number of slots
};

// Returns whether the queue at handle lies in the region.
bool queue_open(struct queue *queue, struct region *region, uint64_t handle);

// Takes the next handle, if any; never waits. A semaphore that was posted once too often is harmless.
bool queue_take(struct queue *queue, uint64_t *handle);

// Appends a handle; never waits. Returns whether there was room.
bool queue_put(struct queue *queue, uint64_t handle);

uint32_t queue_head(struct queue *queue);
uint32_t queue_tail(struct queue *queue);

// Completes a take that a dead reader began when the tail was at `tail`, and makes the semaphores agree with the ring.
void queue_finish_take(struct queue *queue, uint32_t tail);

// Makes the semaphores agree with the ring after a reader has died between two commands.
void queue_repair_reader(struct queue *queue);

enum posted { POSTED, NOT_YET_KNOWN };

// After a writer has died between its change of the head and its post: posts, if the post is certainly missing. A superfluous post would
// make the server take a handle that does not exist. NOT_YET_KNOWN: the server is between two steps; call it again.
enum posted queue_repair_writer(struct queue *queue);

// After a writer has died between its take of a free slot and its change of the head: makes that slot free again. It does so only while the
// server waits at an empty ring, because then the server has posted for every handle that it took.
void queue_return_slots(struct queue *queue);

// The handle in a slot of the ring.
uint64_t queue_handle_at(struct queue *queue, uint32_t index);

#endif
