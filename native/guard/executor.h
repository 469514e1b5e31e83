// A process that runs Node with the guest. It may end in any way, at any moment.
#ifndef GUARD_EXECUTOR_H
#define GUARD_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "launch.h"
#include "walls.h"

#define OUTLET_BYTES 8192
#define LAST_WORDS_BYTES 512

struct executor {
  pid_t pid;    // 0: there is none
  int go;       // a byte here makes a waiting executor begin; -1: it has begun
  int outlet;   // what it writes to its standard output and error; -1: closed
  int64_t since; // when it was started, or told to go
  size_t held;  // bytes of a line that is not complete
  char line[OUTLET_BYTES];
  char last_words[LAST_WORDS_BYTES]; // of V8 or of Node, when they end the process
};

// What all executors of a guard have in common.
struct executor_program {
  const char *node;
  const char *script;
  const char *openssl; // a variable of the environment
  const struct launch *launch;
  const struct walls *walls;
};

// Whether V8 or Node has said that it ends the process.
bool executor_says_fatal(const char *words);

// Starts one, which waits until it is told to go. Returns 0, or an errno.
int executor_start(struct executor *executor, const struct executor_program *program);

// Lets it begin.
void executor_go(struct executor *executor);

void executor_kill(struct executor *executor);

// Returns whether it has ended; then status is what waitpid reports.
bool executor_reap(struct executor *executor, int *status);

// Takes what it has written: lines of our log go to the log, of everything else the last words are kept. Never waits.
void executor_listen(struct executor *executor);

#endif
