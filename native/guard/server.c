#include "server.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "/libtriton_python.so"
#define SHARED_MEMORY "/dev/shm/"
#define DELETED " (deleted)"
// Of the words behind the name in /proc/<pid>/stat (proc(5), field 22).
#define START_TIME_WORD 20

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text);
  size_t tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

static void read_mapping(char *line, const char *region_name, ino_t region, struct server_maps *maps) {
  // Five words and the path, which may have blanks.
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
  // The name in parentheses may have blanks and parentheses itself.
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
