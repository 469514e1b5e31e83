// This program as a server that starts a guard: the real binary, with a frozen region, and fake_node in place of node.
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <sys/types.h>

#include "../guard/mapping.h"
#include "frozen.h"

#define LOG_BYTES (1 << 16)

struct server {
  char folder[64];       // of the backend
  char region_name[64];
  struct region region;
  struct control control;
  pid_t guard;
  uint64_t descriptors_max; // of the guard; 0: as many as here
  int errors;            // what guard and executors write to standard error
  char log[LOG_BYTES];
  size_t logged;
};

// Where the programs and the frozen regions are; set by main.
extern const char *guard_program;
extern const char *node_program;
extern const char *regions_folder;

// Creates the backend's folder and the region <moment>.bin, and maps the region. part: script word of fake_node
void server_make(struct server *server, const char *moment, const char *part);

// Starts the guard, as a child of this process.
void server_start(struct server *server);

// Calls server_make and starts the guard.
void server_begin(struct server *server, const char *moment, const char *part);

// Kills all remaining processes, and removes all files.
void server_end(struct server *server);

// Waits for a handle in the answer queue; 0: none came.
uint64_t server_answer(struct server *server);

// Waits until the guard has ended. Returns the status of waitpid, or -1.
int server_wait(struct server *server);

// Whether the health byte is set again after it was cleared.
bool server_sees_health(struct server *server);

// Waits for a text in what was written to standard error.
bool server_reads(struct server *server, const char *text);

// Process id of the only child of the guard, waited for; 0: there is none. other_than: a child that does not count
pid_t executor_of(struct server *server, pid_t other_than);

// Maps what the guard shares with its executors.
bool server_map(struct server *server, struct mapping *mapping);

int descriptors_of(pid_t pid, const char *kind);

// Calls until it returns true, for up to 30 seconds.
bool wait_until(bool (*holds)(void *), void *context);

#endif
