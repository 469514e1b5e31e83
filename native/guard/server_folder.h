// A folder in memory that the stubs of one server share, and nobody else: the walls around an executor leave it this much of
// /dev/shm, and not a region of another model. Each stub holds a shared lock on the folder as long as it lives, and the lock of a
// file of its own in it, by which the others know that it lives; the last one removes it all.
#ifndef GUARD_SERVER_FOLDER_H
#define GUARD_SERVER_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct server_folder {
  char path[NAME_MAX];
  char stub[NAME_MAX]; // name of this process among the stubs: none has had it, although pids come again
  int fd;
};

// Returns NULL, or why the folder cannot be used. Also removes the folders of servers that are gone, whose last stub was killed.
const char *server_folder_enter(struct server_folder *folder, pid_t server);

// Gives the folder up, and removes it when no other stub has it.
void server_folder_leave(struct server_folder *folder);

#endif
