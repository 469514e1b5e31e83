#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../generated/walls.h"

#define HARDENING_VARIABLE "TRITON_WASM_HARDENING"
#define HARDENING_FILE "hardening"
// Two seconds in all.
#define TRY_ROUNDS 10000
#define TRY_PAUSE_US 200

// landlock(7), x86-64; glibc has no functions for them.
#define LANDLOCK_CREATE_RULESET 444
#define LANDLOCK_ADD_RULE 445
#define LANDLOCK_RESTRICT_SELF 446
#define LANDLOCK_VERSION 1
#define LANDLOCK_PATH_BENEATH 1

struct landlock_attributes {
  uint64_t files;
  uint64_t network;
};

struct __attribute__((packed)) landlock_path {
  uint64_t rights;
  int32_t fd;
};

// Reads the operator's file `name`. Returns 0, ENOENT when it is not there, or why it cannot be read: one that cannot be must not pass for
// one that is not there, for it may say that walls are required.
static int read_word(const char *path, char *word, size_t room) {
  // A pipe without a writer would make the guard wait, and a device has no end.
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return errno;
  struct stat status;
  ssize_t length = -1;
  int error = fstat(fd, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
  if (error == 0) length = read(fd, word, room - 1);
  if (error == 0 && length < 0) error = errno;
  close(fd);
  word[length < 0 ? 0 : length] = '\0';
  return error;
}

const char *walls_mode(enum hardening *mode, const char *program_folder, char *message) {
  static const char *const names[] = {"auto", "off", "required"};
  char word[64];
  const char *text = getenv(HARDENING_VARIABLE);
  const char *source = HARDENING_VARIABLE;
  if (text == NULL || *text == '\0') {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" HARDENING_FILE, program_folder);
    int error = read_word(path, word, sizeof word);
    if (error != 0 && error != ENOENT) {
      snprintf(message, WALLS_TEXT_BYTES, "the operator's file %.120s cannot be read: %s; correct or remove it", path,
               error == EINVAL ? "it is not a regular file" : strerror(error));
      return message;
    }
    text = error == 0 ? word : NULL;
    source = "the file '" HARDENING_FILE "' in the backend's folder";
  }
  *mode = HARDENING_AUTO;
  if (text == NULL) return NULL;
  text += strspn(text, " \t\r\n");
  size_t length = strcspn(text, " \t\r\n");
  for (int index = 0; index < 3; index++) {
    if (strlen(names[index]) == length && strncmp(names[index], text, length) == 0) {
      *mode = (enum hardening)index;
      return NULL;
    }
  }
  snprintf(message, WALLS_TEXT_BYTES, "%s says '%.*s': hardening is one of auto, off, required", source, (int)(length < 64 ? length : 64),
           text);
  return message;
}

static void add(char *list, const char *name) {
  size_t length = strlen(list);
  snprintf(list + length, WALLS_TEXT_BYTES - length, "%s%s", length == 0 ? "" : ", ", name);
}

// A path that is not there, or cannot be reached, allows nothing.
static void allow(int ruleset, const char *path, uint64_t rights, uint64_t handled) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISDIR(status.st_mode)) rights &= WALLS_RIGHTS_OF_FILES;
  struct landlock_path rule = {.rights = rights & handled, .fd = fd};
  syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, &rule, 0);
  close(fd);
}

// Where the dynamic linker may look besides the system's folders.
static void allow_library_path(int ruleset, uint64_t handled) {
  const char *variable = getenv("LD_LIBRARY_PATH");
  char *copy = variable == NULL ? NULL : strdup(variable);
  if (copy == NULL) return;
  for (char *folder = strtok(copy, ":"); folder != NULL; folder = strtok(NULL, ":")) {
    if (*folder == '/') allow(ruleset, folder, WALLS_LIBRARY_RIGHTS, handled);
  }
  free(copy);
}

static int make_ruleset(int version, const char *const *folders, const char *server_folder) {
  uint64_t handled = 0;
  for (int index = 0; index <= version && index < (int)(sizeof walls_file_rights / sizeof *walls_file_rights); index++) {
    handled |= walls_file_rights[index];
  }
  bool has_network = version >= WALLS_NETWORK_SINCE;
  struct landlock_attributes attributes = {.files = handled, .network = WALLS_NETWORK_RIGHTS};
  size_t size = has_network ? sizeof attributes : offsetof(struct landlock_attributes, network);
  int ruleset = (int)syscall(LANDLOCK_CREATE_RULESET, &attributes, size, 0);
  if (ruleset < 0) return -1;
  for (size_t index = 0; index < sizeof walls_library_paths / sizeof *walls_library_paths; index++) {
    allow(ruleset, walls_library_paths[index], WALLS_LIBRARY_RIGHTS, handled);
  }
  allow_library_path(ruleset, handled);
  for (int index = 0; index < 2; index++) allow(ruleset, folders[index], WALLS_PROGRAM_RIGHTS, handled);
  allow(ruleset, server_folder, WALLS_SERVER_FOLDER_RIGHTS, handled);
  return ruleset;
}

