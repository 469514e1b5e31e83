// The server's shared-memory region. Every byte of it is untrusted: places in it are offsets, and each access is checked.
#ifndef GUARD_REGION_H
#define GUARD_REGION_H

#include <stdbool.h>
#include <stdint.h>

// Bytes of the ownership header before each object; its first 32 bits count references (all releases).
#define OWNERSHIP_BYTES 16

struct region {
  int fd;
  uint8_t *base;
  uint64_t size;
};

// Maps the object behind fd, or the first REGION_MAX_BYTES of it. Returns 0, or an errno.
int region_map(struct region *region, int fd);

// Returns the bytes [offset, offset + size), or NULL when they do not lie in the region, or offset is not a multiple of alignment. It maps
// what the server has added to the region when it is needed. The pointer is valid until the next call.
void *region_at(struct region *region, uint64_t offset, uint64_t size, uint64_t alignment);

// Returns the object of the block at handle: the bytes after its ownership header. Like region_at.
void *region_object(struct region *region, uint64_t handle, uint64_t size);

#endif
