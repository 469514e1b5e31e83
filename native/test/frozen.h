// A region that was frozen while a real server worked with it (test/fixtures), and the server's side of its queues.
#ifndef TEST_FROZEN_H
#define TEST_FROZEN_H

#include <semaphore.h>

#include "../guard/control.h"

// Of the control block, in all releases.
#define CONTROL_HANDLE 336

// Room in the region for the two answers of a fake executor that echoes: served, and failed.
#define ECHO_ANSWER 65536
#define ECHO_FAILURE 65664

struct frozen {
  struct region region;
  struct control control;
};

// Copies the file into memory that can grow. Ends the program when that fails.
void frozen_open(struct frozen *frozen, const char *path);
void frozen_close(struct frozen *frozen);

// Copies the file's bytes to fd. Ends the program when that fails.
void frozen_copy(const char *path, int fd);

// Opens the control block of a region that is mapped, and makes the semaphores agree with the rings: whatever waited when it was
// frozen is gone.
void frozen_control(struct control *control, struct region *region);

// The message that was taken last.
uint64_t frozen_command(struct control *control);

// As the server does.
void server_put(struct queue *queue, uint64_t handle);
bool server_take(struct queue *queue, uint64_t *handle);

sem_t *queue_semaphore(struct queue *queue, uint64_t offset);

#endif
