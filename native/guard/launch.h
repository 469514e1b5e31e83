// The data that an executor receives: pairs of a name and a value in a file in memory. Files that Landlock would not let the executor open
// are opened here, and passed on as descriptors. TypeScript interprets the data (host/stub/launch.ts).
#ifndef GUARD_LAUNCH_H
#define GUARD_LAUNCH_H

#include <stdint.h>

#include "../generated/limits.h"

// Beside the files of a model there are less than 32.
#define LAUNCH_DESCRIPTORS_MAX (32 + FILES_MAX)

struct launch {
  int fd;                              // descriptor of the file in memory
  int inherited[LAUNCH_DESCRIPTORS_MAX]; // descriptors that an executor inherits
  int inherited_count;
};

// Returns 0, or an errno.
int launch_create(struct launch *launch);

void launch_word(struct launch *launch, const char *name, const char *value);
void launch_number(struct launch *launch, const char *name, uint64_t value);

// Adds a descriptor of this process that every executor inherits.
void launch_descriptor(struct launch *launch, const char *name, int fd);

// Opens a file for reading. The value is "<descriptor> <path>", or "-<errno> <path>" for a file that cannot be opened.
// path: where the server sees the file. opened_at: where this process opens it
void launch_file(struct launch *launch, const char *name, const char *path, const char *opened_at);

// As launch_file, for a file that is already open. Every executor inherits the descriptor.
void launch_opened(struct launch *launch, const char *name, const char *path, int fd);

// Call it after the last word: an executor that a guest controls must not change what its successors read. Executors read the file with
// explicit positions, because they share one file offset. Returns 0, or an errno.
int launch_seal(struct launch *launch);

#endif
