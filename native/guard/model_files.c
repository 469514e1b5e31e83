#include "model_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../generated/limits.h"
#include "text.h"

#define FOLDER "files"
#define READING (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define PROBLEM_BYTES (FILES_NAME_MAX_BYTES + 256)

// The walk over the folder and its folders.
struct walk {
  struct launch *launch;
  int root;                         // descriptor of the folder `files`
  int files;                        // number of files that were added
  int entries;                      // number of entries that were read
  char name[FILES_NAME_MAX_BYTES + 1]; // path of the current entry below the root
};

static bool problem(struct walk *walk, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Adds the reason why the folder cannot be used. Returns false, which ends the walk.
static bool problem(struct walk *walk, const char *format, ...) {
  char text[PROBLEM_BYTES];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  text_make_printable(text, strlen(text));
  launch_word(walk->launch, "files_problem", text);
  return false;
}

// Opens a link, whose target must lie in the folder: the kernel refuses each step that leaves it.
static int open_link(const struct walk *walk, uint64_t flags) {
  struct open_how how = {.flags = flags, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  return (int)syscall(SYS_openat2, walk->root, walk->name, &how, sizeof how);
}

static bool refuse_link(struct walk *walk, int error) {
  const char *reason = strerror(error);
  if (error == EXDEV) reason = "it leaves the folder";
  if (error == ENOENT) reason = "it leads to nothing";
  if (error == ELOOP) reason = "it leads to itself, or out of the file system";
  if (error == ENOSYS || error == EPERM) reason = "the kernel does not offer openat2, which follows links safely";
  return problem(walk, "the link '%s' cannot be followed: %s", walk->name, reason);
}

// Adds the entry, which is a regular file or a link to one. folder: descriptor of the folder that has it; entry: its name there
static bool add_file(struct walk *walk, int folder, const char *entry, bool is_link) {
  if (walk->files >= FILES_MAX) return problem(walk, "it has more than %d files", FILES_MAX);
  int fd = is_link ? open_link(walk, READING) : openat(folder, entry, READING | O_NOFOLLOW);
  if (fd < 0) return is_link ? refuse_link(walk, errno) : problem(walk, "'%s' cannot be opened: %s", walk->name, strerror(errno));
  struct stat status;
  // The entry may have been replaced since its type was read.
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(fd);
    return problem(walk, "'%s' is not a regular file", walk->name);
  }
  char word[32];
  snprintf(word, sizeof word, "files_%d", walk->files++);
  launch_opened(walk->launch, word, walk->name, fd);
  return true;
}

// Reads the type of what a link leads to, without opening it. Returns false if the link is refused.
static bool follow(struct walk *walk, struct stat *status) {
  int fd = open_link(walk, O_PATH | O_CLOEXEC);
  if (fd < 0) return refuse_link(walk, errno);
  int error = fstat(fd, status) == 0 ? 0 : errno;
  close(fd);
  return error == 0 ? true : refuse_link(walk, error);
}

static bool walk_folder(struct walk *walk, int fd, int depth);

static bool add_entry(struct walk *walk, int folder, const char *entry, int depth) {
  struct stat status;
  if (fstatat(folder, entry, &status, AT_SYMLINK_NOFOLLOW) != 0) return problem(walk, "'%s' cannot be read: %s", walk->name, strerror(errno));
  bool is_link = S_ISLNK(status.st_mode);
  if (is_link && !follow(walk, &status)) return false;
  // A link to a folder would show its files a second time, or without end.
  if (is_link && S_ISDIR(status.st_mode)) return true;
  if (S_ISREG(status.st_mode)) return add_file(walk, folder, entry, is_link);
  if (!S_ISDIR(status.st_mode)) return problem(walk, "'%s' is not a regular file", walk->name);
  if (depth >= FILES_DEPTH_MAX) return problem(walk, "'%s' is a folder below %d others", walk->name, FILES_DEPTH_MAX);
  int fd = openat(folder, entry, READING | O_DIRECTORY | O_NOFOLLOW);
  if (fd < 0) return problem(walk, "'%s' cannot be opened: %s", walk->name, strerror(errno));
  return walk_folder(walk, fd, depth + 1);
}

// Appends "/entry" to the name. Returns false, and leaves the name as it was, if there is no room or the entry is not printable text.
static bool extend(struct walk *walk, size_t length, const char *entry) {
  char printable[NAME_MAX + 1];
  snprintf(printable, sizeof printable, "%s", entry);
  text_make_printable(printable, strlen(printable));
  size_t room = sizeof walk->name - length;
  int needed = snprintf(walk->name + length, room, "%s%s", length == 0 ? "" : "/", entry);
  bool fits = needed > 0 && (size_t)needed < room;
  if (fits && strcmp(printable, entry) == 0) return true;
  walk->name[length] = '\0';
  return problem(walk, "a name in the folder '%s' is %s", walk->name, fits ? "not printable text in UTF-8" : "too long");
}

// Adds the entries of a folder, and closes fd.
static bool walk_folder(struct walk *walk, int fd, int depth) {
  DIR *folder = fdopendir(fd);
  if (folder == NULL) {
    close(fd);
    return problem(walk, "the folder '%s' cannot be read: %s", walk->name, strerror(errno));
  }
  size_t length = strlen(walk->name);
  bool goes_on = true;
  struct dirent *entry;
  while (goes_on && (entry = readdir(folder)) != NULL) {
    // Names that begin with two dots are Kubernetes's own: the files of a ConfigMap are links to files below them.
    if (strncmp(entry->d_name, "..", 2) == 0 || strcmp(entry->d_name, ".") == 0) continue;
    if (++walk->entries > FILES_ENTRIES_MAX) {
      goes_on = problem(walk, "it has more than %d entries", FILES_ENTRIES_MAX);
    } else {
      goes_on = extend(walk, length, entry->d_name) && add_entry(walk, fd, entry->d_name, depth);
    }
    walk->name[length] = '\0';
  }
  closedir(folder);
  return goes_on;
}

void model_files_open(struct launch *launch, const char *version_folder) {
  struct walk walk = {.launch = launch, .root = -1};
  // The folder of the version may be a link. That is the operator's choice; the folder `files` is the model's.
  int version = open(version_folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (version < 0) return;
  walk.root = openat(version, FOLDER, READING | O_DIRECTORY | O_NOFOLLOW);
  int error = errno;
  close(version);
  if (walk.root < 0) {
    if (error == ENOENT) return;
    bool is_other = error == ENOTDIR || error == ELOOP;
    problem(&walk, "it is %s", is_other ? "a link or a file, and must be a folder" : strerror(error));
    return;
  }
  // A descriptor of its own: walk_folder closes the one that it reads, and links need the other.
  int fd = openat(walk.root, ".", READING | O_DIRECTORY);
  if (fd >= 0) {
    walk_folder(&walk, fd, 0);
  } else {
    problem(&walk, "it cannot be opened: %s", strerror(errno));
  }
  close(walk.root);
}
