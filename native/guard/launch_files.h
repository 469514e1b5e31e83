// What an executor is told of its instance, and the files that it reads: models, the server's library, texts of the installation,
// files of the operator. Which of them counts is decided in TypeScript.
#ifndef GUARD_LAUNCH_FILES_H
#define GUARD_LAUNCH_FILES_H

#include "arguments.h"
#include "launch.h"
#include "server.h"
#include "server_folder.h"
#include "walls.h"

// The command line, the server, the walls.
void launch_words(struct launch *launch, const struct arguments *arguments, const char *program_folder,
                  const struct server_folder *folder, const struct walls *walls);

// The files, which are opened.
void launch_files(struct launch *launch, const struct arguments *arguments, const char *program_folder,
                  const struct server_maps *maps);

#endif
