// triton_python_backend_stub: the program that a tritonserver starts for each instance of a model (docs/internals/guard.md).
#include <unistd.h>

#include "guard.h"
#include "log.h"
#include "process.h"

int main(int count, char **words) {
  // Up to 25.07 the server first runs this program without arguments, and requires exit status 1.
  if (count < 2) return 1;
  static struct guard guard;
  guard.parent = getppid();
  process_ignore_signals();
  process_close_inherited();
  log_open();
  const char *problem = arguments_parse(&guard.arguments, count - 1, words + 1);
  if (problem != NULL) {
    log_line('E', "%s", problem);
    return 1;
  }
  log_name(guard.arguments.name, guard.arguments.version);
  process_folder(guard.program_folder, sizeof guard.program_folder, guard.arguments.server_backend);
  if (!guard_greet(&guard)) return 1;
  if (guard.life != LIFE_REFUSES) guard_prepare(&guard);
  guard_run(&guard);
}
