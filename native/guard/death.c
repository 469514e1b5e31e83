#include "death.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define PREFIX "the model's executor died: "

uint64_t death_oom_kills(void) {
  char line[128];
  uint64_t kills = 0;
  FILE *file = fopen("/proc/vmstat", "re");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "oom_kill %" SCNu64, &kills) == 1) break;
  }
  fclose(file);
  return kills;
}

// sigabbrev_np needs glibc 2.32.
static const char *name_of(int signal_number) {
  switch (signal_number) {
    case SIGABRT:
      return " (SIGABRT)";
    case SIGBUS:
      return " (SIGBUS)";
    case SIGFPE:
      return " (SIGFPE)";
    case SIGILL:
      return " (SIGILL)";
    case SIGKILL:
      return " (SIGKILL)";
    case SIGSEGV:
      return " (SIGSEGV)";
    case SIGSYS:
      return " (SIGSYS)";
    case SIGTERM:
      return " (SIGTERM)";
    case SIGTRAP:
      return " (SIGTRAP)";
    case SIGXCPU:
      return " (SIGXCPU)";
    default:
      return "";
  }
}

void death_reason(const struct executor *executor, int status, uint64_t kills_before, char *text, size_t room) {
  const char *words = executor->last_message;
  if (WIFSIGNALED(status)) {
    int number = WTERMSIG(status);
    if (number == SIGKILL && death_oom_kills() > kills_before) {
      snprintf(text, room, PREFIX "killed by the kernel because memory ran out");
    } else if (executor_says_fatal(words)) {
      snprintf(text, room, PREFIX "V8 aborted: %s", words);
    } else {
      snprintf(text, room, PREFIX "killed by signal %d%s", number, name_of(number));
    }
    return;
  }
  snprintf(text, room, PREFIX "it exited with status %d%s%s", WEXITSTATUS(status), words[0] == '\0' ? "" : ": ", words);
}
