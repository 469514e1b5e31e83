// The operating system's restrictions of an executor: no_new_privs, rlimits, Landlock and a seccomp filter. They are applied before Node
// starts, so they hold for all of its threads.
#ifndef GUARD_HARDENING_H
#define GUARD_HARDENING_H

#include <stdbool.h>

enum hardening_mode { HARDENING_AUTO, HARDENING_OFF, HARDENING_REQUIRED };

#define HARDENING_TEXT_BYTES 256

struct hardening {
  enum hardening_mode mode;
  int ruleset;                   // of Landlock; -1: none
  bool filters_calls;
  char names[HARDENING_TEXT_BYTES];   // the restrictions that will be applied
  char missing[HARDENING_TEXT_BYTES]; // the restrictions that the kernel does not offer, with the reason
};

// Reads the mode from the environment, or from the file `hardening` in the program's folder. Returns NULL, or an error text in `message`,
// which has HARDENING_TEXT_BYTES.
const char *hardening_mode(enum hardening_mode *mode, const char *program_folder, char *message);

// Prepares the restrictions, and tries them in another process. Returns NULL, or an error when a required restriction is missing.
// folders: two folders from which an executor may read and run files; they may be the same
const char *hardening_prepare(struct hardening *hardening, enum hardening_mode mode, const char *const *folders, const char *server_folder,
                          char *message);

// Applies the restrictions to this process; they cannot be removed. Returns NULL, or an error text, with errno set.
const char *hardening_apply(const struct hardening *hardening);

#endif
