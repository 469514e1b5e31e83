// Lines of the log, on the standard error that the server shares with its stubs. Logging never blocks for long and never fails: the
// disk may be full, the reader of a pipe gone or stopped.
#ifndef GUARD_LOG_H
#define GUARD_LOG_H

#include <stddef.h>

// Prepares for a standard error that blocks. Once, before the first line.
void log_open(void);

// How the lines name the model instance.
void log_name(const char *name, const char *version);

// A line in the server's own form. severity: 'I', 'W' or 'E'. What would not be printed becomes a blank.
void log_bytes(char severity, const char *text, size_t length);
void log_line(char severity, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
