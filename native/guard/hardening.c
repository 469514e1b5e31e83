#include "hardening.h"

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

#include "../generated/hardening.h"

#define HARDENING_VARIABLE "TRITON_WASM_HARDENING"
#define HARDENING_FILE "hardening"
// Two seconds in total.
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

// Reads the operator's file at path. Returns 0, ENOENT for a missing file, or the errno. An unreadable file must not count as a missing
// one: it may say that the restrictions are required.
static int read_word(const char *path, char *word, size_t room) {
  // A pipe without a writer would block the guard, and a device has no end.
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

const char *hardening_mode(enum hardening_mode *mode, const char *program_folder, char *message) {
  static const char *const names[] = {"auto", "off", "required"};
  char word[64];
  const char *text = getenv(HARDENING_VARIABLE);
  const char *source = HARDENING_VARIABLE;
  if (text == NULL || *text == '\0') {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" HARDENING_FILE, program_folder);
    int error = read_word(path, word, sizeof word);
    if (error != 0 && error != ENOENT) {
      snprintf(message, HARDENING_TEXT_BYTES, "the operator's file %.120s cannot be read: %s; correct or remove it", path,
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
      *mode = (enum hardening_mode)index;
      return NULL;
    }
  }
  snprintf(message, HARDENING_TEXT_BYTES, "%s is '%.*s': use auto, off or required", source, (int)(length < 64 ? length : 64),
           text);
  return message;
}

static void add(char *list, const char *name) {
  size_t length = strlen(list);
  snprintf(list + length, HARDENING_TEXT_BYTES - length, "%s%s", length == 0 ? "" : ", ", name);
}

// Allows these rights on the path. A path that does not exist or cannot be reached allows nothing.
static void allow(int ruleset, const char *path, uint64_t rights, uint64_t handled) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISDIR(status.st_mode)) rights &= HARDENING_RIGHTS_OF_FILES;
  struct landlock_path rule = {.rights = rights & handled, .fd = fd};
  syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, &rule, 0);
  close(fd);
}

// Allows the folders of LD_LIBRARY_PATH, in which the dynamic linker searches besides the system's folders.
static void allow_library_path(int ruleset, uint64_t handled) {
  const char *variable = getenv("LD_LIBRARY_PATH");
  char *copy = variable == NULL ? NULL : strdup(variable);
  if (copy == NULL) return;
  for (char *folder = strtok(copy, ":"); folder != NULL; folder = strtok(NULL, ":")) {
    if (*folder == '/') allow(ruleset, folder, HARDENING_LIBRARY_RIGHTS, handled);
  }
  free(copy);
}

static int make_ruleset(int version, const char *const *folders, const char *server_folder) {
  uint64_t handled = 0;
  for (int index = 0; index <= version && index < (int)(sizeof hardening_file_rights / sizeof *hardening_file_rights); index++) {
    handled |= hardening_file_rights[index];
  }
  bool has_network = version >= HARDENING_NETWORK_SINCE;
  struct landlock_attributes attributes = {.files = handled, .network = HARDENING_NETWORK_RIGHTS};
  size_t size = has_network ? sizeof attributes : offsetof(struct landlock_attributes, network);
  int ruleset = (int)syscall(LANDLOCK_CREATE_RULESET, &attributes, size, 0);
  if (ruleset < 0) return -1;
  for (size_t index = 0; index < sizeof hardening_library_paths / sizeof *hardening_library_paths; index++) {
    allow(ruleset, hardening_library_paths[index], HARDENING_LIBRARY_RIGHTS, handled);
  }
  allow_library_path(ruleset, handled);
  for (int index = 0; index < 2; index++) allow(ruleset, folders[index], HARDENING_PROGRAM_RIGHTS, handled);
  allow(ruleset, server_folder, HARDENING_SERVER_FOLDER_RIGHTS, handled);
  return ruleset;
}

static void lower_limit(__rlimit_resource_t resource, rlim_t value) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) return;
  if (limit.rlim_cur > value) limit.rlim_cur = value;
  if (limit.rlim_max > value) limit.rlim_max = value;
  setrlimit(resource, &limit);
}

