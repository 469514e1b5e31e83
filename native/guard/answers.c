#include "answers.h"

#include <stddef.h>

#include "../generated/layout.h"

static enum command_kind kind_of(uint32_t command) {
  switch (command) {
    case MESSAGE_EXECUTE_REQUEST:
      return COMMAND_EXECUTE;
    case MESSAGE_INITIALIZE_REQUEST:
      return COMMAND_INITIALIZE;
    case MESSAGE_AUTO_COMPLETE_REQUEST_OLD:
    case MESSAGE_AUTO_COMPLETE_REQUEST:
      return COMMAND_COMPLETE;
    case MESSAGE_FINALIZE_REQUEST_OLD:
    case MESSAGE_FINALIZE_REQUEST:
      return COMMAND_FINALIZE;
    default:
      return COMMAND_OTHER;
  }
}

bool message_read(struct region *region, uint64_t handle, struct message *message) {
  uint8_t *object = region_object(region, handle, MESSAGE_BYTES);
  if (object == NULL) return false;
  message->command = *(uint32_t *)(object + MESSAGE_COMMAND);
  message->args = *(uint64_t *)(object + MESSAGE_ARGS);
  message->kind = kind_of(message->command);
  return true;
}

bool message_write(struct region *region, uint64_t handle, uint32_t command, uint64_t args) {
  uint8_t *object = region_object(region, handle, MESSAGE_BYTES);
  if (object == NULL) return false;
  *(uint32_t *)(object + MESSAGE_COMMAND) = command;
  *(uint64_t *)(object + MESSAGE_ARGS) = args;
  return true;
}

static bool write_text(struct region *region, uint32_t at, uint32_t length_at, uint32_t prefix, uint32_t capacity,
                       const char *text) {
  if (at == 0) return true;
  size_t length = text_fitting(text, capacity);
  uint8_t *bytes = region_at(region, at, capacity, 1);
  if (bytes == NULL) return false;
  memcpy(bytes, text, length);
  uint64_t *stated = region_at(region, length_at, sizeof *stated, 8);
  if (stated == NULL) return false;
  *stated = (uint64_t)prefix + length;
  return true;
}

// field: offset of the first number that describes a prepared answer (mapping-table.ts).
static bool write_reason(struct region *region, struct mapping *mapping, uint32_t field, const char *reason) {
  uint32_t text_at = mapping_get(mapping, field + 4);
  uint32_t length_at = mapping_get(mapping, field + 8);
  uint32_t capacity = mapping_get(mapping, field + 12);
  uint32_t sentence_at = mapping_get(mapping, field + 16);
  uint32_t sentence_length_at = mapping_get(mapping, field + 20);
  uint32_t prefix = mapping_get(mapping, field + 24);
  return write_text(region, text_at, length_at, 0, capacity, reason) &&
         write_text(region, sentence_at, sentence_length_at, prefix, capacity, reason);
}

static bool keep_config(struct region *region, struct mapping *mapping, uint64_t config) {
  uint32_t at = mapping_get(mapping, MAPPING_FAILED_COMPLETION_CONFIG_AT);
  if (at == 0) return true;
  uint64_t *place = region_at(region, at, sizeof *place, 8);
  if (place == NULL) return false;
  *place = config;
  return true;
}

// Offset of the numbers that describe the answer to such a command; 0: there is none.
static uint32_t field_of(enum command_kind kind) {
  switch (kind) {
    case COMMAND_EXECUTE:
      return MAPPING_FAILED_BATCH;
    case COMMAND_INITIALIZE:
      return MAPPING_FAILED_LOAD;
    case COMMAND_COMPLETE:
      return MAPPING_FAILED_COMPLETION;
    default:
      return 0;
  }
}

bool answer_prepared(struct control *control, struct mapping *mapping, const struct message *message, const char *reason) {
  uint32_t field = field_of(message->kind);
  if (field == 0 || mapping->bytes == NULL) return false;
  uint32_t answer = mapping_get(mapping, field);
  if (region_object(control->region, answer, MESSAGE_BYTES) == NULL) return false;
  if (!write_reason(control->region, mapping, field, reason)) return false;
  if (message->kind == COMMAND_COMPLETE && !keep_config(control->region, mapping, message->args)) return false;
  return queue_put(&control->answers, answer);
}
