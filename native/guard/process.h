// What this process is to the operating system: its signals, its descriptors, its folder.
#ifndef GUARD_PROCESS_H
#define GUARD_PROCESS_H

#include <stddef.h>

// Ignores all signals that can be ignored. A terminal's Ctrl-C, a closed terminal and a container's stop reach the whole group; the
// server decides when a stub ends. A model must not end with its log's reader either.
void process_ignore_signals(void);

// Closes what the server has left open for its children: listening sockets, clients' connections, log files, devices. Opens what is
// missing of the three standard descriptors, so that nothing of ours takes their place.
void process_close_inherited(void);

// The folder of this program. fallback: for a machine whose /proc is closed to us
void process_folder(char *folder, size_t room, const char *fallback);

// Blocks SIGCHLD. Returns a descriptor that is readable when a child has ended, or -1.
int process_watch_children(void);

#endif
