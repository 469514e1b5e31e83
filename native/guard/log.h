// Writes log lines to standard error, which the server shares with its stubs. Logging never blocks for long and never fails, even when the
// disk is full, or the reader of a pipe is gone or stopped.
#ifndef GUARD_LOG_H
#define GUARD_LOG_H

#include <stddef.h>

// Prepares for a standard error that blocks. Call it once, before the first line.
void log_open(void);

// Sets the name of the model instance, which the lines show.
void log_name(const char *name, const char *version);

// Writes a line in the server's format. severity: 'I', 'W' or 'E'. Characters that are not printable become blanks.
void log_bytes(char severity, const char *text, size_t length);
void log_line(char severity, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
