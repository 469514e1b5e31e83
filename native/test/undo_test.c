#include "../guard/undo.h"

#include "../generated/limits.h"
#include "unit.h"

// Room in the region that nothing else in these tests uses.
#define LOG_HANDLE 65536
#define WORDS_AT 131072

static struct frozen frozen;
static struct mapping mapping;

static uint64_t *word_at(uint64_t at) { return region_at(&frozen.region, at, 8, 8); }

static uint32_t *count(void) { return region_at(&frozen.region, LOG_HANDLE + OWNERSHIP_BYTES, 8, 8); }

static void note(uint32_t entry, uint64_t at, uint64_t word) {
  uint64_t place = LOG_HANDLE + OWNERSHIP_BYTES + 8 + 16ull * entry;
  *word_at(place) = at;
  *word_at(place + 8) = word;
}

// The newest first: a word that was overwritten twice gets its oldest value.
static void undone(void) {
  *word_at(WORDS_AT) = 3;
  *word_at(WORDS_AT + 8) = 5;
  note(0, WORDS_AT, 1);
  note(1, WORDS_AT + 8, 4);
  note(2, WORDS_AT, 2);
  note(3, WORDS_AT + 8, 7);
  *count() = 3;
  count()[1] = 6;
  mapping_set(&mapping, MAPPING_LEDGER, 7);
  undo_change(&frozen.region, &mapping);
  CHECK(*word_at(WORDS_AT) == 1 && *word_at(WORDS_AT + 8) == 4 && *count() == 0);
  CHECK(mapping_get(&mapping, MAPPING_LEDGER) == 6);
  // A change that has ended says nothing of the ledger.
  mapping_set(&mapping, MAPPING_LEDGER, 9);
  undo_change(&frozen.region, &mapping);
  CHECK(*word_at(WORDS_AT) == 1 && mapping_get(&mapping, MAPPING_LEDGER) == 9);
}

// The number of free blocks is the heap's first word.
static void first_word(void) {
  uint64_t *first = (uint64_t *)(void *)frozen.region.base;
  uint64_t before = *first;
  note(0, 0, before);
  *first = before + 1;
  *count() = 1;
  count()[1] = 9;
  undo_change(&frozen.region, &mapping);
  CHECK(*(uint64_t *)(void *)frozen.region.base == before);
}

static void damaged(void) {
  *word_at(WORDS_AT) = 3;
  note(0, WORDS_AT, 1);
  note(1, UINT64_MAX, 2);
  note(2, WORDS_AT + 4, 2);
  *count() = 3;
  count()[1] = UINT32_MAX;
  undo_change(&frozen.region, &mapping);
  CHECK(*word_at(WORDS_AT) == 1 && *word_at(WORDS_AT + 8) == 4 && mapping_get(&mapping, MAPPING_LEDGER) == 9);
  // One that is full lacks words.
  *word_at(WORDS_AT) = 3;
  *count() = UNDO_ENTRIES;
  undo_change(&frozen.region, &mapping);
  CHECK(*word_at(WORDS_AT) == 3 && *count() == 0);
  // There is none, or it does not lie in the region.
  *count() = 1;
  mapping_set(&mapping, MAPPING_UNDO_LOG, 0);
  undo_change(&frozen.region, &mapping);
  mapping_set(&mapping, MAPPING_UNDO_LOG, UINT32_MAX);
  undo_change(&frozen.region, &mapping);
  CHECK(*word_at(WORDS_AT) == 3);
}

void test_undo(void) {
  open_moment(&frozen, "24.10", "execute-request");
  make_mapping(&mapping);
  mapping_set(&mapping, MAPPING_UNDO_LOG, LOG_HANDLE);
  undone();
  first_word();
  damaged();
  close_mapping(&mapping);
  frozen_close(&frozen);
}
