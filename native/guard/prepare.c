#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "death.h"
#include "guard.h"
#include "launch_files.h"
#include "log.h"
#include "open_region.h"
#include "process.h"

#define PROBLEM_BYTES (3 * PATH_MAX)
// The backend whose folder has the files that all our backends run.
#define SHARED_BACKEND "wasm"

static bool open_control(struct guard *guard, int fd) {
  int error = region_map(&guard->region, fd);
  if (error != 0) {
    log_line('E', "the server's shared-memory region cannot be mapped: %s", strerror(error));
    return false;
  }
  if (control_open(&guard->control, &guard->region, guard->arguments.control_handle) && control_retain_queues(&guard->control)) {
    return true;
  }
  log_line('E', "the server's shared-memory region has no control block at %llu with queues: this server is not supported",
           (unsigned long long)guard->arguments.control_handle);
  return false;
}

// Read once, and kept for the data of executors.
static struct server_maps maps;

bool guard_greet(struct guard *guard) {
  struct opened_region opened;
  guard->executor = guard->spare.executor = (struct executor){.go = -1, .output = -1};
  guard->children = guard->wake = guard->woken = guard->folder.fd = -1;
  region_find(&opened, &guard->arguments, &maps);
  if (opened.fd < 0) {
    log_line('E', "%s", opened.refusal);
    return false;
  }
  if (!open_control(guard, opened.fd)) return false;
  // The server takes the first message and never reads it. The handle of the control block serves because it is a valid one.
  queue_put(&guard->control.answers, guard->control.handle);
  control_report_health(&guard->control);
  if (opened.refusal[0] != '\0') guard_refuse(guard, opened.refusal);
  return true;
}

static const char *problem(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *problem(const char *format, ...) {
  static char text[PROBLEM_BYTES];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

// Our backends share one runtime: Node and its script. It is in the backend's own folder, or in the folder `wasm` next to it.
static const char *find_runtime(struct guard *guard) {
  static const char *const places[] = {"%s/node", "%s/../" SHARED_BACKEND "/node"};
  for (size_t index = 0; index < sizeof places / sizeof *places; index++) {
    snprintf(guard->node, sizeof guard->node, places[index], guard->program_folder);
    // stat uses the effective rights of this process; access does not. Other problems with the file are reported when it is started.
    struct stat file;
    if (stat(guard->node, &file) != 0 && errno == ENOENT) continue;
    snprintf(guard->runtime_folder, sizeof guard->runtime_folder, "%.*s", (int)(strlen(guard->node) - strlen("/node")), guard->node);
    return NULL;
  }
  return problem("the backend is incomplete: neither %s/node nor %s exists; reinstall the backend, or copy the folder '" SHARED_BACKEND
                 "' next to this one",
                 guard->program_folder, guard->node);
}

static const char *name_files(struct guard *guard) {
  const char *wrong = find_runtime(guard);
  if (wrong != NULL) return wrong;
  const char *folder = guard->runtime_folder;
  snprintf(guard->script, sizeof guard->script, "%s/executor.cjs", folder);
  // The file does not exist. Otherwise Node would read the machine's OpenSSL configuration, and end when it is invalid or unreadable.
  snprintf(guard->openssl, sizeof guard->openssl, "OPENSSL_CONF=%s/openssl.cnf", folder);
  guard->program = (struct executor_program){guard->node, guard->script, guard->openssl, &guard->launch, &guard->hardening};
  return NULL;
}

static const char *enter_folder(struct guard *guard) {
  const char *reason = server_folder_enter(&guard->folder, guard->arguments.server);
  if (reason == NULL) return NULL;
  return problem("the folder %s, which the instances of a server share, cannot be used: %s; remove it, or make /dev/shm writable",
                 guard->folder.path, reason);
}

static const char *prepare_hardening(struct guard *guard) {
  static char message[HARDENING_TEXT_BYTES];
  enum hardening_mode mode;
  const char *wrong = hardening_mode(&mode, guard->program_folder, message);
  if (wrong != NULL) return wrong;
  const char *folders[] = {guard->program_folder, guard->runtime_folder};
  return hardening_prepare(&guard->hardening, mode, folders, guard->folder.path, message);
}

// Edge-triggered, so nothing has to be read: a read could block after an executor has read first and made the descriptor blocking.
static const char *make_wake(struct guard *guard) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  guard->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  guard->woken = epoll_create1(EPOLL_CLOEXEC);
  if (guard->wake < 0 || guard->woken < 0 || epoll_ctl(guard->woken, EPOLL_CTL_ADD, guard->wake, &event) != 0) {
    return problem("the model's guard cannot create an event: %s", strerror(errno));
  }
  return NULL;
}

static const char *describe(struct guard *guard) {
  int state = memfd_create("triton_wasm_state", MFD_CLOEXEC);
  int module_store = memfd_create("triton_wasm_module", MFD_CLOEXEC);
  int error = state < 0 || module_store < 0 ? errno : launch_create(&guard->launch);
  if (error != 0) return problem("the model's guard cannot create a file in memory: %s", strerror(error));
  launch_words(&guard->launch, &guard->arguments, guard->program_folder, &guard->folder, &guard->hardening);
  launch_descriptor(&guard->launch, "mapping", guard->mapping.fd);
  launch_descriptor(&guard->launch, "region", guard->region.fd);
  launch_descriptor(&guard->launch, "state", state);
  launch_descriptor(&guard->launch, "module_store", module_store);
  launch_descriptor(&guard->launch, "wake", guard->wake);
  launch_files(&guard->launch, &guard->arguments, guard->program_folder, &maps);
  error = launch_seal(&guard->launch);
  return error == 0 ? NULL : problem("the model's guard cannot seal a file in memory: %s", strerror(error));
}

static const char *share_memory(struct guard *guard) {
  int error = mapping_create(&guard->mapping);
  return error == 0 ? NULL : problem("the model's guard cannot create its shared memory: %s", strerror(error));
}

static const char *watch_children(struct guard *guard) {
  guard->children = process_watch_children();
  return guard->children >= 0 ? NULL : problem("the model's guard cannot watch its executor: %s", strerror(errno));
}

void guard_prepare(struct guard *guard) {
  static const char *(*const steps[])(struct guard *) = {name_files, share_memory, make_wake, watch_children, enter_folder, prepare_hardening, describe};
  guard->oom_kills = death_oom_kills();
  for (size_t index = 0; index < sizeof steps / sizeof *steps; index++) {
    const char *wrong = steps[index](guard);
    if (wrong == NULL) continue;
    guard_refuse(guard, wrong);
    return;
  }
}
