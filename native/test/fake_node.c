// A program in place of `node`. It does what its script says, which is a word in the file executor.cjs. So the guard can be tested without
// Node, with any end of an executor.
//
//   boot        writes a message and exits at once
//   wait        waits without reading commands
//   log         writes a log line and another line, and waits
//   hardening   tries what an executor must not do, writes a digit for each (1: it works), and waits
//   serve       takes one command, and waits while it serves it
//   loop        takes one command, and begins a call with a deadline of 200 ms that never ends
//   locked      like loop, but the call is in a host function for 600 ms first
//   flood       writes log lines without end
//   last        writes that V8's heap is full, and ends by a signal
//   echo        takes commands and answers them, in small steps with a pause after each
//   loads       takes commands and answers them: the initialisation succeeds, and it dies in the first execute
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../generated/layout.h"
#include "../guard/answers.h"
#include "../guard/clock.h"
#include "../guard/mapping.h"
#include "frozen.h"

static struct mapping mapping;
static struct region region;
static struct control control;
static int wake;

// The value of a word of the launch file.
static const char *word(const char *words, size_t length, const char *name) {
  for (const char *at = words; at < words + length;) {
    const char *value = at + strlen(at) + 1;
    if (strcmp(at, name) == 0) return value;
    at = value + strlen(value) + 1;
  }
  return "";
}

static void open_launch(int fd) {
  static char words[1 << 16];
  ssize_t length = pread(fd, words, sizeof words - 1, 0);
  if (length <= 0) exit(3);
  mapping.fd = atoi(word(words, (size_t)length, "mapping"));
  mapping.bytes = mmap(NULL, MAPPING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, mapping.fd, 0);
  wake = atoi(word(words, (size_t)length, "wake"));
  if (mapping.bytes == MAP_FAILED || region_map(&region, atoi(word(words, (size_t)length, "region"))) != 0) exit(3);
  if (!control_open(&control, &region, strtoull(word(words, (size_t)length, "control_handle"), NULL, 10))) exit(3);
}

// Like host/stub, it records a command before it takes it.
static uint64_t take(void) {
  uint64_t handle = 0;
  uint32_t tail = queue_tail(&control.commands);
  mapping_set(&mapping, MAPPING_READY, 1);
  while (queue_head(&control.commands) == tail) usleep(500);
  handle = queue_handle_at(&control.commands, tail);
  if (handle != 0) {
    mapping_set(&mapping, MAPPING_COMMAND_TAIL, tail);
    mapping_set(&mapping, MAPPING_COMMAND_HANDLE, (uint32_t)handle);
    mapping_set(&mapping, MAPPING_COMMAND, COMMAND_TAKEN);
  }
  if (!queue_take(&control.commands, &handle)) exit(4);
  if (handle == 0) mapping_set(&mapping, MAPPING_COMMAND, COMMAND_WAITING);
  else mapping_set(&mapping, MAPPING_SERVING, 1);
  // The request's message serves as the prepared answer to a failed batch.
  if (handle != 0) mapping_set(&mapping, MAPPING_FAILED_BATCH, (uint32_t)handle);
  return handle;
}

static uint64_t take_command(void) {
  uint64_t handle = take();
  return handle != 0 ? handle : take();
}

static void begin_call(uint32_t deadline_ms, uint32_t phase) {
  mapping_set(&mapping, MAPPING_STARTED_MS, (uint32_t)clock_ms() & 0x7fffffff);
  mapping_set(&mapping, MAPPING_DEADLINE_MS, deadline_ms);
  mapping_set(&mapping, MAPPING_PHASE, 5u << PHASE_BITS | phase);
  uint64_t one = 1;
  if (write(wake, &one, sizeof one) != sizeof one) exit(4);
}

static _Noreturn void wait_without_end(void) {
  for (;;) pause();
}

