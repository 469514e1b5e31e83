#include "../guard/refusal.h"

#include <stdlib.h>

#include "../generated/layout.h"
#include "unit.h"

#define REASON "this machine lacks a feature: use another"

static uint64_t value_at(struct region *region, uint64_t offset) { return *(uint64_t *)region_at(region, offset, 8, 8); }

static uint64_t args_of(struct region *region, uint64_t handle) {
  return value_at(region, handle + OWNERSHIP_BYTES + MESSAGE_ARGS);
}

// The frozen command comes again, and is refused. Returns the answer's number minus the command's.
static int serve(struct refusal *refusal, struct frozen *frozen, enum refusal_step expected) {
  struct mapping none = {.fd = -1};
  struct message before;
  struct message after;
  uint64_t answer = 0;
  uint64_t command = frozen_command(&frozen->control);
  message_read(&frozen->region, command, &before);
  server_put(&frozen->control.commands, command);
  CHECK(refusal_serve(refusal, &frozen->control, &none) == expected);
  if (!server_take(&frozen->control.answers, &answer)) return 0;
  CHECK(answer == command);
  message_read(&frozen->region, answer, &after);
  return (int)(after.command - before.command);
}

static void load(const char *release, const char *reason) {
  struct frozen frozen;
  struct refusal refusal;
  struct mapping none = {.fd = -1};
  open_moment(&frozen, release, "initialize-request");
  refusal_begin(&refusal, reason);
  CHECK(serve(&refusal, &frozen, REFUSAL_GOES_ON) == 1);
  uint64_t record = args_of(&frozen.region, frozen_command(&frozen.control)) + OWNERSHIP_BYTES;
  uint8_t *response = region_at(&frozen.region, record, INITIALIZE_RESPONSE_BYTES, 8);
  CHECK(response[INITIALIZE_RESPONSE_HAS_ERROR] == 1 && response[INITIALIZE_RESPONSE_IS_ERROR_SET] == 1);
  uint64_t string = value_at(&frozen.region, record + INITIALIZE_RESPONSE_ERROR) + OWNERSHIP_BYTES;
  uint64_t length = value_at(&frozen.region, string + STRING_LENGTH);
  uint64_t characters = value_at(&frozen.region, string + STRING_DATA);
  // A long reason is cut to the room that there is.
  CHECK(length == strlen(reason) || (length > 500 && length < strlen(reason)));
  CHECK(memcmp(region_object(&frozen.region, characters, length), reason, length) == 0);
  server_put(&frozen.control.commands, 0);
  CHECK(refusal_serve(&refusal, &frozen.control, &none) == REFUSAL_FAILED_LOAD);
  frozen_close(&frozen);
}

static void completion(const char *release) {
  struct frozen frozen;
  struct refusal refusal;
  open_moment(&frozen, release, "auto-complete-request");
  refusal_begin(&refusal, REASON);
  uint64_t command = frozen_command(&frozen.control);
  uint64_t config = args_of(&frozen.region, command);
  CHECK(serve(&refusal, &frozen, REFUSAL_GOES_ON) == 1);
  uint64_t record = args_of(&frozen.region, command) + OWNERSHIP_BYTES;
  uint8_t *response = region_at(&frozen.region, record, AUTO_COMPLETE_RESPONSE_BYTES, 8);
  CHECK(response[AUTO_COMPLETE_RESPONSE_HAS_MODEL_CONFIG] == 1 && response[0] == 0);
  CHECK(value_at(&frozen.region, record + AUTO_COMPLETE_RESPONSE_MODEL_CONFIG) == config);
  frozen_close(&frozen);
}

static void others(const char *release) {
  struct frozen frozen;
  struct refusal refusal;
  open_moment(&frozen, release, "finalize-request");
  refusal_begin(&refusal, REASON);
  CHECK(serve(&refusal, &frozen, REFUSAL_FINALISED) == 1);
  frozen_close(&frozen);
  open_moment(&frozen, release, "execute-request");
  CHECK(serve(&refusal, &frozen, REFUSAL_GOES_ON) == 0);
  // Handles that do not lie in the region.
  server_put(&frozen.control.commands, UINT64_MAX);
  server_put(&frozen.control.commands, 8);
  struct mapping none = {.fd = -1};
  CHECK(refusal_serve(&refusal, &frozen.control, &none) == REFUSAL_GOES_ON);
  frozen_close(&frozen);
}

void test_refusal(void) {
  static char longer[4000];
  memset(longer, 'x', sizeof longer - 1);
  for (int release = 0; release < RELEASES; release++) {
    load(releases[release], REASON);
    completion(releases[release]);
    others(releases[release]);
  }
  load("24.10", longer);
}
