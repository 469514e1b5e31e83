#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LANDLOCK_CREATE_RULESET 444

void without_arguments(void) {
  pid_t pid = fork();
  if (pid == 0) {
    execl(guard_program, guard_program, NULL);
    _exit(99);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

void greeting_and_signals(void) {
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

void executors_inherit_nothing(void) {
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

void log_lines(void) {
  server_begin(&server, "initialize-request", "log");
  greets();
  CHECK(server_reads(&server, "] m_0_0 v1: a line\n"));
  CHECK(strstr(server.log, "not a line") == NULL);
  server_end(&server);
}

// On a kernel without Landlock, an executor can open files.
void hardening(const char *mode) {
  bool landlock = syscall(LANDLOCK_CREATE_RULESET, NULL, 0, 1) > 0;
  const char *expected = strcmp(mode, "off") == 0 ? "] m_0_0 v1: hardening: 1111121\n"
                         : landlock               ? "] m_0_0 v1: hardening: 0000001\n"
                                                  : "] m_0_0 v1: hardening: 0000121\n";
  setenv("TRITON_WASM_HARDENING", mode, 1);
  server_begin(&server, "initialize-request", "hardening");
  unsetenv("TRITON_WASM_HARDENING");
  greets();
  if (!CHECK(server_reads(&server, expected))) fprintf(stderr, "  it says: %s\n", server.log);
  server_end(&server);
}

void full_output(void) {
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

// Here the server is a separate process; this process inherits its orphans.
void vanished_server(void) {
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
