#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../guard/server.h"
#include "unit.h"

// A process with this command line, which waits for a signal.
static bool is_verbose(char *const *words) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[0], STDIN_FILENO);
    close(ends[1]);
    execv("/bin/cat", words);
    _exit(1);
  }
  close(ends[0]);
  // Until execve, the command line is ours.
  char path[32];
  char name[64] = "";
  snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
  for (int round = 0; round < 5000 && strcmp(name, "cat\n") != 0; round++) {
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(name, sizeof name, file) == NULL) name[0] = '\0';
    if (file != NULL) fclose(file);
    usleep(1000);
  }
  bool verbose = server_is_verbose(pid);
  close(ends[1]);
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  return verbose;
}

void test_server_facts(void) {
  // "-" makes cat read; its other words are files that are not there, which it reads of later.
  CHECK(!is_verbose((char *[]){"cat", "-", NULL}));
  CHECK(is_verbose((char *[]){"cat", "-", "--", "--log-verbose=1", NULL}));
  CHECK(is_verbose((char *[]){"cat", "-", "--", "--log-verbose", "2", NULL}));
  CHECK(is_verbose((char *[]){"cat", "-", "--", "--log-verb=true", NULL}));
  CHECK(!is_verbose((char *[]){"cat", "-", "--", "--log-verbose=1", "--log-verbose=0", NULL}));
  CHECK(!is_verbose((char *[]){"cat", "-", "--", "--log", "1", "--log-verbose-more=1", NULL}));
  CHECK(server_is_alive(getppid(), getppid()));
  CHECK(!server_is_alive(getppid(), getppid() + 1));
  CHECK(process_start_time(getpid()) > 0);
  struct server_maps maps;
  server_read_maps(getpid(), "no region", 0, &maps);
  CHECK(maps.library[0] == '\0' && !maps.maps_region);
}
