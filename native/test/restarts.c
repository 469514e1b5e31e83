#include "process.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static bool batch_is_answered(uint64_t command) {
  server_put(&server.control.commands, command);
  bool answered = server_answer(&server) == command;
  server_put(&server.control.commands, 0);
  return answered;
}

struct awaited {
  const struct mapping *mapping;
  uint32_t restarts;
};

static bool has_come(void *context) {
  struct awaited *awaited = context;
  struct mapping mapping = *awaited->mapping;
  return mapping_get(&mapping, MAPPING_RESTARTS) == awaited->restarts && mapping_get(&mapping, MAPPING_READY) != 0 &&
         mapping_get(&mapping, MAPPING_COMMAND) == COMMAND_WAITING;
}

void restarts(uint32_t count) {
  struct mapping mapping;
  server_begin(&server, "execute-request", "loads");
  greets();
  CHECK(server_map(&server, &mapping));
  mapping_set(&mapping, MAPPING_INSTANCE, INSTANCE_INITIALISED);
  uint64_t command = frozen_command(&server.control);
  int before = 0;
  for (uint32_t restart = 1; restart <= count; restart++) {
    if (!CHECK(batch_is_answered(command))) break;
    struct awaited awaited = {&mapping, restart};
    if (!CHECK(wait_until(has_come, &awaited))) break;
    // A spare exists by now.
    if (restart == 10) before = descriptors_of(server.guard, "");
  }
  int after = descriptors_of(server.guard, "");
  // The spare may be missing at this moment.
  if (!CHECK(after <= before + 2)) fprintf(stderr, "  %d descriptors became %d\n", before, after);
  CHECK(mapping_get(&mapping, MAPPING_RESTARTS) == count);
  server_end(&server);
}

static int children_of_guard(void) {
  char path[64];
  int pid;
  int count = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)server.guard, (int)server.guard);
  FILE *file = fopen(path, "re");
  while (file != NULL && fscanf(file, "%d", &pid) == 1) count++;
  if (file != NULL) fclose(file);
  return count;
}

static bool has_spare(void *context) {
  (void)context;
  return children_of_guard() == 2;
}

// Kills the executor at any moment. Each command must get exactly one answer.
void kills_at_any_moment(uint32_t count) {
  struct mapping mapping;
  uint32_t failed = 0;
  server_begin(&server, "execute-request", "echo");
  greets();
  CHECK(server_map(&server, &mapping));
  mapping_set(&mapping, MAPPING_INSTANCE, INSTANCE_INITIALISED);
  uint64_t command = frozen_command(&server.control);
  srand(1);
  for (uint32_t round = 0; round < count; round++) {
    uint64_t surplus = 0;
    CHECK(wait_until(is_ready, &mapping));
    server_put(&server.control.commands, command);
    usleep((useconds_t)(rand() % 1500));
    kill((pid_t)mapping_get(&mapping, MAPPING_RECORD), SIGKILL);
    uint64_t answer = server_answer(&server);
    if (!CHECK(answer == ECHO_ANSWER || answer == ECHO_FAILURE)) break;
    if (answer == ECHO_FAILURE) failed++;
    CHECK(!server_take(&server.control.answers, &surplus));
    server_put(&server.control.commands, 0);
  }
  // Some commands must fail and some succeed; otherwise the kills missed the steps that they should hit.
  CHECK(failed > 0 && failed < count);
  CHECK(server_sees_health(&server));
  CHECK(wait_until(has_spare, NULL));
  server_end(&server);
}
