#include "process.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static bool has_restarted(void *context) { return mapping_get(context, MAPPING_RESTARTS) != 0; }

static void stop_text(struct mapping *mapping, char *text) {
  CHECK(wait_until(has_restarted, mapping));
  mapping_get_text(mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, text);
}

// A batch in which the executor is ended, for this reason.
static void batch_fails(const char *part, const char *reason) {
  char text[MAPPING_TEXT_BYTES + 1];
  struct mapping mapping;
  server_begin(&server, "execute-request", part);
  greets();
  uint64_t command = frozen_command(&server.control);
  CHECK(server_map(&server, &mapping));
  pid_t executor = executor_of(&server, 0);
  server_put(&server.control.commands, command);
  CHECK(server_answer(&server) == command);
  stop_text(&mapping, text);
  if (!CHECK(strstr(text, reason) != NULL)) fprintf(stderr, "  it says: %s\n", text);
  CHECK(executor_of(&server, executor) != 0);
  CHECK(server_sees_health(&server));
  unmap(&mapping);
  server_end(&server);
}

void deadlines(void) {
  batch_fails("loop", "the model exceeded its wasm_execute_deadline_ms of 200 ms by ");
  char text[MAPPING_TEXT_BYTES + 1];
  struct mapping mapping;
  server_begin(&server, "execute-request", "locked");
  greets();
  CHECK(server_map(&server, &mapping));
  server_put(&server.control.commands, frozen_command(&server.control));
  CHECK(server_answer(&server) != 0);
  stop_text(&mapping, text);
  const char *by = strstr(text, " by ");
  // It was in the host for 600 ms.
  CHECK(by != NULL && atoi(by + 4) >= 390);
  server_end(&server);
}

void deaths(void) {
  batch_fails("last", "the model's executor died: V8 aborted: FATAL ERROR: heap? out of memory");
}

void killed_by_somebody(void) {
  char text[MAPPING_TEXT_BYTES + 1];
  struct mapping mapping;
  server_begin(&server, "execute-request", "serve");
  greets();
  CHECK(server_map(&server, &mapping));
  uint64_t command = frozen_command(&server.control);
  server_put(&server.control.commands, command);
  while (mapping_get(&mapping, MAPPING_FAILED_BATCH) == 0) usleep(500);
  kill(executor_of(&server, 0), SIGSEGV);
  CHECK(server_answer(&server) == command);
  stop_text(&mapping, text);
  CHECK_TEXT(text, "the model's executor died: killed by signal 11 (SIGSEGV)");
  server_end(&server);
}

// An executor that is stopped is over its time as any other.
void stopped_executor(void) {
  struct mapping mapping;
  server_begin(&server, "execute-request", "loop");
  greets();
  CHECK(server_map(&server, &mapping));
  uint64_t command = frozen_command(&server.control);
  server_put(&server.control.commands, command);
  while (mapping_get(&mapping, MAPPING_DEADLINE_MS) == 0) usleep(500);
  kill(executor_of(&server, 0), SIGSTOP);
  CHECK(server_answer(&server) == command);
  server_end(&server);
}

static void kill_in_command(void) {
  struct mapping mapping;
  CHECK(server_map(&server, &mapping));
  while (mapping_get(&mapping, MAPPING_SERVING) == 0) usleep(500);
  kill(executor_of(&server, 0), SIGKILL);
  unmap(&mapping);
}

// No answer is prepared: the configuration stays as it is, and the instance that follows is refused.
void completion(void) {
  server_begin(&server, "auto-complete-request", "serve");
  greets();
  uint64_t command = frozen_command(&server.control);
  server_put(&server.control.commands, command);
  kill_in_command();
  CHECK(server_answer(&server) == command);
  server_put(&server.control.commands, 0);
  CHECK(server_sees_health(&server));
  server_end(&server);
}

static bool has_folder(void) {
  char path[64];
  char found[8] = "";
  snprintf(path, sizeof path, "ls -d /dev/shm/triton_wasm_*_%d_* 2>/dev/null | wc -l", (int)getpid());
  FILE *list = popen(path, "re");
  if (list == NULL || fgets(found, sizeof found, list) == NULL) exit(2);
  pclose(list);
  return atoi(found) != 0;
}

// The last one: it leaves nothing behind.
void finalisation(void) {
  server_begin(&server, "finalize-request", "serve");
  greets();
  uint64_t command = frozen_command(&server.control);
  server_put(&server.control.commands, command);
  CHECK(has_folder());
  kill_in_command();
  CHECK(server_answer(&server) == command);
  exits_with(0);
  CHECK(!has_folder());
  server_end(&server);
}
