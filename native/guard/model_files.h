// The files beside a model: the folder `files` of its version, which a guest may read. Names and links in it are untrusted.
#ifndef GUARD_MODEL_FILES_H
#define GUARD_MODEL_FILES_H

#include "launch.h"

// Opens every regular file below <version_folder>/files for reading, and adds the words "files_0", "files_1" … with a descriptor and the path
// below that folder. If the folder cannot be given to a guest as it is, adds the word "files_problem" with the reason instead of further files.
// A missing folder adds nothing. No step waits: pipes and devices are not opened.
void model_files_open(struct launch *launch, const char *version_folder);

#endif
