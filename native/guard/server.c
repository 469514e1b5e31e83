#include "server.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "/libtriton_python.so"
#define SHARED_MEMORY "/dev/shm/"
#define LOG_VERBOSE "--log-verbose"
#define SHORTEST_VERBOSE "--log-v"
// Limit of a word of the server's command line; the relevant words are short.
#define WORD_BYTES 64
#define DELETED " (deleted)"
// Position among the words after the name in /proc/<pid>/stat (proc(5), field 22).
#define START_TIME_WORD 20

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text);
  size_t tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

// Reads up to a NUL byte, and cuts off a word that is too long. Returns whether there was a word.
static bool read_word(FILE *file, char *word) {
  size_t length = 0;
  int c = fgetc(file);
  bool found = c != EOF;
  for (; c != EOF && c != '\0'; c = fgetc(file)) {
    if (length + 1 < WORD_BYTES) word[length++] = (char)c;
  }
  word[length] = '\0';
  return found;
}

static void read_mapping(char *line, const char *region_name, ino_t region, struct server_maps *maps) {
  // The line has five words and the path, which may contain blanks.
  unsigned long long inode = 0;
  int path_at = 0;
  if (sscanf(line, "%*s %*s %*s %*s %llu %n", &inode, &path_at) != 1 || path_at == 0) return;
  char *path = line + path_at;
  path[strcspn(path, "\n")] = '\0';
  if (ends_with(path, DELETED)) path[strlen(path) - strlen(DELETED)] = '\0';
  if (maps->library[0] == '\0' && ends_with(path, LIBRARY)) {
    snprintf(maps->library, sizeof maps->library, "%s", path);
  }
  if (strncmp(path, SHARED_MEMORY, strlen(SHARED_MEMORY)) != 0) return;
  if (strcmp(path + strlen(SHARED_MEMORY), region_name) != 0) return;
  maps->maps_region = true;
  if (inode == region) maps->maps_this_region = true;
}

void server_read_maps(pid_t server, const char *region_name, ino_t region, struct server_maps *maps) {
  *maps = (struct server_maps){.library = ""};
  char name[32];
  char line[PATH_MAX + 128];
  snprintf(name, sizeof name, "/proc/%d/maps", (int)server);
  FILE *file = fopen(name, "re");
  if (file == NULL) return;
  while (fgets(line, sizeof line, file) != NULL) read_mapping(line, region_name, region, maps);
  fclose(file);
}

// word: a word of the command line. next: the word after it
static void read_verbosity(const char *word, const char *next, bool *verbose) {
  size_t name = strcspn(word, "=");
  // getopt accepts any unambiguous prefix of an option's name.
  if (name < strlen(SHORTEST_VERBOSE) || name > strlen(LOG_VERBOSE) || strncmp(word, LOG_VERBOSE, name) != 0) return;
  const char *value = word[name] == '=' ? word + name + 1 : next;
  *verbose = strcmp(value, "true") == 0 || strtod(value, NULL) > 0;
}

bool server_is_verbose(pid_t server) {
  char name[32];
  char word[2][WORD_BYTES] = {"", ""};
  bool verbose = false;
  snprintf(name, sizeof name, "/proc/%d/cmdline", (int)server);
  FILE *file = fopen(name, "re");
  if (file == NULL) return false;
  for (bool more = true; more;) {
    memcpy(word[0], word[1], WORD_BYTES);
    more = read_word(file, word[1]);
    read_verbosity(word[0], word[1], &verbose);
  }
  fclose(file);
  return verbose;
}

bool server_is_alive(pid_t server, pid_t parent) {
  return getppid() == parent && (kill(server, 0) == 0 || errno != ESRCH);
}

uint64_t process_start_time(pid_t pid) {
  char name[32];
  char text[1024];
  snprintf(name, sizeof name, "/proc/%d/stat", (int)pid);
  FILE *file = fopen(name, "re");
  if (file == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = '\0';
  // The name in parentheses may itself contain blanks and parentheses.
  char *rest = strrchr(text, ')');
  if (rest == NULL) return 0;
  uint64_t start = 0;
  int word = 0;
  for (char *at = strtok(rest + 1, " "); at != NULL; at = strtok(NULL, " ")) {
    if (word == 0 && (*at == 'Z' || *at == 'X')) return 0;
    if (++word == START_TIME_WORD) sscanf(at, "%" SCNu64, &start);
  }
  return start;
}
