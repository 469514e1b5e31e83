// The memory that the guard and its executors share (host/stub/shared/mapping-table.ts). Its contents are untrusted: an executor may have
// written anything.
#ifndef GUARD_MAPPING_H
#define GUARD_MAPPING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../generated/mapping.h"
#include "text.h"

struct mapping {
  int fd;
  uint8_t *bytes;
};

// Returns 0, or an errno.
int mapping_create(struct mapping *mapping);

// field: offset of a 32-bit number, MAPPING_...
static inline _Atomic uint32_t *mapping_word(struct mapping *mapping, uint32_t field) {
  return (_Atomic uint32_t *)(void *)(mapping->bytes + field);
}

static inline uint32_t mapping_get(struct mapping *mapping, uint32_t field) {
  return atomic_load(mapping_word(mapping, field));
}

static inline void mapping_set(struct mapping *mapping, uint32_t field, uint32_t value) {
  atomic_store(mapping_word(mapping, field), value);
}

// Writes a sentence at field, and its length at length_field.
static inline void mapping_set_text(struct mapping *mapping, uint32_t length_field, uint32_t field, const char *text) {
  size_t length = text_fitting(text, MAPPING_TEXT_BYTES);
  memcpy(mapping->bytes + field, text, length);
  mapping_set(mapping, length_field, (uint32_t)length);
}

// Copies the sentence at field to text, which has MAPPING_TEXT_BYTES + 1 bytes, as one printable line.
static inline void mapping_get_text(struct mapping *mapping, uint32_t length_field, uint32_t field, char *text) {
  uint32_t length = mapping_get(mapping, length_field);
  if (length > MAPPING_TEXT_BYTES) length = MAPPING_TEXT_BYTES;
  memcpy(text, mapping->bytes + field, length);
  text[length] = '\0';
  text_make_printable(text, length);
}

#endif