// Answers with the request's message, as a refusal does.
static void answer(uint64_t handle) {
  struct message message;
  if (!message_read(&region, handle, &message)) exit(4);
  message_write(&region, handle, message.command + 1, message.args);
  queue_put(&control.answers, handle);
  mapping_set(&mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
}

static _Noreturn void serve_loads(void) {
  for (;;) {
    struct message message;
    uint64_t handle = take_command();
    if (!message_read(&region, handle, &message)) exit(4);
    if (message.kind == COMMAND_EXECUTE) raise(SIGKILL);
    if (message.kind == COMMAND_INITIALIZE) mapping_set(&mapping, MAPPING_INSTANCE, INSTANCE_INITIALISED);
    answer(handle);
  }
}

// Long enough that a kill can happen in any step.
static void pause_a_little(void) { usleep((useconds_t)(rand() % 150)); }

// Like queue_put, but step by step.
static void put_slowly(struct queue *queue, uint64_t handle) {
  uint32_t head = queue_head(queue);
  sem_wait(queue_semaphore(queue, QUEUE_SEM_EMPTY));
  pause_a_little();
  *(uint64_t *)region_at(&region, queue->slots + (uint64_t)head * 8, 8, 8) = handle;
  pause_a_little();
  atomic_store((_Atomic uint32_t *)region_at(&region, queue->at + QUEUE_HEAD, 4, 4), (head + 1) % queue->size);
  pause_a_little();
  sem_post(queue_semaphore(queue, QUEUE_SEM_FULL));
  pause_a_little();
}

static void take_slowly(void) {
  struct queue *queue = &control.commands;
  uint32_t tail = queue_tail(queue);
  sem_wait(queue_semaphore(queue, QUEUE_SEM_FULL));
  // The semaphore was posted once too often.
  if (queue_head(queue) == tail) return;
  pause_a_little();
  uint64_t handle = queue_handle_at(queue, tail);
  bool is_token = handle == 0;
  if (!is_token) {
    mapping_set(&mapping, MAPPING_COMMAND_TAIL, tail);
    mapping_set(&mapping, MAPPING_COMMAND_HANDLE, (uint32_t)handle);
    pause_a_little();
    mapping_set(&mapping, MAPPING_COMMAND, COMMAND_TAKEN);
    pause_a_little();
  }
  atomic_store((_Atomic uint32_t *)region_at(&region, queue->at + QUEUE_TAIL, 4, 4), (tail + 1) % queue->size);
  pause_a_little();
  if (is_token) mapping_set(&mapping, MAPPING_COMMAND, COMMAND_WAITING);
  sem_post(queue_semaphore(queue, QUEUE_SEM_EMPTY));
}

static _Noreturn void echo(void) {
  srand((unsigned)getpid());
  message_write(&region, ECHO_ANSWER, 1, 0);
  mapping_set(&mapping, MAPPING_FAILED_BATCH, ECHO_FAILURE);
  mapping_set(&mapping, MAPPING_RECORD, (uint32_t)getpid());
  mapping_set(&mapping, MAPPING_READY, 1);
  for (;;) {
    take_slowly();
    if (mapping_get(&mapping, MAPPING_COMMAND) != COMMAND_TAKEN) continue;
    mapping_set(&mapping, MAPPING_PUSH_HEAD, queue_head(&control.answers));
    mapping_set(&mapping, MAPPING_PUSH_EFFECT_COUNT, 1);
    mapping_set(&mapping, MAPPING_PUSH_EFFECTS, MAPPING_COMMAND);
    mapping_set(&mapping, MAPPING_PUSH_EFFECTS + 4, COMMAND_ANSWERED);
    mapping_set(&mapping, MAPPING_PUSH, PUSH_ANSWERS);
    put_slowly(&control.answers, ECHO_ANSWER);
    mapping_set(&mapping, MAPPING_COMMAND, COMMAND_ANSWERED);
    pause_a_little();
    mapping_set(&mapping, MAPPING_PUSH, PUSH_NONE);
  }
}

static _Noreturn void flood(void) {
  static char line[4000];
  memset(line, 'x', sizeof line);
  memcpy(line, "\x01I", 2);
  line[sizeof line - 1] = '\n';
  for (;;) {
    if (write(STDOUT_FILENO, line, sizeof line) < 0) exit(4);
  }
}

static int works(int result) {
  if (result >= 0) close(result);
  return result >= 0;
}

static void try_restrictions(const char *script) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  // The new process, if it is allowed, exits at once.
  pid_t child = fork();
  if (child == 0) _exit(0);
  int sockets = works(socket(AF_UNIX, SOCK_STREAM, 0));
  int foreign = works(open("/etc/passwd", O_RDONLY));
  int regions = works(open("/dev/shm", O_RDONLY));
  int own = works(open(script, O_RDONLY));
  int written = works(open(script, O_WRONLY));
  int privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
  dprintf(STDOUT_FILENO, "\x01I" "hardening: %d%d%d%d%d%d%d\n", child > 0, sockets, privileges, files.rlim_cur > 256, foreign, regions + written,
          own);
}

static _Noreturn void run(const char *part, const char *script) {
  if (strcmp(part, "echo") == 0) echo();
  mapping_set(&mapping, MAPPING_READY, 1);
  if (strcmp(part, "log") == 0) dprintf(STDOUT_FILENO, "\x01W" "a line\nnot a line\n");
  if (strcmp(part, "hardening") == 0) try_restrictions(script);
  if (strcmp(part, "flood") == 0) flood();
  if (strcmp(part, "loads") == 0) serve_loads();
  if (strcmp(part, "last") == 0) {
    dprintf(STDERR_FILENO, "#\n# FATAL ERROR: heap\xff out of memory\n# and more\n");
    take_command();
    abort();
  }
  if (strcmp(part, "serve") == 0) take_command();
  if (strcmp(part, "loop") == 0 || strcmp(part, "locked") == 0) {
    take_command();
    begin_call(200, strcmp(part, "loop") == 0 ? PHASE_OPEN : PHASE_LOCKED);
    if (strcmp(part, "locked") == 0) {
      usleep(600000);
      mapping_set(&mapping, MAPPING_PHASE, 5u << PHASE_BITS | PHASE_OPEN);
    }
  }
  wait_without_end();
}

int main(int count, char **words) {
  char part[32] = "";
  char go;
  if (count < 4) return 3;
  int script = open(words[count - 3], O_RDONLY);
  ssize_t length = read(script, part, sizeof part - 1);
  if (length <= 0) return 3;
  part[strcspn(part, "\n")] = '\0';
  if (strcmp(part, "boot") == 0) {
    dprintf(STDERR_FILENO, "it does not start\n");
    return 9;
  }
  if (read(atoi(words[count - 1]), &go, 1) != 1) return 5;
  open_launch(atoi(words[count - 2]));
  run(part, words[count - 3]);
}
