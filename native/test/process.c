// Tests of the real guard: this program is its server.
//
//   process GUARD FAKE_NODE REGIONS RESTARTS
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "../generated/layout.h"
#include "server.h"

#define LANDLOCK_CREATE_RULESET 444

int checks_made;
int checks_failed;

static struct server server;

static bool greets(void) { return CHECK(server_answer(&server) == CONTROL_HANDLE) && CHECK(server_sees_health(&server)); }

// The text of the string that a refusal has put into the answer to an InitializeRequest.
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

static bool exits_with(int code) {
  int status = server_wait(&server);
  return CHECK(WIFEXITED(status)) && CHECK(WEXITSTATUS(status) == code);
}

// The load is refused with a sentence in which these words are, and the guard ends after the server's token.
static void refuses_load(const char *words) {
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

static void without_arguments(void) {
  pid_t pid = fork();
  if (pid == 0) {
    execl(guard_program, guard_program, NULL);
    _exit(99);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

static bool is_ready(void *context) { return mapping_get(context, MAPPING_READY) != 0; }

static void unmap(struct mapping *mapping) {
  munmap(mapping->bytes, MAPPING_BYTES);
  close(mapping->fd);
}

// The executor, once it waits for commands.
static pid_t ready_executor(void) {
  struct mapping mapping;
  CHECK(server_map(&server, &mapping));
  CHECK(wait_until(is_ready, &mapping));
  unmap(&mapping);
  pid_t executor = executor_of(&server, 0);
  CHECK(executor != 0);
  return executor;
}

static void greeting_and_signals(void) {
  static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGPIPE, SIGUSR1, SIGUSR2, SIGQUIT, SIGALRM, SIGXFSZ, SIGTTOU};
  server_begin(&server, "initialize-request", "wait");
  greets();
  pid_t executor = ready_executor();
  CHECK(getpgid(executor) != getpgid(server.guard));
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) kill(server.guard, signals[index]);
  CHECK(server_sees_health(&server));
  CHECK(server_sees_health(&server));
  CHECK(executor_of(&server, 0) == executor);
  kill(server.guard, SIGSTOP);
  usleep(100000);
  kill(server.guard, SIGCONT);
  CHECK(server_sees_health(&server));
  server_end(&server);
}

static void executors_inherit_nothing(void) {
  struct stat status;
  char name[64];
  int foreign = socket(AF_UNIX, SOCK_STREAM, 0);
  fstat(foreign, &status);
  snprintf(name, sizeof name, "socket:[%llu]", (unsigned long long)status.st_ino);
  server_begin(&server, "initialize-request", "wait");
  close(foreign);
  greets();
  pid_t executor = ready_executor();
  CHECK(descriptors_of(server.guard, name) == 0);
  CHECK(descriptors_of(executor, "socket:") == 0);
  CHECK(descriptors_of(executor, "/dev/shm/guard_test") == 1);
  server_end(&server);
}

static void log_lines(void) {
  server_begin(&server, "initialize-request", "log");
  greets();
  CHECK(server_reads(&server, "] m_0_0 v1: a line\n"));
  CHECK(strstr(server.log, "not a line") == NULL);
  server_end(&server);
}

// Without Landlock, which not every kernel has, files stay open to an executor.
static void walls(const char *mode) {
  bool landlock = syscall(LANDLOCK_CREATE_RULESET, NULL, 0, 1) > 0;
  const char *expected = strcmp(mode, "off") == 0 ? "] m_0_0 v1: walls: 1111121\n"
                         : landlock               ? "] m_0_0 v1: walls: 0000001\n"
                                                  : "] m_0_0 v1: walls: 0000121\n";
  setenv("TRITON_WASM_HARDENING", mode, 1);
  server_begin(&server, "initialize-request", "walls");
  unsetenv("TRITON_WASM_HARDENING");
  greets();
  if (!CHECK(server_reads(&server, expected))) fprintf(stderr, "  it says: %s\n", server.log);
  server_end(&server);
}

static void wrong_mode(void) {
  setenv("TRITON_WASM_HARDENING", "some", 1);
  server_begin(&server, "initialize-request", "wait");
  unsetenv("TRITON_WASM_HARDENING");
  greets();
  refuses_load("TRITON_WASM_HARDENING says 'some': hardening is one of auto, off, required");
  server_end(&server);
}

static bool has_restarted(void *context) { return mapping_get(context, MAPPING_RESTARTS) != 0; }

static void stop_text(struct mapping *mapping, char *text) {
  CHECK(wait_until(has_restarted, mapping));
  mapping_get_text(mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, text);
}

// A batch in which the executor is ended, for this reason.
static void batch_fails(const char *part, const char *reason, bool stop_executor) {
  char text[MAPPING_TEXT_BYTES + 1];
  struct mapping mapping;
  server_begin(&server, "execute-request", part);
  greets();
  uint64_t command = frozen_command(&server.control);
  CHECK(server_map(&server, &mapping));
  pid_t executor = executor_of(&server, 0);
  server_put(&server.control.commands, command);
  if (stop_executor) kill(executor, SIGSTOP);
  CHECK(server_answer(&server) == command);
  stop_text(&mapping, text);
  if (!CHECK(strstr(text, reason) != NULL)) fprintf(stderr, "  it says: %s\n", text);
  CHECK(executor_of(&server, executor) != 0);
  CHECK(server_sees_health(&server));
  unmap(&mapping);
  server_end(&server);
}

static void deadlines(void) {
  batch_fails("loop", "the model exceeded its wasm_execute_deadline_ms of 200 ms by ", false);
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

static void deaths(void) {
  batch_fails("last", "the model's executor died: V8 ended it: FATAL ERROR: heap? out of memory", false);
}

static void killed_by_somebody(void) {
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
static void stopped_executor(void) {
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

static void start_failures(void) {
  server_begin(&server, "initialize-request", "boot");
  greets();
  refuses_load("the model's executor ended 3 times before it took a command (the model's executor died: it ended with status 9: it "
               "does not start): reload the model");
  CHECK(server_reads(&server, "reload the model"));
  server_end(&server);
}

static void missing_node(void) {
  char path[128];
  server_make(&server, "initialize-request", "wait");
  snprintf(path, sizeof path, "%s/node", server.folder);
  unlink(path);
  server_start(&server);
  greets();
  refuses_load("No such file or directory");
  server_end(&server);
}

static void region_without_name(void) {
  char path[128];
  server_make(&server, "initialize-request", "wait");
  snprintf(path, sizeof path, "/dev/shm/%s", server.region_name);
  unlink(path);
  server_start(&server);
  greets();
  refuses_load("give server and stub the same /dev/shm");
  server_end(&server);
}

// Up to 24.03 two servers with one prefix take each other's names.
static void region_of_another(void) {
  char path[128];
  server_make(&server, "initialize-request", "wait");
  snprintf(path, sizeof path, "/dev/shm/%s", server.region_name);
  unlink(path);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  CHECK(fd >= 0 && ftruncate(fd, 1 << 20) == 0);
  server_start(&server);
  greets();
  refuses_load("another server has taken the name of this server's shared-memory region");
  // The other server's name stays.
  CHECK(access(path, F_OK) == 0);
  close(fd);
  server_end(&server);
}

// Whatever cannot be opened: the server gets its greeting, and an answer or an instance.
static void few_descriptors(void) {
  for (uint64_t most = 5; most < 40; most++) {
    server_make(&server, "initialize-request", "loads");
    server.descriptors_max = most;
    server_start(&server);
    greets();
    uint64_t command = frozen_command(&server.control);
    server_put(&server.control.commands, command);
    CHECK(server_answer(&server) == command);
    server_end(&server);
  }
}

static void full_output(void) {
  server_begin(&server, "initialize-request", "flood");
  greets();
  for (int beat = 0; beat < 5; beat++) CHECK(server_sees_health(&server));
  server_end(&server);
}

static bool is_gone(void *context) {
  pid_t pid = *(pid_t *)context;
  waitpid(pid, NULL, WNOHANG);
  return kill(pid, 0) != 0;
}

// The server is a process of its own here; this one inherits its orphans.
static void vanished_server(void) {
  int ends[2];
  char path[128];
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  server_make(&server, "initialize-request", "wait");
  if (pipe2(ends, O_CLOEXEC) != 0) exit(2);
  pid_t middle = fork();
  if (middle == 0) {
    server_start(&server);
    if (write(ends[1], &server.guard, sizeof server.guard) < 0) _exit(2);
    for (;;) pause();
  }
  if (read(ends[0], &server.guard, sizeof server.guard) < 0) exit(2);
  close(ends[0]);
  close(ends[1]);
  greets();
  pid_t executor = executor_of(&server, 0);
  pid_t guard = server.guard;
  kill(middle, SIGKILL);
  waitpid(middle, NULL, 0);
  CHECK(wait_until(is_gone, &guard));
  CHECK(wait_until(is_gone, &executor));
  server.guard = 0;
  snprintf(path, sizeof path, "/dev/shm/%s", server.region_name);
  CHECK(access(path, F_OK) != 0);
  server_end(&server);
}

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

static void restarts(uint32_t count) {
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
    // By then there is a spare.
    if (restart == 10) before = descriptors_of(server.guard, "");
  }
  int after = descriptors_of(server.guard, "");
  // A spare may just be missing.
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

// The executor is killed at any moment: each command has one answer.
static void kills_at_any_moment(uint32_t count) {
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
  // Both happen, or the kills have not met what they should.
  CHECK(failed > 0 && failed < count);
  CHECK(server_sees_health(&server));
  CHECK(wait_until(has_spare, NULL));
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
static void completion(void) {
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
static void finalisation(void) {
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
  walls("auto");
  walls("off");
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
