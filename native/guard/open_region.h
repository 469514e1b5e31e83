// Opens the server's region, and removes its name.
#ifndef GUARD_OPEN_REGION_H
#define GUARD_OPEN_REGION_H

#include <stddef.h>

#include "arguments.h"
#include "server.h"

#define OPEN_REGION_TEXT_BYTES 1024

struct opened_region {
  int fd;                               // -1: it cannot be opened
  char refusal[OPEN_REGION_TEXT_BYTES]; // why it cannot be used; empty when it can
};

// Opens the region. A region that has no name in the file system of this process, or whose name another server has taken, is opened through
// the server's descriptor, only to report that the load has failed: up to 25.07 the server waits for that message without limit.
void region_find(struct opened_region *opened, const struct arguments *arguments, struct server_maps *maps);

// Removes the region's name, because a killed server cannot do it. A name that another server has taken meanwhile stays.
void region_remove_name(const char *name, int fd);

#endif
