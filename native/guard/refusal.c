#include "refusal.h"

#include <stddef.h>
#include <stdio.h>

#include "../generated/layout.h"

// A reference count that never drops to zero: blocks that are built within a text must never be freed separately.
#define PINNED_REFERENCES (1u << 20)
// Limit of the arguments of an instance; the server sends seven.
#define PAIRS_MAX 64
// Number of messages that are answered before the guard does its other tasks.
#define ROUND_MAX 16

// Bytes of the region that the server does not read again.
struct scratch {
  uint64_t at;
  uint64_t end;
};

void refusal_begin(struct refusal *refusal, const char *reason) {
  *refusal = (struct refusal){.active = true};
  snprintf(refusal->reason, sizeof refusal->reason, "%s", reason);
  text_make_printable(refusal->reason, strlen(refusal->reason));
}

// The characters of the string at handle.
static struct scratch text_scratch(struct region *region, uint64_t handle) {
  struct scratch none = {0, 0};
  uint8_t *string = region_object(region, handle, STRING_BYTES);
  if (string == NULL) return none;
  uint64_t length = *(uint64_t *)(string + STRING_LENGTH);
  uint64_t data = *(uint64_t *)(string + STRING_DATA);
  if (length == 0 || region_object(region, data, length) == NULL) return none;
  return (struct scratch){data + OWNERSHIP_BYTES, data + OWNERSHIP_BYTES + length};
}

// The longest value in the instance's arguments: its configuration.
static struct scratch longest_value(struct region *region, uint64_t args) {
  struct scratch longest = {0, 0};
  uint8_t *dictionary = region_object(region, args, DICTIONARY_BYTES);
  if (dictionary == NULL) return longest;
  uint32_t count = *(uint32_t *)(dictionary + DICTIONARY_LENGTH);
  uint64_t pairs = *(uint64_t *)(dictionary + DICTIONARY_VALUES);
  if (count > PAIRS_MAX) return longest;
  for (uint32_t index = 0; index < count; index++) {
    uint8_t *all = region_object(region, pairs, (uint64_t)count * PAIR_BYTES);
    if (all == NULL) return longest;
    struct scratch value = text_scratch(region, *(uint64_t *)(all + index * PAIR_BYTES + PAIR_VALUE));
    if (value.end - value.at > longest.end - longest.at) longest = value;
  }
  return longest;
}

// Allocates a zeroed block for an object of this size from the scratch. Returns its handle, or 0 when there is no room.
static uint64_t scratch_block(struct region *region, struct scratch *scratch, uint64_t bytes) {
  uint64_t handle = (scratch->at + 15) / 16 * 16;
  uint64_t size = OWNERSHIP_BYTES + bytes;
  if (handle < scratch->at || handle > scratch->end || size > scratch->end - handle) return 0;
  uint8_t *block = region_at(region, handle, size, 16);
  if (block == NULL) return 0;
  memset(block, 0, size);
  *(uint32_t *)block = PINNED_REFERENCES;
  scratch->at = handle + size;
  return handle;
}

// Builds an InitializeResponseShm with the reason. Returns its handle, or 0 when there is no room.
static uint64_t failure_record(struct region *region, struct scratch scratch, const char *reason) {
  uint64_t record = scratch_block(region, &scratch, INITIALIZE_RESPONSE_BYTES);
  uint64_t string = record == 0 ? 0 : scratch_block(region, &scratch, STRING_BYTES);
  if (string == 0 || scratch.end - scratch.at < 2 * OWNERSHIP_BYTES) return 0;
  uint64_t room = scratch.end - scratch.at - 2 * OWNERSHIP_BYTES;
  uint64_t length = text_fitting(reason, room);
  uint64_t characters = scratch_block(region, &scratch, length);
  uint8_t *bytes = region_object(region, characters, length);
  if (bytes == NULL) return 0;
  memcpy(bytes, reason, length);
  uint8_t *text = region_object(region, string, STRING_BYTES);
  *(uint64_t *)(text + STRING_DATA) = characters;
  *(uint64_t *)(text + STRING_LENGTH) = length;
  uint8_t *response = region_object(region, record, INITIALIZE_RESPONSE_BYTES);
  response[INITIALIZE_RESPONSE_HAS_ERROR] = 1;
  response[INITIALIZE_RESPONSE_IS_ERROR_SET] = 1;
  *(uint64_t *)(response + INITIALIZE_RESPONSE_ERROR) = string;
  return record;
}

