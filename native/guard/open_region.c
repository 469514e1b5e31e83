#include "open_region.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../generated/limits.h"

#define SHARED_MEMORY "/dev/shm/"
#define DELETED " (deleted)"
#define FLAGS (O_RDWR | O_CLOEXEC | O_NONBLOCK)

static int open_name(const char *name) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof path, SHARED_MEMORY "%s", name);
  if (length < 0 || (size_t)length >= sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return open(path, FLAGS | O_NOFOLLOW);
}

static bool is_named(const char *target, const char *name) {
  size_t start = strlen(SHARED_MEMORY);
  if (strncmp(target, SHARED_MEMORY, start) != 0) return false;
  const char *rest = target + start;
  size_t length = strlen(name);
  return strncmp(rest, name, length) == 0 && (rest[length] == '\0' || strcmp(rest + length, DELETED) == 0);
}

static int open_servers_descriptor(pid_t server, const char *name) {
  char folder[32];
  snprintf(folder, sizeof folder, "/proc/%d/fd", (int)server);
  DIR *entries = opendir(folder);
  if (entries == NULL) return -1;
  int fd = -1;
  struct dirent *entry;
  while (fd < 0 && (entry = readdir(entries)) != NULL) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(dirfd(entries), entry->d_name, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = '\0';
    if (is_named(target, name)) fd = openat(dirfd(entries), entry->d_name, FLAGS);
  }
  closedir(entries);
  return fd;
}

static void find_unnamed(struct opened_region *opened, const struct arguments *arguments) {
  snprintf(opened->refusal, sizeof opened->refusal,
           "the server's shared-memory region cannot be opened (%s: %s): give server and stub the same /dev/shm",
           arguments->region_name, strerror(errno));
  opened->fd = open_servers_descriptor(arguments->server, arguments->region_name);
}

// Up to 24.03 names are a prefix and a counter, and a server uses a name without a check whether it exists: two servers with the same
// prefix take each other's regions.
static void find_own(struct opened_region *opened, const struct arguments *arguments) {
  close(opened->fd);
  snprintf(opened->refusal, sizeof opened->refusal,
           "another server has taken the name of this server's shared-memory region, %s: give each server on this machine (or in "
           "these containers, which share /dev/shm) a different --backend-config=python,shm-region-prefix-name",
           arguments->region_name);
  opened->fd = open_servers_descriptor(arguments->server, arguments->region_name);
}

void region_find(struct opened_region *opened, const struct arguments *arguments, struct server_maps *maps) {
  struct stat status = {.st_ino = 0};
  *opened = (struct opened_region){.fd = open_name(arguments->region_name)};
  int error = errno;
  if (opened->fd >= 0 && fstat(opened->fd, &status) != 0) error = errno;
  server_read_maps(arguments->server, arguments->region_name, status.st_ino, maps);
  errno = error;
  if (opened->fd < 0) find_unnamed(opened, arguments);
  else if (maps->maps_region && !maps->maps_this_region) find_own(opened, arguments);
  if (opened->fd < 0 || opened->refusal[0] != '\0') return;
  if ((unsigned long long)status.st_size <= REGION_MAX_BYTES) return;
  snprintf(opened->refusal, sizeof opened->refusal,
           "a shared-memory region of %lld bytes does not fit 32-bit WebAssembly (limit %llu bytes): lower "
           "--backend-config=python,shm-default-byte-size or shm-growth-byte-size, or send smaller tensors",
           (long long)status.st_size, (unsigned long long)REGION_MAX_BYTES);
}

void region_remove_name(const char *name, int fd) {
  char path[PATH_MAX];
  struct stat named;
  struct stat open_file;
  int length = snprintf(path, sizeof path, SHARED_MEMORY "%s", name);
  if (length < 0 || (size_t)length >= sizeof path) return;
  if (lstat(path, &named) != 0 || fstat(fd, &open_file) != 0) return;
  if (named.st_ino == open_file.st_ino && named.st_dev == open_file.st_dev) unlink(path);
}
