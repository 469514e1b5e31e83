#define _GNU_SOURCE
#include "mapping.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

int mapping_create(struct mapping *mapping) {
  int fd = memfd_create("triton_wasm_mapping", MFD_CLOEXEC);
  if (fd < 0) return errno;
  if (ftruncate(fd, MAPPING_BYTES) != 0) return errno;
  void *bytes = mmap(NULL, MAPPING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED) return errno;
  *mapping = (struct mapping){.fd = fd, .bytes = bytes};
  mapping_set(mapping, MAPPING_VERSION, MAPPING_TABLE_VERSION);
  return 0;
}
