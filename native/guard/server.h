// Facts about the server from /proc.
#ifndef GUARD_SERVER_H
#define GUARD_SERVER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct server_maps {
  char library[PATH_MAX]; // path of python_backend's library that the server has loaded; empty when unknown
  bool maps_region;       // whether the server has mapped an object with the region's name
  bool maps_this_region;  // whether that object is this region
};

// Reads the list of files that the server has mapped.
void server_read_maps(pid_t server, const char *region_name, ino_t region, struct server_maps *maps);

// Whether the server was started with verbose logging. The wire protocol does not transport this, and a verbosity that is set later over
// /v2/logging is not visible. An unreadable command line counts as not verbose.
bool server_is_verbose(pid_t server);

// Whether the server that started this process still runs. parent: getppid() at the start. An orphan gets another parent at once, so
// neither a zombie nor a reused process id leads to a wrong result.
bool server_is_alive(pid_t server, pid_t parent);

// Start time of a process in clock ticks since the machine's start; 0 when the process is gone, or a zombie.
uint64_t process_start_time(pid_t pid);

#endif
