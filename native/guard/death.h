// Why an executor has ended, as far as it can be known.
#ifndef GUARD_DEATH_H
#define GUARD_DEATH_H

#include <stddef.h>
#include <stdint.h>

#include "executor.h"

// How many processes the kernel has killed for memory since the machine started; 0 when it does not say.
uint64_t death_oom_kills(void);

// Writes the sentence. status: of waitpid. kills_before: of death_oom_kills when the executor was started
void death_reason(const struct executor *executor, int status, uint64_t kills_before, char *text, size_t room);

#endif
