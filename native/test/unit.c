// Runs the tests of the guard's parts: unit REGIONS
#include "unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int checks_made;
int checks_failed;
const char *const releases[] = {"23.10", "23.12", "24.10"};

static const char *regions;

void open_moment(struct frozen *frozen, const char *release, const char *moment) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s-%s.bin", regions, release, moment);
  frozen_open(frozen, path);
}

void make_mapping(struct mapping *mapping) {
  if (mapping_create(mapping) != 0) {
    perror("mapping_create");
    exit(2);
  }
}

void close_mapping(struct mapping *mapping) {
  munmap(mapping->bytes, MAPPING_BYTES);
  close(mapping->fd);
}

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "usage: unit REGIONS\n");
    return 2;
  }
  regions = words[1];
  test_text();
  test_arguments();
  test_mapping();
  test_deadline();
  test_region();
  test_queue();
  test_control();
  test_answers();
  test_refusal();
  test_mutex();
  test_undo();
  test_exchange();
  test_settlement();
  test_server_facts();
  test_model_files();
  printf("unit: %d checks of the guard's parts, %d failed\n", checks_made, checks_failed);
  return checks_failed == 0 ? 0 : 1;
}
