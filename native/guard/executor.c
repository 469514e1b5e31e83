#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../generated/limits.h"
#include "clock.h"
#include "log.h"
#include "text.h"

// A line for the log begins with this byte and the letter of its severity (host/log/guard-logger.ts).
#define LOG_MARK '\x01'
#define STATUS_CANNOT_START 127
#define TIMER_SLACK_NS 1000

// The variables of the server's environment that an executor reads. A model must not see the others.
static bool is_kept(const char *variable) {
  static const char *const names[] = {
    "NVIDIA_TRITON_SERVER_VERSION=", "TRITON_SERVER_VERSION=", "TRITON_VERSION=", "TRITON_WASM_", "TZ=", "LANG=", "LC_ALL=",
    "LD_LIBRARY_PATH=", "wasm_",
  };
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    if (strncmp(variable, names[index], strlen(names[index])) == 0) return true;
  }
  return false;
}

extern char **environ;

// Variables beyond the last place are omitted; ours come first.
static void make_environment(const struct executor_program *program, const char **kept, size_t places) {
  size_t count = 0;
  kept[count++] = program->openssl;
  // The seccomp filter does not apply to operations through io_uring.
  kept[count++] = "UV_USE_IO_URING=0";
  for (char **variable = environ; *variable != NULL && count < places - 1; variable++) {
    if (is_kept(*variable)) kept[count++] = *variable;
  }
  kept[count] = NULL;
}

// Reports an error to the guard, which logs it.
static _Noreturn void give_up(const char *what) {
  char text[256];
  int length = snprintf(text, sizeof text, "%s: %s\n", what, strerror(errno));
  ssize_t written = write(STDERR_FILENO, text, length > 0 ? (size_t)length : 0);
  (void)written;
  _exit(STATUS_CANNOT_START);
}

// Makes this process the first that the kernel kills when memory runs out. Raising the value needs no privilege; /proc may be missing.
static void prefer_as_oom_victim(void) {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t written = write(fd, "1000", 4);
  (void)written;
  close(fd);
}

static _Noreturn void exec_node(const struct executor_program *program, int output, int go, pid_t guard) {
  const char *kept[64];
  char launch_number[16];
  char go_number[16];
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  // Node resets all signals to their defaults, so signals to the server's process group must not reach it.
  setsid();
  if (chdir("/") != 0) give_up("/");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The executor waits for the server in pauses of some 20 us, which the default slack of 50 us would more than double.
  prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
  if (getppid() != guard) _exit(STATUS_CANNOT_START);
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  for (int index = 0; index < program->launch->inherited_count; index++) fcntl(program->launch->inherited[index], F_SETFD, 0);
  fcntl(go, F_SETFD, 0);
  snprintf(launch_number, sizeof launch_number, "%d", program->launch->fd);
  snprintf(go_number, sizeof go_number, "%d", go);
  make_environment(program, kept, sizeof kept / sizeof *kept);
  prefer_as_oom_victim();
  char *arguments[] = {(char *)program->node, EXECUTOR_FLAGS, (char *)program->script, launch_number, go_number, NULL};
  const char *missing = hardening_apply(program->hardening);
  if (missing != NULL) give_up(missing);
  execve(program->node, arguments, (char **)kept);
  give_up(program->node);
}

int executor_start(struct executor *executor, const struct executor_program *program) {
  int output[2];
  int go[2];
  pid_t guard = getpid();
  if (pipe2(output, O_CLOEXEC | O_NONBLOCK) != 0) return errno;
  if (pipe2(go, O_CLOEXEC) != 0) {
    int error = errno;
    close(output[0]);
    close(output[1]);
    return error;
  }
  // Only the end of this process must not block.
  fcntl(output[1], F_SETFL, 0);
  pid_t pid = fork();
  int error = errno;
  if (pid == 0) exec_node(program, output[1], go[0], guard);
  close(output[1]);
  close(go[0]);
  if (pid < 0) {
    close(output[0]);
    close(go[1]);
    return error;
  }
  executor->pid = pid;
  executor->go = go[1];
  executor->output = output[0];
  executor->since = clock_ms();
  executor->held = 0;
  executor->last_message[0] = '\0';
  return 0;
}

void executor_go(struct executor *executor) {
  ssize_t written = write(executor->go, "g", 1);
  (void)written;
  close(executor->go);
  executor->go = -1;
  executor->since = clock_ms();
}

void executor_kill(struct executor *executor) {
  if (executor->pid > 0) kill(executor->pid, SIGKILL);
}

static void close_ends(struct executor *executor) {
  if (executor->go >= 0) close(executor->go);
  if (executor->output >= 0) close(executor->output);
  executor->go = -1;
  executor->output = -1;
}

bool executor_reap(struct executor *executor, int *status) {
  if (executor->pid <= 0 || waitpid(executor->pid, status, WNOHANG) != executor->pid) return false;
  executor_listen(executor);
  close_ends(executor);
  executor->pid = 0;
  return true;
}

// Node and V8 print many lines when they end; the first line with one of these texts has the reason.
bool executor_says_fatal(const char *line) {
  return strstr(line, "FATAL ERROR") != NULL || strstr(line, "Fatal ") != NULL || strstr(line, "fatal error") != NULL;
}

// Whether the line has the reason; later lines do not replace it.
static bool says_why(const char *line) { return executor_says_fatal(line) || strstr(line, "Error: ") != NULL; }

static void take_line(struct executor *executor, const char *line, size_t length) {
  if (length >= 2 && line[0] == LOG_MARK) {
    log_bytes(line[1] == 'E' || line[1] == 'W' ? line[1] : 'I', line + 2, length - 2);
    return;
  }
  while (length > 0 && (*line == '#' || *line == ' ')) {
    line++;
    length--;
  }
  if (length == 0 || says_why(executor->last_message)) return;
  if (length >= LAST_MESSAGE_BYTES) length = text_fitting(line, LAST_MESSAGE_BYTES - 1);
  memcpy(executor->last_message, line, length);
  executor->last_message[length] = '\0';
  text_make_printable(executor->last_message, length);
}

static void take_lines(struct executor *executor) {
  size_t from = 0;
  for (size_t at = 0; at < executor->held; at++) {
    if (executor->line[at] != '\n') continue;
    take_line(executor, executor->line + from, at - from);
    from = at + 1;
  }
  // A line that fills the buffer is split.
  if (from == 0 && executor->held == OUTPUT_BYTES) {
    take_line(executor, executor->line, executor->held);
    from = executor->held;
  }
  memmove(executor->line, executor->line + from, executor->held - from);
  executor->held -= from;
}

void executor_listen(struct executor *executor) {
  // Limited: the executor may write faster than the guard reads.
  for (int round = 0; round < 16 && executor->output >= 0; round++) {
    ssize_t count = read(executor->output, executor->line + executor->held, OUTPUT_BYTES - executor->held);
    if (count < 0) return;
    if (count == 0) {
      close(executor->output);
      executor->output = -1;
      return;
    }
    executor->held += (size_t)count;
    take_lines(executor);
  }
}
