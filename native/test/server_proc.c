// What /proc says of a guard.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

struct child {
  pid_t parent;
  pid_t other_than;
  pid_t pid;
};

static bool find_child(void *context) {
  struct child *child = context;
  char path[64];
  int pid = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)child->parent, (int)child->parent);
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  while (fscanf(file, "%d", &pid) == 1) {
    if (pid != child->other_than) child->pid = pid;
  }
  fclose(file);
  return child->pid != 0;
}

pid_t executor_of(struct server *server, pid_t other_than) {
  struct child child = {server->guard, other_than, 0};
  return wait_until(find_child, &child) ? child.pid : 0;
}

// Calls for each descriptor whose target has the text in it; kind: may be empty.
static int find_descriptor(pid_t pid, const char *kind, int *count) {
  char path[64];
  char target[256];
  int found = -1;
  snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
  DIR *entries = opendir(path);
  if (entries == NULL) return -1;
  struct dirent *entry;
  while ((entry = readdir(entries)) != NULL) {
    ssize_t length = readlinkat(dirfd(entries), entry->d_name, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = '\0';
    if (strstr(target, kind) == NULL) continue;
    found = atoi(entry->d_name);
    (*count)++;
  }
  closedir(entries);
  return found;
}

int descriptors_of(pid_t pid, const char *kind) {
  int count = 0;
  find_descriptor(pid, kind, &count);
  return count;
}

struct map_search {
  pid_t guard;
  struct mapping *mapping;
};

static bool open_mapping(void *context) {
  struct map_search *search = context;
  char path[64];
  int count = 0;
  int number = find_descriptor(search->guard, "triton_wasm_mapping", &count);
  if (number < 0) return false;
  snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)search->guard, number);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat status;
  if (fstat(fd, &status) != 0 || status.st_size < MAPPING_BYTES) {
    close(fd);
    return false;
  }
  search->mapping->fd = fd;
  search->mapping->bytes = mmap(NULL, MAPPING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return search->mapping->bytes != MAP_FAILED;
}

bool server_map(struct server *server, struct mapping *mapping) {
  struct map_search search = {server->guard, mapping};
  return wait_until(open_mapping, &search);
}
