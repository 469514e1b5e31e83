#include "mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int mapping_create(struct mapping *mapping) {
  int fd = memfd_create("triton_wasm_mapping", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return errno;
  // Without the seal, an executor that shortened the file would end the guard with SIGBUS.
  if (ftruncate(fd, MAPPING_BYTES) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    int error = errno;
    close(fd);
    return error;
  }
  void *bytes = mmap(NULL, MAPPING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED) {
    int error = errno;
    close(fd);
    return error;
  }
  *mapping = (struct mapping){.fd = fd, .bytes = bytes};
  mapping_set(mapping, MAPPING_VERSION, MAPPING_TABLE_VERSION);
  return 0;
}
