#include "log.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "text.h"

#define LINE_BYTES 10240
#define NAME_BYTES 512
// How long a write waits for the reader of a pipe. After that, the line or the rest of it is lost.
#define WRITE_TIMEOUT_MS 20
// How long all writes may wait within one second.
#define WAIT_PER_SECOND_MS 100

static char instance_name[NAME_BYTES] = "";

static void interrupt(int signal_number) { (void)signal_number; }

void log_open(void) {
  // Without SA_RESTART, the alarm interrupts a write that blocks.
  struct sigaction action = {.sa_handler = interrupt};
  sigaction(SIGALRM, &action, NULL);
}

void log_name(const char *name, const char *version) {
  snprintf(instance_name, sizeof instance_name, "%s v%s: ", name, version);
}

// How long lines may still wait within this second: too many waiting lines would keep the guard from its other tasks.
static int64_t left_ms(int64_t waited) {
  static int64_t second = 0;
  static int64_t left = 0;
  int64_t now = clock_ms() / 1000;
  if (now != second) left = WAIT_PER_SECOND_MS;
  second = now;
  left = waited < left ? left - waited : 0;
  return left;
}

static bool has_room(int64_t timeout_ms) {
  struct pollfd output = {.fd = STDERR_FILENO, .events = POLLOUT};
  return poll(&output, 1, (int)timeout_ms) > 0;
}

// Non-blocking mode is not possible: it applies to the open file, which the server uses as well.
static void write_for_a_while(const char *bytes, size_t length) {
  int64_t timeout = left_ms(0);
  int64_t before = clock_ms();
  // A pipe with room accepts a short line at once, unless another process writes first.
  if (has_room(timeout < WRITE_TIMEOUT_MS ? timeout : WRITE_TIMEOUT_MS) && (timeout > 0 || length <= PIPE_BUF)) {
    // The timer repeats, because the first alarm may come before write begins.
    const struct itimerval timer = {{0, WRITE_TIMEOUT_MS * 1000}, {0, WRITE_TIMEOUT_MS * 1000}};
    const struct itimerval none = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
    ssize_t written = write(STDERR_FILENO, bytes, length);
    setitimer(ITIMER_REAL, &none, NULL);
    (void)written;
  }
  left_ms(clock_ms() - before);
}

static size_t prefix(char *line, size_t room, char severity) {
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  int length = snprintf(line, room, "%c%02d%02d %02d:%02d:%02d.%06ld %d triton_wasm_stub] %s", severity, utc.tm_mon + 1,
                        utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, now.tv_nsec / 1000, (int)getpid(), instance_name);
  return (size_t)length < room ? (size_t)length : room;
}

void log_bytes(char severity, const char *text, size_t length) {
  char line[LINE_BYTES];
  size_t used = prefix(line, sizeof line - 1, severity);
  size_t room = sizeof line - 1 - used;
  if (length > room) length = text_fitting(text, room);
  memcpy(line + used, text, length);
  text_make_printable(line, used + length);
  line[used + length] = '\n';
  write_for_a_while(line, used + length + 1);
}

void log_line(char severity, const char *format, ...) {
  char text[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length < 0) return;
  log_bytes(severity, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}
