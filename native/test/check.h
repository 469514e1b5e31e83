// Checks of the tests in C: a failed one is printed with its place, and the program goes on.
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

extern int checks_made;
extern int checks_failed;

static inline bool check_that(bool holds, const char *what, const char *file, int line) {
  checks_made++;
  if (holds) return true;
  checks_failed++;
  fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
  return false;
}

#define CHECK(what) check_that(what, #what, __FILE__, __LINE__)
#define CHECK_TEXT(text, expected)                                                         \
  do {                                                                                     \
    if (!CHECK(strcmp(text, expected) == 0)) fprintf(stderr, "  it is: %s\n", text);       \
  } while (0)

#endif