// Installs the filter that TypeScript generated, with the id of this process in place of HARDENING_PID.
static int filter_calls(void) {
  size_t length = sizeof hardening_filter / sizeof *hardening_filter;
  struct sock_filter program[sizeof hardening_filter / sizeof *hardening_filter];
  memcpy(program, hardening_filter, sizeof program);
  for (size_t index = 0; index < length; index++) {
    if (program[index].k == HARDENING_PID && BPF_CLASS(program[index].code) == BPF_JMP) program[index].k = (uint32_t)getpid();
  }
  struct sock_fprog filter = {.len = (unsigned short)length, .filter = program};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

// Applies all restrictions to this process. Returns the errno of the first that fails, or 0.
static int apply(const struct hardening *hardening) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  lower_limit(RLIMIT_CORE, 0);
  lower_limit(RLIMIT_NOFILE, HARDENING_OPEN_FILES);
  lower_limit(RLIMIT_DATA, HARDENING_DATA_BYTES);
  if (hardening->ruleset >= 0 && syscall(LANDLOCK_RESTRICT_SELF, hardening->ruleset, 0) != 0) return errno;
  return hardening->filters_calls && filter_calls() != 0 ? errno : 0;
}

// Applies the restrictions to a process that does nothing else: in a container that filters system calls, a restriction may fail although
// the kernel offers it. Returns the errno, or 0.
static int try_out(const struct hardening *hardening) {
  int status = 0;
  pid_t pid = fork();
  // Then no executor can be started either; that failure is reported separately. The restrictions stay as they are.
  if (pid < 0) return 0;
  if (pid == 0) _exit(apply(hardening) & 0xff);
  // The process makes a dozen system calls, and none of them waits. If it has not ended by then, somebody has stopped it.
  for (int round = 0; round < TRY_ROUNDS; round++) {
    if (waitpid(pid, &status, WNOHANG) == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
    usleep(TRY_PAUSE_US);
  }
  kill(pid, SIGKILL);
  return 0;
}

static void add_missing(struct hardening *hardening, const char *restriction, int error) {
  char text[128];
  snprintf(text, sizeof text, "%s (%s)", restriction, strerror(error));
  add(hardening->missing, text);
}

// Finds the restrictions that work on this machine. On most machines all of them do, and one try is enough.
static void find_working(struct hardening *hardening, int version) {
  char landlock[32];
  snprintf(landlock, sizeof landlock, "landlock %d", version);
  hardening->filters_calls = true;
  if (try_out(hardening) != 0) {
    hardening->filters_calls = false;
    int error = hardening->ruleset < 0 ? 0 : try_out(hardening);
    if (error != 0) {
      add_missing(hardening, "landlock", error);
      close(hardening->ruleset);
      hardening->ruleset = -1;
    }
    hardening->filters_calls = true;
    error = try_out(hardening);
    hardening->filters_calls = error == 0;
    if (error != 0) add_missing(hardening, "seccomp", error);
  }
  add(hardening->names, "no_new_privs");
  add(hardening->names, "rlimits");
  if (hardening->ruleset >= 0) add(hardening->names, landlock);
  if (hardening->filters_calls) add(hardening->names, "seccomp");
}

const char *hardening_prepare(struct hardening *hardening, enum hardening_mode mode, const char *const *folders, const char *server_folder,
                          char *message) {
  *hardening = (struct hardening){.mode = mode, .ruleset = -1};
  if (mode == HARDENING_OFF) return NULL;
  int version = (int)syscall(LANDLOCK_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION);
  if (version > 0) hardening->ruleset = make_ruleset(version, folders, server_folder);
  if (hardening->ruleset < 0) add(hardening->missing, version > 0 ? "landlock (the kernel creates no ruleset)" : "landlock (the kernel does not offer it)");
  find_working(hardening, version);
  if (mode != HARDENING_REQUIRED || hardening->missing[0] == '\0') return NULL;
  snprintf(message, HARDENING_TEXT_BYTES,
           "hardening is required, but this machine lacks %.100s: run on a kernel that has it, or set hardening to auto", hardening->missing);
  return message;
}

const char *hardening_apply(const struct hardening *hardening) {
  if (hardening->mode == HARDENING_OFF || apply(hardening) == 0) return NULL;
  return "the restrictions of the executor (Landlock, seccomp, limits) cannot be applied";
}
