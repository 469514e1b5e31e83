// Describes why an executor has ended, as far as this is known.
#ifndef GUARD_DEATH_H
#define GUARD_DEATH_H

#include <stddef.h>
#include <stdint.h>

#include "executor.h"

// Number of processes that the kernel has killed since the machine started because memory ran out; 0 when it is not known.
uint64_t death_oom_kills(void);

// Writes the sentence. status: from waitpid. kills_before: result of death_oom_kills when the executor was started
void death_reason(const struct executor *executor, int status, uint64_t kills_before, char *text, size_t room);

#endif
