#include "server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../generated/layout.h"

#define PAUSE_US 2000
#define ROUNDS 15000
#define PATIENCE_S 30

const char *guard_program;
const char *node_program;
const char *regions_folder;

static _Noreturn void fail(const char *what) {
  perror(what);
  exit(2);
}

bool wait_until(bool (*holds)(void *), void *context) {
  for (int round = 0; round < ROUNDS; round++) {
    if (holds(context)) return true;
    usleep(PAUSE_US);
  }
  return false;
}

static void path_in(char *path, size_t room, const struct server *server, const char *name) {
  snprintf(path, room, "%s/%s", server->folder, name);
}

static void install(const struct server *server, const char *name, const char *from) {
  char path[128];
  path_in(path, sizeof path, server, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
  if (fd < 0) fail(path);
  frozen_copy(from, fd);
  close(fd);
}

static void write_part(const struct server *server, const char *part) {
  char path[128];
  path_in(path, sizeof path, server, "executor.cjs");
  FILE *file = fopen(path, "we");
  if (file == NULL) fail(path);
  fprintf(file, "%s\n", part);
  fclose(file);
}

static void make_region(struct server *server, const char *moment) {
  static int count = 0;
  char path[512];
  snprintf(server->region_name, sizeof server->region_name, "guard_test_%d_%d", (int)getpid(), count++);
  snprintf(path, sizeof path, "/dev/shm/%s", server->region_name);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) fail(path);
  snprintf(path, sizeof path, "%s/%s.bin", regions_folder, moment);
  frozen_copy(path, fd);
  if (region_map(&server->region, fd) != 0) fail("region");
  frozen_control(&server->control, &server->region);
}

void server_make(struct server *server, const char *moment, const char *part) {
  *server = (struct server){.errors = -1};
  snprintf(server->folder, sizeof server->folder, "/tmp/guard-test-XXXXXX");
  if (mkdtemp(server->folder) == NULL) fail("mkdtemp");
  install(server, "triton_python_backend_stub", guard_program);
  install(server, "node", node_program);
  write_part(server, part);
  make_region(server, moment);
}

static _Noreturn void become_guard(const struct server *server, int errors, pid_t pid) {
  char program[128];
  char number[16];
  path_in(program, sizeof program, server, "triton_python_backend_stub");
  snprintf(number, sizeof number, "%d", (int)pid);
  dup2(errors, STDERR_FILENO);
  struct rlimit limit = {server->descriptors_max, server->descriptors_max};
  if (server->descriptors_max != 0 && setrlimit(RLIMIT_NOFILE, &limit) != 0) fail("setrlimit");
  execl(program, program, "/models/m/1/model.py", server->region_name, "1048576", "1048576", number, server->folder, "336", "m_0_0",
        "DEFAULT", NULL);
  fail(program);
}

void server_start(struct server *server) {
  int ends[2];
  pid_t self = getpid();
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) become_guard(server, ends[1], self);
  close(ends[1]);
  server->guard = pid;
  server->errors = ends[0];
}

void server_begin(struct server *server, const char *moment, const char *part) {
  server_make(server, moment, part);
  server_start(server);
}

void server_end(struct server *server) {
  char path[128];
  static const char *const files[] = {"triton_python_backend_stub", "node", "executor.cjs"};
  if (server->guard > 0) {
    kill(server->guard, SIGKILL);
    kill(server->guard, SIGCONT);
    waitpid(server->guard, NULL, 0);
  }
  for (size_t index = 0; index < sizeof files / sizeof *files; index++) {
    path_in(path, sizeof path, server, files[index]);
    unlink(path);
  }
  rmdir(server->folder);
  snprintf(path, sizeof path, "/dev/shm/%s", server->region_name);
  unlink(path);
  munmap(server->region.base, server->region.size);
  close(server->region.fd);
  if (server->errors >= 0) close(server->errors);
}

// Waits like a server, so that the semaphore shows a waiter.
uint64_t server_answer(struct server *server) {
  uint64_t handle = 0;
  struct timespec end;
  sem_t *full = queue_semaphore(&server->control.answers, QUEUE_SEM_FULL);
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += PATIENCE_S;
  if (sem_timedwait(full, &end) != 0) return 0;
  sem_post(full);
  return server_take(&server->control.answers, &handle) ? handle : 0;
}

struct ended {
  pid_t pid;
  int status;
};

static bool has_ended(void *context) {
  struct ended *ended = context;
  return waitpid(ended->pid, &ended->status, WNOHANG) == ended->pid;
}

int server_wait(struct server *server) {
  struct ended ended = {server->guard, 0};
  if (!wait_until(has_ended, &ended)) return -1;
  server->guard = 0;
  return ended.status;
}

static _Atomic uint8_t *health(struct server *server) {
  return (_Atomic uint8_t *)region_object(&server->region, CONTROL_HANDLE, CONTROL_BYTES) + CONTROL_STUB_HEALTH;
}

static bool is_healthy(void *context) { return atomic_load(health(context)) != 0; }

bool server_sees_health(struct server *server) {
  atomic_store(health(server), 0);
  return wait_until(is_healthy, server);
}

struct wanted {
  struct server *server;
  const char *text;
};

static bool is_logged(void *context) {
  struct wanted *wanted = context;
  struct server *server = wanted->server;
  ssize_t count = read(server->errors, server->log + server->logged, sizeof server->log - 1 - server->logged);
  if (count > 0) server->logged += (size_t)count;
  server->log[server->logged] = '\0';
  return strstr(server->log, wanted->text) != NULL;
}

bool server_reads(struct server *server, const char *text) {
  struct wanted wanted = {server, text};
  return wait_until(is_logged, &wanted);
}
