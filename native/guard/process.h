// The signals, descriptors and folder of this process.
#ifndef GUARD_PROCESS_H
#define GUARD_PROCESS_H

#include <stddef.h>

// Ignores all signals that can be ignored. Ctrl-C in a terminal, a closed terminal and the stop of a container signal the whole process
// group, but the server decides when a stub ends. The end of the log's reader must not end a model either.
void process_ignore_signals(void);

// Closes the descriptors that this process has inherited from the server: listening sockets, clients' connections, log files, devices.
// Opens missing standard descriptors, so that no other file gets their numbers.
void process_close_inherited(void);

// Finds the folder of this program. fallback: for a machine on which /proc is not readable
void process_folder(char *folder, size_t room, const char *fallback);

// Blocks SIGCHLD. Returns a descriptor that is readable after a child has ended, or -1.
int process_watch_children(void);

#endif
