#include "undo.h"

#include <stddef.h>

#include "../generated/limits.h"

struct entry {
  uint64_t at;   // offset of a word
  uint64_t word; // value before the change
};

struct undo_log {
  uint32_t count; // number of entries; 0: no change is in progress
  uint32_t ledger; // number of blocks in the ledger before the change
  struct entry entries[UNDO_ENTRIES];
};

static struct undo_log *log_of(struct region *region, struct mapping *mapping) {
  uint32_t handle = mapping_get(mapping, MAPPING_UNDO_LOG);
  return handle == 0 ? NULL : region_object(region, handle, sizeof(struct undo_log));
}

// The first word of the heap is at offset 0, which means "none" elsewhere.
static uint64_t *word_at(struct region *region, uint64_t at) {
  return at == 0 ? (uint64_t *)region->base : region_at(region, at, sizeof(uint64_t), 8);
}

void undo_change(struct region *region, struct mapping *mapping) {
  struct undo_log *log = log_of(region, mapping);
  if (log == NULL) return;
  uint32_t count = log->count;
  if (count == 0) return;
  uint32_t ledger = log->ledger;
  // A full log may be incomplete, so it cannot undo the change.
  for (uint32_t left = count < UNDO_ENTRIES ? count : 0; left > 0; left--) {
    struct entry entry = log->entries[left - 1];
    uint64_t *word = word_at(region, entry.at);
    if (word != NULL) *word = entry.word;
    // Mapping more of the region may have moved it in memory.
    log = log_of(region, mapping);
    if (log == NULL) return;
  }
  log->count = 0;
  if (ledger <= LEDGER_BLOCKS) mapping_set(mapping, MAPPING_LEDGER, ledger);
}
