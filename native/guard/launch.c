#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

static void inherit(struct launch *launch, int fd) {
  if (launch->inherited_count < LAUNCH_DESCRIPTORS_MAX) launch->inherited[launch->inherited_count++] = fd;
}

int launch_create(struct launch *launch) {
  *launch = (struct launch){.fd = memfd_create("triton_wasm_launch", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (launch->fd < 0) return errno;
  inherit(launch, launch->fd);
  return 0;
}

int launch_seal(struct launch *launch) {
  int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  return fcntl(launch->fd, F_ADD_SEALS, seals) == 0 ? 0 : errno;
}

void launch_word(struct launch *launch, const char *name, const char *value) {
  struct iovec parts[] = {
    {(void *)name, strlen(name) + 1},
    {(void *)value, strlen(value) + 1},
  };
  // A write to a file in memory is only incomplete when memory runs out. Then the executor reports the missing word.
  ssize_t written = writev(launch->fd, parts, 2);
  (void)written;
}

void launch_number(struct launch *launch, const char *name, uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%" PRIu64, value);
  launch_word(launch, name, text);
}

void launch_descriptor(struct launch *launch, const char *name, int fd) {
  char value[16];
  snprintf(value, sizeof value, "%d", fd);
  inherit(launch, fd);
  launch_word(launch, name, value);
}

void launch_opened(struct launch *launch, const char *name, const char *path, int fd) {
  char value[PATH_MAX + 32];
  if (fd >= 0) inherit(launch, fd);
  snprintf(value, sizeof value, "%d %s", fd, path);
  launch_word(launch, name, value);
}

void launch_file(struct launch *launch, const char *name, const char *path, const char *opened_at) {
  // A pipe without a writer would block the guard.
  int fd = open(opened_at, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  launch_opened(launch, name, path, fd >= 0 ? fd : -errno);
}
