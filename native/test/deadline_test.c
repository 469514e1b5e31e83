#include "../guard/deadline.h"

#include "unit.h"

#define CALL(number, state) ((uint32_t)(number) << PHASE_BITS | (state))

static void begin(struct mapping *mapping, uint32_t started, uint32_t limit_ms, uint32_t phase) {
  mapping_set(mapping, MAPPING_STARTED_MS, started);
  mapping_set(mapping, MAPPING_DEADLINE_MS, limit_ms);
  mapping_set(mapping, MAPPING_PHASE, phase);
  mapping_set(mapping, MAPPING_WANTED, 0);
}

void test_deadline(void) {
  struct mapping mapping;
  int64_t remaining = 0;
  char text[256];
  make_mapping(&mapping);
  CHECK(deadline_look(&mapping, 1000, &remaining) == DEADLINE_NONE);
  begin(&mapping, 1000, 200, CALL(7, PHASE_OPEN));
  CHECK(deadline_look(&mapping, 1200, &remaining) == DEADLINE_AHEAD && remaining == 0);
  CHECK(mapping_get(&mapping, MAPPING_PHASE) == CALL(7, PHASE_OPEN));
  CHECK(deadline_look(&mapping, 1203, &remaining) == DEADLINE_OVER && remaining == -3);
  CHECK(mapping_get(&mapping, MAPPING_PHASE) == CALL(7, PHASE_KILLED));
  begin(&mapping, 1000, 200, CALL(8, PHASE_LOCKED));
  CHECK(deadline_look(&mapping, 1300, &remaining) == DEADLINE_LOCKED && remaining == -100);
  CHECK(mapping_get(&mapping, MAPPING_PHASE) == CALL(8, PHASE_LOCKED));
  CHECK(mapping_get(&mapping, MAPPING_WANTED) == CALL(8, PHASE_KILLED));
  // The clock's low bits begin again.
  begin(&mapping, 0x7ffffff0, 200, CALL(9, PHASE_OPEN));
  CHECK(deadline_look(&mapping, 0x80000010ll, &remaining) == DEADLINE_AHEAD && remaining == 168);
  // A call that has begun after the guard has read its clock, also across the end of these bits.
  begin(&mapping, 1001, 200, CALL(10, PHASE_OPEN));
  CHECK(deadline_look(&mapping, 1000, &remaining) == DEADLINE_AHEAD && remaining == 200);
  CHECK(mapping_get(&mapping, MAPPING_PHASE) == CALL(10, PHASE_OPEN));
  begin(&mapping, 3, 200, CALL(11, PHASE_OPEN));
  CHECK(deadline_look(&mapping, 0x7ffffff0, &remaining) == DEADLINE_AHEAD && remaining == 200);
  deadline_announce(&mapping, 0x180000005ll);
  CHECK(mapping_get(&mapping, MAPPING_LOOKS_AT_MS) == 5);
  mapping_set(&mapping, MAPPING_LIMIT, LIMIT_INITIALIZE);
  deadline_reason(&mapping, 3, text, sizeof text);
  CHECK_TEXT(text, "the model exceeded its wasm_initialize_deadline_ms of 200 ms by 3 ms and was stopped");
  mapping_set(&mapping, MAPPING_LIMIT, LIMIT_FINALIZE);
  deadline_reason(&mapping, 3, text, sizeof text);
  CHECK_TEXT(text, "the model's triton_finalize took more than 5000 ms and was stopped");
  close_mapping(&mapping);
}
