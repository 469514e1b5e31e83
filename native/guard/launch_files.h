// The data that an executor receives about its instance, and the files that it reads: models, the server's library, texts of the
// installation, files of the operator. TypeScript decides which of the files is used.
#ifndef GUARD_LAUNCH_FILES_H
#define GUARD_LAUNCH_FILES_H

#include "arguments.h"
#include "launch.h"
#include "server.h"
#include "server_folder.h"
#include "hardening.h"

// Writes what the command line, the server and the hardening say.
void launch_words(struct launch *launch, const struct arguments *arguments, const char *program_folder,
                  const struct server_folder *folder, const struct hardening *hardening);

// Opens the files.
void launch_files(struct launch *launch, const struct arguments *arguments, const char *program_folder,
                  const struct server_maps *maps);

#endif
