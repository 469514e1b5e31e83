// A folder in /dev/shm that only the stubs of one server share. It is the only part of /dev/shm that Landlock lets an executor open, so an
// executor cannot open the region of another model. While a stub lives, it holds a shared lock on the folder, and a lock on one file in the
// folder, which shows the other stubs that it lives. The last stub removes the folder.
#ifndef GUARD_SERVER_FOLDER_H
#define GUARD_SERVER_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct server_folder {
  char path[NAME_MAX];
  char stub[NAME_MAX]; // name of this process among the stubs; it is unique although process ids are reused
  int fd;
};

// Returns NULL, or why the folder cannot be used. Also removes the folders of former servers whose last stub was killed.
const char *server_folder_enter(struct server_folder *folder, pid_t server);

// Releases the folder, and removes it when no other stub uses it.
void server_folder_leave(struct server_folder *folder);

#endif
