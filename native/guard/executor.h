// A process that runs Node with the guest. It may end in any way and at any time.
#ifndef GUARD_EXECUTOR_H
#define GUARD_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "launch.h"
#include "hardening.h"

#define OUTPUT_BYTES 8192
#define LAST_MESSAGE_BYTES 512

struct executor {
  pid_t pid;    // 0: there is none
  int go;       // a byte written here lets a waiting executor begin; -1: it has begun
  int output;   // its standard output and error; -1: closed
  int64_t since; // when it was started, or when it was let go
  size_t held;  // bytes of an incomplete line
  char line[OUTPUT_BYTES];
  char last_message[LAST_MESSAGE_BYTES]; // the last message of V8 or Node when they end the process
};

// What is the same for all executors of a guard.
struct executor_program {
  const char *node;
  const char *script;
  const char *openssl; // an environment variable
  const struct launch *launch;
  const struct hardening *hardening;
};

// Whether the words are a message of V8 or Node that they end the process.
bool executor_says_fatal(const char *words);

// Starts an executor, which waits for executor_go. Returns 0, or an errno.
int executor_start(struct executor *executor, const struct executor_program *program);

// Lets the executor begin.
void executor_go(struct executor *executor);

void executor_kill(struct executor *executor);

// Returns whether the executor has ended; then status is the one of waitpid.
bool executor_reap(struct executor *executor, int *status);

// Reads what the executor has written. Marked lines go to the log; of all other lines the last message is kept. Never waits.
void executor_listen(struct executor *executor);

#endif
