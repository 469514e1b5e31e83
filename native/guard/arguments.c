#include "arguments.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_number(const char *word) { return *word != '\0' && strspn(word, "0123456789") == strlen(word); }

static uint64_t number_of(const char *word) {
  errno = 0;
  uint64_t value = strtoull(word, NULL, 10);
  return errno == 0 ? value : 0;
}

// The words of a command line follow each other in memory (execve): the NUL between two words becomes the blank that was there.
static char *join(char **words, int from, int to) {
  for (int index = from; index + 1 < to; index++) {
    char *end = words[index] + strlen(words[index]);
    if (end + 1 == words[index + 1]) *end = ' ';
  }
  return words[from];
}

// The name of the version folder in <model>/<version>/<file>. The file name may contain folders, so the last folder counts.
static void read_version(struct arguments *arguments) {
  const char *path = arguments->model_file;
  const char *end = strrchr(path, '/');
  if (end == NULL) return;
  const char *start = end;
  while (start > path && start[-1] != '/') start--;
  snprintf(arguments->version, sizeof arguments->version, "%.*s", (int)(end - start), start);
}

const char *arguments_parse(struct arguments *arguments, int count, char **words) {
  // Three numbers follow the region's name, and one number follows the folder of the backend.
  int region = 1;
  while (region + 3 < count && !(is_number(words[region + 1]) && is_number(words[region + 2]) && is_number(words[region + 3]))) {
    region++;
  }
  int backend = region + 4;
  int handle = backend + 1;
  while (handle < count && !is_number(words[handle])) handle++;
  int name = handle + 1;
  int runtime = count - 1;
  if (name >= runtime) {
    return "only tritonserver 23.10 or later starts this program, with the arguments: a model file, a region name, three numbers, a folder, "
           "a number, a name and a folder";
  }
  *arguments = (struct arguments){
    .region_name = words[region],
    .growth_bytes = words[region + 2],
    .control_handle = number_of(words[handle]),
    .model_file = join(words, 0, region),
    .server_backend = join(words, backend, handle),
    .name = join(words, name, runtime),
    .runtime_folder = words[runtime],
  };
  uint64_t server = number_of(words[region + 3]);
  if (server == 0 || server > INT_MAX) return "argument 5 is not the process id of a server";
  if (number_of(arguments->growth_bytes) == 0) return "argument 4 is not a number of bytes by which the region grows";
  if (arguments->control_handle == 0) return "argument 7 is not the handle of a control block";
  arguments->server = (pid_t)server;
  read_version(arguments);
  return NULL;
}
