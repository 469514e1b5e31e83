#include "launch_files.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "model_files.h"

#define LIBRARY "libtriton_python.so"
// File with the server's version, in the folder above `backends`.
#define VERSION_FILE "TRITON_VERSION"

void launch_words(struct launch *launch, const struct arguments *arguments, const char *program_folder,
                  const struct server_folder *folder, const struct hardening *hardening) {
  static const char *const modes[] = {"auto", "off", "required"};
  launch_word(launch, "region_name", arguments->region_name);
  launch_word(launch, "growth_bytes", arguments->growth_bytes);
  launch_number(launch, "control_handle", arguments->control_handle);
  launch_word(launch, "instance_name", arguments->name);
  launch_word(launch, "version", arguments->version);
  launch_word(launch, "runtime_folder", arguments->runtime_folder);
  launch_word(launch, "program_folder", program_folder);
  launch_word(launch, "server_folder", folder->path);
  launch_word(launch, "stub_name", folder->stub);
  launch_word(launch, "restrictions", hardening->names);
  launch_word(launch, "restrictions_missing", hardening->missing);
  launch_word(launch, "hardening", modes[hardening->mode]);
  launch_word(launch, "server_verbose", server_is_verbose(arguments->server) ? "1" : "0");
}

// Copies path without its last `count` parts. It works on the text: resolving links in the path would lead to other folders.
static void without_parts(char *result, size_t room, const char *path, int count) {
  snprintf(result, room, "%s", path);
  for (size_t end = strlen(result); end > 1 && result[end - 1] == '/'; end--) result[end - 1] = '\0';
  for (int part = 0; part < count; part++) {
    char *slash = strrchr(result, '/');
    if (slash == NULL) {
      snprintf(result, room, ".");
      return;
    }
    slash[slash == result ? 1 : 0] = '\0';
  }
}

// Opens <folder>/<file>.
static void launch_beside(struct launch *launch, const char *name, const char *folder, const char *file) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof path, "%s/%s", folder, file);
  if (length > 0 && (size_t)length < sizeof path) launch_file(launch, name, path, path);
}

// Opens the file that the server sees at path, through the root folder of the server.
static void launch_in_root(struct launch *launch, const char *name, pid_t server, const char *path) {
  char place[PATH_MAX];
  int length = snprintf(place, sizeof place, "/proc/%d/root%s", (int)server, path);
  if (length > 0 && (size_t)length < sizeof place) launch_file(launch, name, path, place);
}

// The server's library of python_backend. The file that the server has mapped comes first; the others are used when /proc is not readable.
static void launch_libraries(struct launch *launch, const struct arguments *arguments, const char *library) {
  if (library[0] != '\0') {
    launch_file(launch, "library_mapped", library, library);
    launch_in_root(launch, "library_root", arguments->server, library);
  }
  char above[PATH_MAX];
  launch_beside(launch, "library_beside", arguments->server_backend, LIBRARY);
  without_parts(above, sizeof above, arguments->server_backend, 1);
  launch_beside(launch, "library_python", above, "python/" LIBRARY);
}

// The files that name the release, in the order of the libraries: <root>/backends/<backend>/libtriton_python.so.
static void launch_installations(struct launch *launch, const struct arguments *arguments, const char *library) {
  char root[PATH_MAX];
  if (library[0] != '\0') {
    char path[PATH_MAX + sizeof VERSION_FILE + 1];
    without_parts(root, sizeof root, library, 3);
    snprintf(path, sizeof path, "%s/" VERSION_FILE, root);
    launch_file(launch, "installation_0", path, path);
    launch_in_root(launch, "installation_1", arguments->server, path);
  }
  without_parts(root, sizeof root, arguments->server_backend, 2);
  launch_beside(launch, "installation_2", root, VERSION_FILE);
}

void launch_files(struct launch *launch, const struct arguments *arguments, const char *program_folder,
                  const struct server_maps *maps) {
  char folder[PATH_MAX];
  without_parts(folder, sizeof folder, arguments->model_file, 1);
  launch_file(launch, "module_given", arguments->model_file, arguments->model_file);
  launch_beside(launch, "module_default", folder, "model.wasm");
  launch_beside(launch, "module_backend", program_folder, "model.wasm");
  model_files_open(launch, folder);
  launch_libraries(launch, arguments, maps->library);
  launch_installations(launch, arguments, maps->library);
}
