// The command line with which a tritonserver starts a stub (23.10 and later).
#ifndef GUARD_ARGUMENTS_H
#define GUARD_ARGUMENTS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct arguments {
  char *model_file;     // <model>/<version>/<default_model_filename or model.py>
  char *region_name;    // without a leading slash
  char *growth_bytes;
  uint64_t control_handle;
  pid_t server;
  char *server_backend; // folder that holds the stub in use
  char *name;           // model instance, or the model while its configuration is completed
  char *runtime_folder; // folder of the Python-based backend, or DEFAULT
  char version[NAME_MAX + 1]; // version of the model: the folder of model_file
};

// Reads the words after the program's name. Up to 25.07 a shell splits the command line, so a path or a name with blanks arrives in
// pieces, which are joined again. The words stay in their memory, and are modified.
// Returns NULL, or what is wrong with the words.
const char *arguments_parse(struct arguments *arguments, int count, char **words);

#endif
