#include "../guard/model_files.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char version[PATH_MAX];
static char words[1 << 20];
static size_t words_length;
static int inherited;

static void shell(const char *command) {
  char line[PATH_MAX + 1024];
  snprintf(line, sizeof line, "cd '%s' && %s", version, command);
  CHECK(system(line) == 0);
}

// Makes an empty version folder, and what the command makes in it.
static void begin(const char *command) {
  shell("rm -rf ./* && mkdir files");
  shell(command);
}

static void walk(const char *folder) {
  struct launch launch;
  CHECK(launch_create(&launch) == 0);
  model_files_open(&launch, folder);
  ssize_t length = pread(launch.fd, words, sizeof words, 0);
  words_length = length < 0 ? 0 : (size_t)length;
  inherited = launch.inherited_count - 1;
  for (int index = 0; index < launch.inherited_count; index++) close(launch.inherited[index]);
}

// The value of a word; NULL if it was not passed.
static const char *word(const char *name) {
  for (size_t at = 0; at < words_length;) {
    const char *key = words + at;
    const char *value = key + strlen(key) + 1;
    if (strcmp(key, name) == 0) return value;
    at = (size_t)(value - words) + strlen(value) + 1;
  }
  return NULL;
}

// Whether a file of this path was passed with a descriptor.
static bool has(const char *path) {
  char name[32];
  for (int index = 0; index < FILES_MAX; index++) {
    snprintf(name, sizeof name, "files_%d", index);
    const char *value = word(name);
    if (value == NULL) return false;
    const char *blank = strchr(value, ' ');
    if (blank != NULL && strcmp(blank + 1, path) == 0) return value[0] != '-';
  }
  return false;
}

static bool refused(const char *command, const char *reason) {
  begin(command);
  walk(version);
  const char *problem = word("files_problem");
  if (problem != NULL && strstr(problem, reason) != NULL) return true;
  fprintf(stderr, "%s: %s\n", command, problem == NULL ? "accepted" : problem);
  return false;
}

static void test_accepted(void) {
  begin("true");
  walk(version);
  CHECK(words_length == 0 && inherited == 0);
  shell("rmdir files");
  walk(version);
  CHECK(words_length == 0);
  walk("/nowhere at all");
  CHECK(words_length == 0);
  begin("mkdir -p files/a/b && echo 1 > files/a/b/one && echo 2 > files/two && echo 3 > 'files/wörter .txt' && echo 4 > files/.hidden");
  walk(version);
  CHECK(word("files_problem") == NULL && inherited == 4);
  CHECK(has("a/b/one") && has("two") && has("wörter .txt") && has(".hidden"));
  // A link to a folder is left out, so a loop of them does no harm.
  begin("mkdir files/a && ln -s . files/self && ln -s .. files/a/up && echo 1 > files/a/one && ln -s a/one files/link");
  walk(version);
  CHECK(word("files_problem") == NULL && inherited == 2 && has("a/one") && has("link"));
}

static void test_kubernetes(void) {
  begin("mkdir files/..2026_01 && echo 1 > files/..2026_01/words && ln -s ..2026_01 files/..data && ln -s ..data/words files/words");
  walk(version);
  CHECK(word("files_problem") == NULL && inherited == 1 && has("words"));
  // The folder of the version may itself be a link.
  char link[PATH_MAX + 8];
  snprintf(link, sizeof link, "%s-link", version);
  CHECK(symlink(version, link) == 0);
  walk(link);
  CHECK(word("files_problem") == NULL && has("words"));
  unlink(link);
}

static void test_refused(void) {
  CHECK(refused("ln -s /etc/passwd files/secret", "link 'secret' cannot be followed: it leaves the folder"));
  CHECK(refused("echo 1 > module && ln -s ../module files/module", "it leaves the folder"));
  CHECK(refused("ln -s ../files/x files/x", "it leaves the folder"));
  CHECK(refused("ln -s /proc/self/fd/0 files/x", "it leaves the folder"));
  CHECK(refused("ln -s x files/x", "it leads to itself"));
  CHECK(refused("ln -s a files/b && ln -s b files/a", "it leads to itself"));
  CHECK(refused("ln -s nothing files/x", "it leads to nothing"));
  CHECK(refused("ln -s .. files/up", "it leaves the folder"));
  CHECK(refused("rmdir files && ln -s /etc files", "it is a link or a file, and must be a folder"));
  CHECK(refused("rmdir files && ln -s files files", "it is a link or a file"));
  CHECK(refused("rmdir files && echo 1 > files", "it is a link or a file"));
  CHECK(refused("rmdir files && mkfifo files", "it is a link or a file"));
  CHECK(refused("mkfifo files/pipe", "'pipe' is not a regular file"));
  CHECK(refused("mkdir files/a && mkfifo files/a/pipe && ln -s a/pipe files/x", "is not a regular file"));
  CHECK(refused("printf x > \"files/$(printf 'a\\nb')\"", "is not printable text"));
  CHECK(refused("printf x > \"files/$(printf 'a\\377')\"", "is not printable text"));
  CHECK(refused("mkdir -p files/1/2/3/4/5/6/7/8/9", "'1/2/3/4/5/6/7/8/9' is a folder below 8 others"));
  CHECK(refused("cd files && for i in $(seq 129); do echo 1 > f$i; done", "it has more than 128 files"));
  CHECK(refused("cd files && seq -f 'd%g' 1025 | xargs mkdir", "it has more than 1024 entries"));
  CHECK(refused("n=$(printf %0200d 0) && mkdir -p files/$n/$n/$n", "too long"));
}

void test_model_files(void) {
  char folder[] = "/tmp/model-files-XXXXXX";
  CHECK(mkdtemp(folder) != NULL);
  snprintf(version, sizeof version, "%s/1", folder);
  CHECK(mkdir(version, 0700) == 0);
  test_accepted();
  test_kubernetes();
  test_refused();
  // A huge file costs nothing: its bytes are not read.
  begin("truncate -s 1T files/huge && chmod 400 files/huge");
  walk(version);
  CHECK(word("files_problem") == NULL && has("huge"));
  shell("cd / && rm -rf \"$OLDPWD\"");
  rmdir(folder);
}
