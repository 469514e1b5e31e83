// What /proc says of the server.
#ifndef GUARD_SERVER_H
#define GUARD_SERVER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct server_maps {
  char library[PATH_MAX]; // python_backend's library that the server has loaded; empty when unknown
  bool maps_region;       // whether the server has mapped an object of the region's name
  bool maps_this_region;  // and whether it is this one
};

// Looks through the files that the server has mapped.
void server_read_maps(pid_t server, const char *region_name, ino_t region, struct server_maps *maps);

// Whether the server was started with verbose logging. Nothing on the wire says so, and a verbosity that is set later over /v2/logging
// shows nowhere. A command line that cannot be read counts as not verbose.
bool server_is_verbose(pid_t server);

// Whether the server that has started this process still runs. parent: getppid() at the start; an orphan gets another one at once,
// so that neither a zombie nor a pid that was given again deceives.
bool server_is_alive(pid_t server, pid_t parent);

// Start of a process in clock ticks after the machine's; 0 when it is gone, or a zombie.
uint64_t process_start_time(pid_t pid);

#endif
