#include "frozen.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../generated/layout.h"

static _Noreturn void fail(const char *what) {
  perror(what);
  exit(2);
}

void frozen_copy(const char *path, int fd) {
  static char bytes[1 << 16];
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(path);
  ssize_t count;
  while ((count = read(file, bytes, sizeof bytes)) > 0) {
    if (write(fd, bytes, (size_t)count) != count) fail(path);
  }
  close(file);
}

void frozen_open(struct frozen *frozen, const char *path) {
  int fd = memfd_create("frozen", MFD_CLOEXEC);
  if (fd < 0) fail("memfd_create");
  frozen_copy(path, fd);
  if (region_map(&frozen->region, fd) != 0) fail(path);
  frozen_control(&frozen->control, &frozen->region);
}

void frozen_close(struct frozen *frozen) {
  munmap(frozen->region.base, frozen->region.size);
  close(frozen->region.fd);
}

sem_t *queue_semaphore(struct queue *queue, uint64_t offset) {
  return region_at(queue->region, queue->at + offset, sizeof(sem_t), 8);
}

static _Atomic uint32_t *word(struct queue *queue, uint64_t offset) {
  return region_at(queue->region, queue->at + offset, 4, 4);
}

static void reset(struct queue *queue) {
  uint32_t used = (queue_head(queue) + queue->size - queue_tail(queue)) % queue->size;
  sem_init(queue_semaphore(queue, QUEUE_SEM_FULL), 1, used);
  sem_init(queue_semaphore(queue, QUEUE_SEM_EMPTY), 1, queue->size - used);
}

void frozen_control(struct control *control, struct region *region) {
  if (!control_open(control, region, CONTROL_HANDLE)) {
    fprintf(stderr, "the frozen region has no control block\n");
    exit(2);
  }
  // Some were frozen before the stub has taken the command.
  atomic_store(word(&control->commands, QUEUE_TAIL), queue_head(&control->commands));
  reset(&control->commands);
  reset(&control->answers);
  reset(&control->side);
}

uint64_t frozen_command(struct control *control) {
  return queue_handle_at(&control->commands, queue_tail(&control->commands) + control->commands.size - 1);
}

void server_put(struct queue *queue, uint64_t handle) {
  uint32_t head = queue_head(queue);
  uint64_t *slot = region_at(queue->region, queue->slots + (uint64_t)head * 8, 8, 8);
  sem_wait(queue_semaphore(queue, QUEUE_SEM_EMPTY));
  *slot = handle;
  atomic_store(word(queue, QUEUE_HEAD), (head + 1) % queue->size);
  sem_post(queue_semaphore(queue, QUEUE_SEM_FULL));
}

bool server_take(struct queue *queue, uint64_t *handle) {
  if (sem_trywait(queue_semaphore(queue, QUEUE_SEM_FULL)) != 0) return false;
  uint32_t tail = queue_tail(queue);
  *handle = queue_handle_at(queue, tail);
  atomic_store(word(queue, QUEUE_TAIL), (tail + 1) % queue->size);
  sem_post(queue_semaphore(queue, QUEUE_SEM_EMPTY));
  return true;
}
