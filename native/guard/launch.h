// What an executor is told: words in a file in memory, each pair of them a name and a value. What must be read from outside of the
// walls is opened here and handed over as descriptors; what it means is decided in TypeScript (host/stub/launch.ts).
#ifndef GUARD_LAUNCH_H
#define GUARD_LAUNCH_H

#include <stdint.h>

#define LAUNCH_DESCRIPTORS_MAX 32

struct launch {
  int fd;                              // of the file in memory
  int inherited[LAUNCH_DESCRIPTORS_MAX]; // descriptors that an executor gets
  int inherited_count;
};

// Returns 0, or an errno.
int launch_create(struct launch *launch);

void launch_word(struct launch *launch, const char *name, const char *value);
void launch_number(struct launch *launch, const char *name, uint64_t value);

// A descriptor of ours that every executor gets.
void launch_descriptor(struct launch *launch, const char *name, int fd);

// Opens a file for reading. The value is "<descriptor> <path>", or "-<errno> <path>" for one that cannot be opened.
// path: where it is opened, if that is another place than where the server sees it
void launch_file(struct launch *launch, const char *name, const char *path, const char *opened_at);

// After the last word: an executor that a guest has taken over must not change what its successors read. Executors read the file
// from its start by position: they all share one offset. Returns 0, or an errno.
int launch_seal(struct launch *launch);

#endif
