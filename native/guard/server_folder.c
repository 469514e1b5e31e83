#include "server_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

#define SHARED_MEMORY "/dev/shm"
#define PREFIX "triton_wasm_"
#define OWNER_ONLY_FOLDER 0700
#define OWNER_ONLY_FILE 0600
// One second in total.
#define ATTEMPTS_MAX 1000
#define ATTEMPT_PAUSE_US 1000

static int open_folder(int at, const char *name) {
  return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_ours(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && status.st_uid == getuid();
}

static bool still_has_a_name(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && status.st_nlink > 0;
}

static void remove_files(int folder) {
  DIR *entries = fdopendir(dup(folder));
  struct dirent *entry;
  while (entries != NULL && (entry = readdir(entries)) != NULL) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) unlinkat(folder, entry->d_name, 0);
  }
  if (entries != NULL) closedir(entries);
}

// Removes the folder `name`, which has files only, if nobody holds its lock. Another stub may do the same at this time.
static void remove_unless_locked(int parent, const char *name) {
  int fd = open_folder(parent, name);
  if (fd < 0) return;
  if (is_ours(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0) {
    remove_files(fd);
    unlinkat(parent, name, AT_REMOVEDIR);
  }
  close(fd);
}

// A name is PREFIX and three numbers: regions of a backend named wasm have the same prefix.
static bool is_server_folder(const char *name) {
  int end = 0;
  return sscanf(name, PREFIX "%*[0-9]_%*[0-9]_%*[0-9]%n", &end) == 0 && end > 0 && name[end] == '\0';
}

// Removes the folders of former servers. A stub that is about to lock such a folder finds that it has no name any more, and creates
// another.
static void sweep_others(const char *own) {
  DIR *entries = opendir(SHARED_MEMORY);
  if (entries == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(entries)) != NULL) {
    if (is_server_folder(entry->d_name) && strcmp(entry->d_name, own) != 0) {
      remove_unless_locked(dirfd(entries), entry->d_name);
    }
  }
  closedir(entries);
}

// The names identify one server, even where containers share /dev/shm.
static void make_names(struct server_folder *folder, pid_t server) {
  char link[64];
  uint64_t namespace = 0;
  ssize_t length = readlink("/proc/self/ns/pid", link, sizeof link - 1);
  link[length < 0 ? 0 : length] = '\0';
  sscanf(link, "pid:[%" SCNu64, &namespace);
  snprintf(folder->path, sizeof folder->path, SHARED_MEMORY "/" PREFIX "%" PRIu64 "_%d_%" PRIu64, namespace, (int)server,
           process_start_time(server));
  snprintf(folder->stub, sizeof folder->stub, "stub_%d_%" PRIu64, (int)getpid(), process_start_time(getpid()));
}

// It needs a descriptor first, so that it does not create a folder that cannot be opened afterwards.
static const char *make(const char *path) {
  int place = open(SHARED_MEMORY, O_PATH | O_CLOEXEC);
  if (place < 0) return strerror(errno);
  const char *problem = mkdir(path, OWNER_ONLY_FOLDER) == 0 || errno == EEXIST ? NULL : strerror(errno);
  close(place);
  return problem;
}

static const char *enter(struct server_folder *folder) {
  for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const char *problem = make(folder->path);
    if (problem != NULL) return problem;
    folder->fd = open_folder(AT_FDCWD, folder->path);
    if (folder->fd < 0) {
      if (errno == ENOENT) continue;
      return strerror(errno);
    }
    if (!is_ours(folder->fd)) return "it belongs to another user";
    // Another stub holds an exclusive lock only while it removes the folder.
    int locked = flock(folder->fd, LOCK_SH | LOCK_NB);
    if (locked != 0 && errno != EWOULDBLOCK) return strerror(errno);
    if (locked == 0 && still_has_a_name(folder->fd)) return NULL;
    close(folder->fd);
    folder->fd = -1;
    usleep(ATTEMPT_PAUSE_US);
  }
  return "other instances keep removing it";
}

const char *server_folder_enter(struct server_folder *folder, pid_t server) {
  folder->fd = -1;
  make_names(folder, server);
  const char *problem = enter(folder);
  if (problem != NULL) return problem;
  sweep_others(folder->path + strlen(SHARED_MEMORY "/"));
  // The file stays open, and so does its lock.
  int file = openat(folder->fd, folder->stub, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, OWNER_ONLY_FILE);
  if (file < 0 || flock(file, LOCK_EX | LOCK_NB) != 0) return strerror(errno);
  return NULL;
}

void server_folder_leave(struct server_folder *folder) {
  if (folder->fd < 0) return;
  unlinkat(folder->fd, folder->stub, 0);
  // Converts the shared lock; this fails when other stubs hold it as well. It needs no new descriptor: none may be left.
  if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0) {
    remove_files(folder->fd);
    rmdir(folder->path);
  }
  close(folder->fd);
  folder->fd = -1;
}
