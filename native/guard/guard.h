// The guard of one model instance: all that it knows.
//
//              start               ends                     a successor
//   STARTS ------------> WORKS -----------> SETTLES -----------------------> STARTS
//      |                   |                   |
//      | cannot be         | refuses           | no successor would do better
//      v prepared, started v by itself         v
//      +---------------> REFUSES <-------------+
//
// Each state ends with the process when the server has gone, or waits for its end.
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
#include "walls.h"

enum life { LIFE_STARTS, LIFE_WORKS, LIFE_SETTLES, LIFE_REFUSES };

struct guard {
  struct arguments arguments;
  pid_t parent; // the server, or its launcher's place in the tree
  struct region region;
  struct control control;
  struct mapping mapping;

  char program_folder[PATH_MAX]; // of the backend: this program, and the operator's files
  char runtime_folder[PATH_MAX + 32]; // of Node and what it runs: the same, or that of another backend
  char node[PATH_MAX + 32]; // files of that folder
  char script[PATH_MAX + 64];
  char openssl[PATH_MAX + 64];
  struct launch launch;
  struct server_folder folder;
  struct walls walls;
  struct executor_program program;

  int children; // readable when a child has ended
  int wake;     // the executor writes here when it has a deadline that comes before the guard looks
  int woken;    // readable when it has

  enum life life;
  int64_t next_beat; // times of clock_ms
  int64_t start_at;
  struct executor executor;
  struct spare spare;
  bool killed; // by us; then:
  uint32_t stop_kind;
  char kill_reason[WALLS_TEXT_BYTES];
  unsigned rounds; // for which the guard has waited for a step of somebody else
  uint64_t oom_kills;
  int64_t last_death; // 0: none
  unsigned start_failures; // in a row
  int64_t retry_at;        // when an instance that has served tries to start again; 0: it does not have to
  int64_t killed_since;    // the first of the starts in a row that somebody else has killed; 0: none
  struct settlement settlement;
  struct refusal refusal;
};

// prepare.c: opens the region and says hello. Returns whether the server can be reached. When the region cannot serve, a refusal has
// begun.
bool guard_greet(struct guard *guard);

// prepare.c: makes all that executors need. What fails begins a refusal.
void guard_prepare(struct guard *guard);

// guard.c: lives until the server has no use for the instance.
_Noreturn void guard_run(struct guard *guard);

// work.c: starts an executor. Returns when to look again.
int64_t guard_start(struct guard *guard, int64_t now);

// work.c: looks at the executor. next: when the guard looks again for other reasons. Returns when to look again.
int64_t guard_work(struct guard *guard, int64_t now, int64_t next);

// ending.c: the process executor has ended with this status of waitpid.
void guard_ended(struct guard *guard, pid_t executor, int status, int64_t now);

// ending.c: no process could be started.
void guard_start_failed(struct guard *guard, int error, int64_t now);

// ending.c: settles the executor's end. Returns when to look again.
int64_t guard_settle(struct guard *guard, int64_t now);

// ending.c: refuses from now on, and answers the command in work. reason: a sentence
void guard_refuse(struct guard *guard, const char *reason);

// ending.c: serves commands in a refusal.
void guard_serve_refusal(struct guard *guard, int64_t now);

// ending.c: ends the process and all that it has started.
_Noreturn void guard_leave(struct guard *guard, int status);

#endif
