#include "../guard/answers.h"

#include "../generated/layout.h"
#include "unit.h"

static void kinds(void) {
  static const struct {
    const char *moment;
    enum command_kind kind;
  } moments[] = {
    {"execute-request", COMMAND_EXECUTE},
    {"initialize-request", COMMAND_INITIALIZE},
    {"auto-complete-request", COMMAND_COMPLETE},
    {"finalize-request", COMMAND_FINALIZE},
  };
  for (int release = 0; release < RELEASES; release++) {
    for (size_t index = 0; index < sizeof moments / sizeof *moments; index++) {
      struct frozen frozen;
      struct message message;
      open_moment(&frozen, releases[release], moments[index].moment);
      CHECK(message_read(&frozen.region, frozen_command(&frozen.control), &message));
      CHECK(message.kind == moments[index].kind);
      frozen_close(&frozen);
    }
  }
}

// Room in the region: an answer, and two texts with their lengths.
#define ANSWER 4096
#define TEXT 5000
#define LENGTH 4992
#define SENTENCE 6000
#define SENTENCE_LENGTH 5992

static void describe(struct mapping *mapping, uint32_t field) {
  const uint32_t values[] = {ANSWER, TEXT, LENGTH, 8, SENTENCE + 3, SENTENCE_LENGTH, 3};
  for (uint32_t index = 0; index < sizeof values / sizeof *values; index++) mapping_set(mapping, field + 4 * index, values[index]);
}

static void texts(struct frozen *frozen, struct mapping *mapping) {
  const struct message execute = {.kind = COMMAND_EXECUTE};
  uint64_t handle = 0;
  describe(mapping, MAPPING_FAILED_BATCH);
  CHECK(answer_prepared(&frozen->control, mapping, &execute, "why \xc3\xbc it"));
  CHECK(server_take(&frozen->control.answers, &handle) && handle == ANSWER);
  CHECK(memcmp(frozen->region.base + TEXT, "why \xc3\xbc i", 8) == 0);
  CHECK(*(uint64_t *)(void *)(frozen->region.base + LENGTH) == 8);
  CHECK(memcmp(frozen->region.base + SENTENCE + 3, "why \xc3\xbc i", 8) == 0);
  CHECK(*(uint64_t *)(void *)(frozen->region.base + SENTENCE_LENGTH) == 11);
  // No character is cut in half.
  mapping_set(mapping, MAPPING_FAILED_BATCH_CAPACITY, 5);
  CHECK(answer_prepared(&frozen->control, mapping, &execute, "why \xc3\xbc it"));
  CHECK(*(uint64_t *)(void *)(frozen->region.base + LENGTH) == 4);
  server_take(&frozen->control.answers, &handle);
  // Neither text has a place: the answer says what it says.
  mapping_set(mapping, MAPPING_FAILED_BATCH_TEXT_AT, 0);
  mapping_set(mapping, MAPPING_FAILED_BATCH_SENTENCE_AT, 0);
  CHECK(answer_prepared(&frozen->control, mapping, &execute, "why"));
  server_take(&frozen->control.answers, &handle);
}

static void refuses(struct frozen *frozen, struct mapping *mapping, uint32_t field, uint32_t value) {
  const struct message execute = {.kind = COMMAND_EXECUTE};
  uint64_t handle = 0;
  describe(mapping, MAPPING_FAILED_BATCH);
  mapping_set(mapping, field, value);
  CHECK(!answer_prepared(&frozen->control, mapping, &execute, "why"));
  CHECK(!server_take(&frozen->control.answers, &handle));
}

static void outside(struct frozen *frozen, struct mapping *mapping) {
  const uint32_t end = (uint32_t)frozen->region.size;
  refuses(frozen, mapping, MAPPING_FAILED_BATCH, 0);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH, 3);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH, end - 16);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH, UINT32_MAX);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH_TEXT_AT, end - 4);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH_CAPACITY, UINT32_MAX);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH_LENGTH_AT, end);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH_LENGTH_AT, 0);
  refuses(frozen, mapping, MAPPING_FAILED_BATCH_SENTENCE_AT, UINT32_MAX);
}

void test_answers(void) {
  struct frozen frozen;
  struct mapping mapping;
  struct mapping none = {.fd = -1};
  const struct message complete = {.kind = COMMAND_COMPLETE, .args = 77};
  const struct message other = {.kind = COMMAND_OTHER};
  kinds();
  open_moment(&frozen, "24.10", "execute-request");
  make_mapping(&mapping);
  texts(&frozen, &mapping);
  outside(&frozen, &mapping);
  describe(&mapping, MAPPING_FAILED_COMPLETION);
  mapping_set(&mapping, MAPPING_FAILED_COMPLETION_CONFIG_AT, 7000);
  CHECK(answer_prepared(&frozen.control, &mapping, &complete, "why"));
  CHECK(*(uint64_t *)(void *)(frozen.region.base + 7000) == 77);
  mapping_set(&mapping, MAPPING_FAILED_COMPLETION_CONFIG_AT, 7001);
  CHECK(!answer_prepared(&frozen.control, &mapping, &complete, "why"));
  CHECK(!answer_prepared(&frozen.control, &mapping, &other, "why"));
  CHECK(!answer_prepared(&frozen.control, &none, &complete, "why"));
  close_mapping(&mapping);
  frozen_close(&frozen);
}