// Builds an AutoCompleteResponseShm with the unchanged configuration, on top of the request's message. The unused part of the message has
// the size of the record, and the command before it serves as the reference count, which never drops to zero.
//
//   message:  command | args | inline_response .. response_cond
//   record:   ownership word | AutoCompleteResponseShm
//
// Returns the handle of the record, or 0 when it does not lie in the region.
static uint64_t unchanged_record(struct region *region, uint64_t message, uint64_t config) {
  uint64_t record = message + OWNERSHIP_BYTES;
  uint8_t *object = region_object(region, record, AUTO_COMPLETE_RESPONSE_BYTES);
  if (object == NULL) return 0;
  memset(object, 0, AUTO_COMPLETE_RESPONSE_BYTES);
  object[AUTO_COMPLETE_RESPONSE_HAS_MODEL_CONFIG] = 1;
  *(uint64_t *)(object + AUTO_COMPLETE_RESPONSE_MODEL_CONFIG) = config;
  return record;
}

// Sends the request's message back as its answer.
static void send_back(struct control *control, uint64_t handle, uint32_t command, uint64_t args) {
  if (message_write(control->region, handle, command, args)) queue_put(&control->answers, handle);
}

static enum refusal_step refuse_load(struct refusal *refusal, struct control *control, struct mapping *mapping, uint64_t handle,
                                     const struct message *message) {
  refusal->load_failed = true;
  uint64_t record = failure_record(control->region, longest_value(control->region, message->args), refusal->reason);
  if (record != 0) {
    send_back(control, handle, message->command + 1, record);
    return REFUSAL_GOES_ON;
  }
  return answer_prepared(control, mapping, message, refusal->reason) ? REFUSAL_GOES_ON : REFUSAL_FAILED_LOAD;
}

enum refusal_step refusal_answer(struct refusal *refusal, struct control *control, struct mapping *mapping, uint64_t handle) {
  struct message message;
  if (!message_read(control->region, handle, &message)) return REFUSAL_GOES_ON;
  switch (message.kind) {
    case COMMAND_COMPLETE:
      // Up to 24.04 a server that receives a failure here waits for the end of any of its stubs. So the load is refused when the
      // instance is initialised, or with its first request.
      send_back(control, handle, message.command + 1, unchanged_record(control->region, handle, message.args));
      return REFUSAL_GOES_ON;
    case COMMAND_INITIALIZE:
      return refuse_load(refusal, control, mapping, handle, &message);
    case COMMAND_FINALIZE:
      send_back(control, handle, message.command + 1, message.args);
      return REFUSAL_FINALISED;
    case COMMAND_EXECUTE:
      answer_prepared(control, mapping, &message, refusal->reason);
      return REFUSAL_GOES_ON;
    default:
      return REFUSAL_GOES_ON;
  }
}

enum refusal_step refusal_serve(struct refusal *refusal, struct control *control, struct mapping *mapping) {
  uint64_t handle;
  // The server waits for each answer, so there are only a few commands.
  for (int round = 0; round < ROUND_MAX && queue_take(&control->commands, &handle); round++) {
    if (handle == 0) {
      if (refusal->load_failed) return REFUSAL_FAILED_LOAD;
      continue;
    }
    enum refusal_step step = refusal_answer(refusal, control, mapping, handle);
    if (step != REFUSAL_GOES_ON) return step;
  }
  return REFUSAL_GOES_ON;
}
