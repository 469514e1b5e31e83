#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// close_range(2), since Linux 5.9.
#define CLOSE_RANGE 436
// Limit of the search when neither close_range nor /proc is available.
#define SEARCHED_DESCRIPTORS 4096

// Signals that report an error of this program, or that the guard or a debugger uses.
static bool is_kept(int signal_number) {
  static const int kept[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGCHLD, SIGCONT, SIGALRM, SIGTSTP};
  for (size_t index = 0; index < sizeof kept / sizeof *kept; index++) {
    if (kept[index] == signal_number) return true;
  }
  return false;
}

void process_ignore_signals(void) {
  for (int number = 1; number <= SIGRTMAX; number++) {
    if (!is_kept(number)) signal(number, SIG_IGN);
  }
  signal(SIGCHLD, SIG_DFL);
  // execve keeps the signal mask.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_listed(void) {
  DIR *entries = opendir("/proc/self/fd");
  if (entries == NULL) {
    for (int fd = STDERR_FILENO + 1; fd < SEARCHED_DESCRIPTORS; fd++) close(fd);
    return;
  }
  struct dirent *entry;
  while ((entry = readdir(entries)) != NULL) {
    int fd = atoi(entry->d_name);
    if (fd > STDERR_FILENO && fd != dirfd(entries)) close(fd);
  }
  closedir(entries);
}

void process_close_inherited(void) {
  if (syscall(CLOSE_RANGE, STDERR_FILENO + 1, ~0u, 0) != 0) close_listed();
  int fd;
  do fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) close(fd);
}

static bool parent_of(char *path) {
  char *slash = strrchr(path, '/');
  if (slash == NULL || slash == path) return false;
  *slash = '\0';
  return true;
}

void process_folder(char *folder, size_t room, const char *fallback) {
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length < 0 ? 0 : length] = '\0';
  if (parent_of(path) || realpath(fallback, path) != NULL) snprintf(folder, room, "%s", path);
  else snprintf(folder, room, "%s", fallback);
}

int process_watch_children(void) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  return signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
}
