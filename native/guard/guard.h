// The guard of one model instance, and its complete state.
//
//              start               ends                     a successor
//   STARTS ------------> WORKS -----------> SETTLES -----------------------> STARTS
//      |                   |                   |
//      | cannot be         | refuses           | a successor would fail as well
//      v prepared, started v by itself         v
//      +---------------> REFUSES <-------------+
//
// In each state the process exits when the server is gone, or when the server waits for its end.
#ifndef GUARD_GUARD_H
#define GUARD_GUARD_H

#include <limits.h>

#include "arguments.h"
#include "executor.h"
#include "launch.h"
#include "refusal.h"
#include "server_folder.h"
#include "settlement.h"
#include "spare.h"
#include "hardening.h"

enum life { LIFE_STARTS, LIFE_WORKS, LIFE_SETTLES, LIFE_REFUSES };

struct guard {
  struct arguments arguments;
  pid_t parent; // the parent process: the server
  struct region region;
  struct control control;
  struct mapping mapping;

  char program_folder[PATH_MAX]; // folder of the backend: this program, and the operator's files
  char runtime_folder[PATH_MAX + 32]; // folder of Node and its script: the same, or the one of another backend
  char node[PATH_MAX + 32]; // files in runtime_folder
  char script[PATH_MAX + 64];
  char openssl[PATH_MAX + 64];
  struct launch launch;
  struct server_folder folder;
  struct hardening hardening;
  struct executor_program program;

  int children; // readable when a child has ended
  int wake;     // the executor writes here when its deadline comes before the next check of the guard
  int woken;    // readable when the executor has written to wake

  enum life life;
  int64_t next_health_report; // times of clock_ms
  int64_t start_at;
  struct executor executor;
  struct spare spare;
  bool killed; // the guard killed the executor; then:
  uint32_t stop_kind;
  char kill_reason[HARDENING_TEXT_BYTES];
  unsigned rounds; // number of rounds in which the guard has waited for a step of another process
  uint64_t oom_kills;
  int64_t last_death; // 0: none
  unsigned start_failures; // in a row
  int64_t retry_at;        // when an instance that has served tries to start again; 0: not needed
  int64_t killed_since;    // when somebody else first killed a start in this row of starts; 0: never
  struct settlement settlement;
  struct refusal refusal;
};

// prepare.c: opens the region and greets the server. Returns whether the server can be reached. When the region cannot be used, it begins
// a refusal.
bool guard_greet(struct guard *guard);

// prepare.c: prepares everything that executors need. A failure begins a refusal.
void guard_prepare(struct guard *guard);

// guard.c: runs until the server does not need the instance any more.
_Noreturn void guard_run(struct guard *guard);

// work.c: starts an executor. Returns when to check again.
int64_t guard_start(struct guard *guard, int64_t now);

// work.c: checks the executor. next: when the guard checks again for other reasons. Returns when to check again.
int64_t guard_work(struct guard *guard, int64_t now, int64_t next);

// ending.c: handles the end of the process executor. status: from waitpid
void guard_ended(struct guard *guard, pid_t executor, int status, int64_t now);

// ending.c: handles a process that could not be created.
void guard_start_failed(struct guard *guard, int error, int64_t now);

// ending.c: settles the end of the executor. Returns when to check again.
int64_t guard_settle(struct guard *guard, int64_t now);

// ending.c: refuses all commands from now on, and answers the current one. reason: a sentence
void guard_refuse(struct guard *guard, const char *reason);

// ending.c: answers commands in a refusal.
void guard_serve_refusal(struct guard *guard, int64_t now);

// ending.c: ends this process and all processes that it has started.
_Noreturn void guard_exit(struct guard *guard, int status);

#endif
