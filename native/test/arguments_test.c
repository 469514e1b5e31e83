#include "../guard/arguments.h"

#include "unit.h"

#define WORDS_MAX 24

// Parses words that follow each other in memory, as those of a process do. line: words between blanks
static const char *parse(struct arguments *arguments, const char *line) {
  static char memory[512];
  char *words[WORDS_MAX];
  int count = 0;
  snprintf(memory, sizeof memory, "%s", line);
  for (char *word = strtok(memory, " "); word != NULL && count < WORDS_MAX; word = strtok(NULL, " ")) words[count++] = word;
  return arguments_parse(arguments, count, words);
}

void test_arguments(void) {
  struct arguments arguments;
  CHECK(parse(&arguments, "/m/model/3/model.py region_1 1048576 65536 42 /backends/wasm 336 model_0_0 DEFAULT") == NULL);
  CHECK_TEXT(arguments.model_file, "/m/model/3/model.py");
  CHECK_TEXT(arguments.region_name, "region_1");
  CHECK_TEXT(arguments.growth_bytes, "65536");
  CHECK(arguments.server == 42);
  CHECK_TEXT(arguments.server_backend, "/backends/wasm");
  CHECK(arguments.control_handle == 336);
  CHECK_TEXT(arguments.name, "model_0_0");
  CHECK_TEXT(arguments.runtime_folder, "DEFAULT");
  CHECK_TEXT(arguments.version, "3");
  CHECK(parse(&arguments, "/my models/a 2/1/model.py region 1 2 3 /my back ends/wasm 336 my model_0 DEFAULT") == NULL);
  CHECK_TEXT(arguments.model_file, "/my models/a 2/1/model.py");
  CHECK_TEXT(arguments.server_backend, "/my back ends/wasm");
  CHECK_TEXT(arguments.name, "my model_0");
  CHECK_TEXT(arguments.version, "1");
  CHECK(parse(&arguments, "a b") != NULL);
  CHECK(parse(&arguments, "/m/1/model.py region 1 2 3 /backends 336 name") != NULL);
  CHECK(parse(&arguments, "/m/1/model.py region 1 2 0 /backends 336 name DEFAULT") != NULL);
  CHECK(parse(&arguments, "/m/1/model.py region 1 2 99999999999 /backends 336 name DEFAULT") != NULL);
  CHECK(parse(&arguments, "/m/1/model.py region 1 0 3 /backends 336 name DEFAULT") != NULL);
  CHECK(parse(&arguments, "/m/1/model.py region 1 2 3 /backends 99999999999999999999999 name DEFAULT") != NULL);
}
