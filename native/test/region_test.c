#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"

void test_region(void) {
  struct region region;
  int fd = memfd_create("region", MFD_CLOEXEC);
  CHECK(region_map(&region, fd) != 0);
  CHECK(ftruncate(fd, 8192) == 0);
  CHECK(region_map(&region, fd) == 0 && region.size == 8192);
  CHECK(region_at(&region, 0, 1, 1) == NULL);
  CHECK(region_at(&region, 8, 1, 1) == region.base + 8);
  CHECK(region_at(&region, 4, 4, 8) == NULL);
  CHECK(region_at(&region, 8184, 8, 8) == region.base + 8184);
  CHECK(region_at(&region, 8184, 9, 8) == NULL);
  CHECK(region_at(&region, 8192, 0, 8) == region.base + 8192);
  CHECK(region_at(&region, 8200, 0, 8) == NULL);
  CHECK(region_at(&region, 8, UINT64_MAX, 8) == NULL);
  CHECK(region_at(&region, UINT64_MAX - 7, 8, 8) == NULL);
  CHECK(region_object(&region, 0, 1) == NULL);
  CHECK(region_object(&region, UINT64_MAX - 8, 1) == NULL);
  CHECK(region_object(&region, 16, 8) == region.base + 32);
  CHECK(region_object(&region, 8176, 1) == NULL);
  // What the other side adds is found when it is needed.
  CHECK(ftruncate(fd, 16384) == 0);
  uint8_t *added = region_at(&region, 16376, 8, 8);
  CHECK(added == region.base + 16376 && region.size == 16384);
  *added = 1;
  CHECK(region_at(&region, 16377, 8, 1) == NULL);
  munmap(region.base, region.size);
  close(fd);
}
