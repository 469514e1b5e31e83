// The server's region, and its name.
#ifndef GUARD_OPEN_REGION_H
#define GUARD_OPEN_REGION_H

#include <stddef.h>

#include "arguments.h"
#include "server.h"

#define OPEN_REGION_TEXT_BYTES 1024

struct opened_region {
  int fd;                               // -1: there is no way to it
  char refusal[OPEN_REGION_TEXT_BYTES]; // why it cannot serve; empty when it can
};

// Opens the region. One that has no name in our file system, or whose name another server has taken, is reached through the server's
// own descriptor, only to report that the load has failed: up to 25.07 the server waits for that message without limit.
void region_find(struct opened_region *opened, const struct arguments *arguments, struct server_maps *maps);

// Takes the region's name away: a server that was killed cannot. A name that another server has taken meanwhile stays.
void region_remove_name(const char *name, int fd);

#endif
