// Tests of the real guard. This program acts as its server.
//
//   process GUARD FAKE_NODE REGIONS RESTARTS
#include "process.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../generated/layout.h"

int checks_made;
int checks_failed;
struct server server;

bool greets(void) { return CHECK(server_answer(&server) == CONTROL_HANDLE) && CHECK(server_sees_health(&server)); }

// Reads the error text in the answer to an InitializeRequest.
static void read_refusal(uint64_t handle, char *text, size_t room) {
  struct region *region = &server.region;
  text[0] = '\0';
  uint8_t *message = region_object(region, handle, MESSAGE_BYTES);
  if (!CHECK(message != NULL)) return;
  uint8_t *response = region_object(region, *(uint64_t *)(message + MESSAGE_ARGS), INITIALIZE_RESPONSE_BYTES);
  if (!CHECK(response != NULL) || !CHECK(response[INITIALIZE_RESPONSE_HAS_ERROR] == 1)) return;
  uint8_t *string = region_object(region, *(uint64_t *)(response + INITIALIZE_RESPONSE_ERROR), STRING_BYTES);
  if (!CHECK(string != NULL)) return;
  uint64_t length = *(uint64_t *)(string + STRING_LENGTH);
  uint8_t *characters = region_object(region, *(uint64_t *)(string + STRING_DATA), length);
  if (!CHECK(characters != NULL) || !CHECK(length < room)) return;
  memcpy(text, characters, length);
  text[length] = '\0';
}

bool exits_with(int code) {
  int status = server_wait(&server);
  return CHECK(WIFEXITED(status)) && CHECK(WEXITSTATUS(status) == code);
}

void refuses_load(const char *words) {
  char text[1024];
  uint64_t command = frozen_command(&server.control);
  server_put(&server.control.commands, command);
  CHECK(server_answer(&server) == command);
  read_refusal(command, text, sizeof text);
  if (!CHECK(strstr(text, words) != NULL)) fprintf(stderr, "  it says: %s\n", text);
  CHECK(server_sees_health(&server));
  server_put(&server.control.commands, 0);
  exits_with(1);
}

bool is_ready(void *context) { return mapping_get(context, MAPPING_READY) != 0; }

void unmap(struct mapping *mapping) {
  munmap(mapping->bytes, MAPPING_BYTES);
  close(mapping->fd);
}

pid_t ready_executor(void) {
  struct mapping mapping;
  CHECK(server_map(&server, &mapping));
  CHECK(wait_until(is_ready, &mapping));
  unmap(&mapping);
  pid_t executor = executor_of(&server, 0);
  CHECK(executor != 0);
  return executor;
}

int main(int count, char **words) {
  if (count != 5) {
    fprintf(stderr, "usage: process GUARD FAKE_NODE REGIONS RESTARTS\n");
    return 2;
  }
  guard_program = words[1];
  node_program = words[2];
  regions_folder = words[3];
  uint32_t restart_count = (uint32_t)atoi(words[4]);
  without_arguments();
  greeting_and_signals();
  executors_inherit_nothing();
  log_lines();
  hardening("auto");
  hardening("off");
  wrong_mode();
  deadlines();
  deaths();
  killed_by_somebody();
  stopped_executor();
  start_failures();
  missing_node();
  region_without_name();
  region_of_another();
  few_descriptors();
  full_output();
  vanished_server();
  restarts(restart_count);
  kills_at_any_moment(restart_count);
  completion();
  finalisation();
  printf("process: %d checks of the guard's life, %d failed\n", checks_made, checks_failed);
  return checks_failed == 0 ? 0 : 1;
}