static void lower(__rlimit_resource_t resource, rlim_t value) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) return;
  if (limit.rlim_cur > value) limit.rlim_cur = value;
  if (limit.rlim_max > value) limit.rlim_max = value;
  setrlimit(resource, &limit);
}

// The filter that TypeScript has made, with this process's own number where it has a place for that.
static int filter_calls(void) {
  size_t length = sizeof walls_filter / sizeof *walls_filter;
  struct sock_filter program[sizeof walls_filter / sizeof *walls_filter];
  memcpy(program, walls_filter, sizeof program);
  for (size_t index = 0; index < length; index++) {
    if (program[index].k == WALLS_PID && BPF_CLASS(program[index].code) == BPF_JMP) program[index].k = (uint32_t)getpid();
  }
  struct sock_fprog filter = {.len = (unsigned short)length, .filter = program};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

// Each wall that is wanted, and how it is put up. Returns the errno of the first that did not stand, or 0.
static int put_up(const struct walls *walls) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  lower(RLIMIT_CORE, 0);
  lower(RLIMIT_NOFILE, WALLS_OPEN_FILES);
  lower(RLIMIT_DATA, WALLS_DATA_BYTES);
  if (walls->ruleset >= 0 && syscall(LANDLOCK_RESTRICT_SELF, walls->ruleset, 0) != 0) return errno;
  return walls->filters_calls && filter_calls() != 0 ? errno : 0;
}

// Puts the walls up around a process that does nothing else: what the machine says that it has may fail all the same, in containers
// that filter system calls. Returns the errno, or 0.
static int try_out(const struct walls *walls) {
  int status = 0;
  pid_t pid = fork();
  // Then no executor can be started either, which has its own sentence. The walls are wanted all the same.
  if (pid < 0) return 0;
  if (pid == 0) _exit(put_up(walls) & 0xff);
  // It makes a dozen system calls, none of which waits: a process that has not ended then was stopped.
  for (int round = 0; round < TRY_ROUNDS; round++) {
    if (waitpid(pid, &status, WNOHANG) == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
    usleep(TRY_PAUSE_US);
  }
  kill(pid, SIGKILL);
  return 0;
}

static void miss(struct walls *walls, const char *wall, int error) {
  char text[128];
  snprintf(text, sizeof text, "%s (%s)", wall, strerror(error));
  add(walls->missing, text);
}

// The complete walls stand on most machines: then one try is enough.
static void find_standing(struct walls *walls, int version) {
  char landlock[32];
  snprintf(landlock, sizeof landlock, "landlock %d", version);
  walls->filters_calls = true;
  if (try_out(walls) != 0) {
    walls->filters_calls = false;
    int error = walls->ruleset < 0 ? 0 : try_out(walls);
    if (error != 0) {
      miss(walls, "landlock", error);
      close(walls->ruleset);
      walls->ruleset = -1;
    }
    walls->filters_calls = true;
    error = try_out(walls);
    walls->filters_calls = error == 0;
    if (error != 0) miss(walls, "seccomp", error);
  }
  add(walls->names, "no_new_privs");
  add(walls->names, "rlimits");
  if (walls->ruleset >= 0) add(walls->names, landlock);
  if (walls->filters_calls) add(walls->names, "seccomp");
}

const char *walls_prepare(struct walls *walls, enum hardening mode, const char *const *folders, const char *server_folder,
                          char *message) {
  *walls = (struct walls){.mode = mode, .ruleset = -1};
  if (mode == HARDENING_OFF) return NULL;
  int version = (int)syscall(LANDLOCK_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION);
  if (version > 0) walls->ruleset = make_ruleset(version, folders, server_folder);
  if (walls->ruleset < 0) add(walls->missing, version > 0 ? "landlock (it gives no ruleset)" : "landlock (the kernel does not offer it)");
  find_standing(walls, version);
  if (mode != HARDENING_REQUIRED || walls->missing[0] == '\0') return NULL;
  snprintf(message, WALLS_TEXT_BYTES,
           "hardening is required, but this machine lacks %.100s: run on a kernel that has it, or set hardening to auto", walls->missing);
  return message;
}

const char *walls_put_up(const struct walls *walls) {
  if (walls->mode == HARDENING_OFF || put_up(walls) == 0) return NULL;
  return "the walls around the executor do not stand";
}
