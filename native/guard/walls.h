// The operating system's walls around an executor. They stand before the first instruction of Node, so for all of its threads.
#ifndef GUARD_WALLS_H
#define GUARD_WALLS_H

#include <stdbool.h>

enum hardening { HARDENING_AUTO, HARDENING_OFF, HARDENING_REQUIRED };

#define WALLS_TEXT_BYTES 256

struct walls {
  enum hardening mode;
  int ruleset;                   // of Landlock; -1: none
  bool filters_calls;
  char names[WALLS_TEXT_BYTES];   // of the walls that will stand
  char missing[WALLS_TEXT_BYTES]; // of those that the kernel does not have
};

// Reads the mode from the environment, or from the file `hardening` in the program's folder. Returns NULL, or what is wrong there:
// a text in `message` of WALLS_TEXT_BYTES.
const char *walls_mode(enum hardening *mode, const char *program_folder, char *message);

// Prepares the walls, and tries them out. Returns NULL, or which are required and missing.
// folders: two from which an executor may read and run files; they may be the same
const char *walls_prepare(struct walls *walls, enum hardening mode, const char *const *folders, const char *server_folder,
                          char *message);

// Puts them up around this process, for good. Returns NULL, or that one did not stand, with errno.
const char *walls_put_up(const struct walls *walls);

#endif
