#include "deadline.h"

#include <inttypes.h>
#include <stdio.h>

#include "../generated/limits.h"

// Times in the mapping are the low 31 bits of the clock in milliseconds.
#define CLOCK_MASK 0x7fffffffu
#define PHASE_MASK ((1u << PHASE_BITS) - 1)

enum deadline deadline_look(struct mapping *mapping, int64_t now, int64_t *remaining_ms) {
  // Read the phase first: it has the number of the call whose times are read next, or of an earlier call.
  uint32_t call = mapping_get(mapping, MAPPING_PHASE) & ~PHASE_MASK;
  uint32_t limit_ms = mapping_get(mapping, MAPPING_DEADLINE_MS);
  if (limit_ms == 0) return DEADLINE_NONE;
  uint32_t elapsed = ((uint32_t)now - mapping_get(mapping, MAPPING_STARTED_MS)) & CLOCK_MASK;
  // The call may have begun after the guard read the clock.
  if (elapsed > CLOCK_MASK / 2) elapsed = 0;
  *remaining_ms = (int64_t)limit_ms - (int64_t)elapsed;
  if (*remaining_ms >= 0) return DEADLINE_AHEAD;
  uint32_t expected = call | PHASE_OPEN;
  uint32_t killed = call | PHASE_KILLED;
  mapping_set(mapping, MAPPING_WANTED, killed);
  bool won = atomic_compare_exchange_strong(mapping_word(mapping, MAPPING_PHASE), &expected, killed);
  return won ? DEADLINE_OVER : DEADLINE_LOCKED;
}

void deadline_announce(struct mapping *mapping, int64_t next_look) {
  mapping_set(mapping, MAPPING_LOOKS_AT_MS, (uint32_t)next_look & CLOCK_MASK);
}

void deadline_reason(struct mapping *mapping, int64_t over_ms, char *text, size_t room) {
  uint32_t limit = mapping_get(mapping, MAPPING_LIMIT);
  if (limit == LIMIT_FINALIZE) {
    snprintf(text, room, "the model's triton_finalize took more than %d ms and was stopped", FINALIZE_DEADLINE_MS);
    return;
  }
  snprintf(text, room, "the model exceeded its %s of %" PRIu32 " ms by %" PRId64 " ms and was stopped",
           limit == LIMIT_INITIALIZE ? INITIALIZE_DEADLINE_PARAMETER : EXECUTE_DEADLINE_PARAMETER,
           mapping_get(mapping, MAPPING_DEADLINE_MS), over_ms);
}
