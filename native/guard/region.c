#include "region.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../generated/limits.h"

static uint64_t usable(off_t bytes) { return (uint64_t)bytes < REGION_MAX_BYTES ? (uint64_t)bytes : REGION_MAX_BYTES; }

int region_map(struct region *region, int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return errno;
  if (status.st_size <= 0) return EINVAL;
  uint64_t size = usable(status.st_size);
  void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) return errno;
  *region = (struct region){.fd = fd, .base = base, .size = size};
  return 0;
}

static void follow_growth(struct region *region) {
  struct stat status;
  if (fstat(region->fd, &status) != 0) return;
  uint64_t size = usable(status.st_size);
  if (size <= region->size) return;
  void *base = mremap(region->base, region->size, size, MREMAP_MAYMOVE);
  if (base == MAP_FAILED) return;
  region->base = base;
  region->size = size;
}

static bool has(const struct region *region, uint64_t offset, uint64_t size) {
  return size <= region->size && offset <= region->size - size;
}

void *region_at(struct region *region, uint64_t offset, uint64_t size, uint64_t alignment) {
  if (offset == 0 || offset % alignment != 0) return NULL;
  if (!has(region, offset, size)) {
    follow_growth(region);
    if (!has(region, offset, size)) return NULL;
  }
  return region->base + offset;
}

void *region_object(struct region *region, uint64_t handle, uint64_t size) {
  if (handle == 0 || handle > UINT64_MAX - OWNERSHIP_BYTES) return NULL;
  return region_at(region, handle + OWNERSHIP_BYTES, size, 8);
}
