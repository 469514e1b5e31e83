#include "../generated/layout.h"
#include "unit.h"

static uint32_t references(struct region *region, uint64_t handle) { return *(uint32_t *)region_at(region, handle, 4, 4); }

void test_control(void) {
  for (int index = 0; index < RELEASES; index++) {
    struct frozen frozen;
    struct control other;
    open_moment(&frozen, releases[index], "initialize-request");
    uint64_t queue = frozen.control.commands.at - OWNERSHIP_BYTES;
    uint64_t slots = frozen.control.commands.slots - OWNERSHIP_BYTES;
    uint32_t of_queue = references(&frozen.region, queue);
    uint32_t of_slots = references(&frozen.region, slots);
    CHECK(control_retain_queues(&frozen.control));
    CHECK(references(&frozen.region, queue) == of_queue + 1 && references(&frozen.region, slots) == of_slots + 1);
    uint8_t *block = region_object(&frozen.region, CONTROL_HANDLE, CONTROL_BYTES);
    block[CONTROL_STUB_HEALTH] = 0;
    control_report_health(&frozen.control);
    CHECK(block[CONTROL_STUB_HEALTH] == 1);
    CHECK(!control_open(&other, &frozen.region, 0));
    CHECK(!control_open(&other, &frozen.region, frozen.region.size));
    CHECK(!control_open(&other, &frozen.region, UINT64_MAX - 8));
    // A block that is none: its queues are anywhere.
    CHECK(!control_open(&other, &frozen.region, queue));
    frozen_close(&frozen);
  }
}
