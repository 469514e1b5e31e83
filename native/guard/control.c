#include "control.h"

#include <stdatomic.h>
#include <stddef.h>

#include "../generated/layout.h"

static uint8_t *object(struct control *control) {
  return region_object(control->region, control->handle, CONTROL_BYTES);
}

static uint64_t queue_handle(struct control *control, uint64_t offset) {
  return *(uint64_t *)(object(control) + offset);
}

bool control_open(struct control *control, struct region *region, uint64_t handle) {
  *control = (struct control){.region = region, .handle = handle};
  if (object(control) == NULL) return false;
  uint64_t commands = queue_handle(control, CONTROL_STUB_MESSAGE_QUEUE);
  uint64_t answers = queue_handle(control, CONTROL_PARENT_MESSAGE_QUEUE);
  uint64_t side = queue_handle(control, CONTROL_STUB_TO_PARENT_MQ);
  uint64_t streams = queue_handle(control, CONTROL_PARENT_TO_STUB_MQ);
  return queue_open(&control->commands, region, commands) && queue_open(&control->answers, region, answers) &&
         queue_open(&control->side, region, side) && queue_open(&control->streams, region, streams);
}

static bool retain(struct region *region, uint64_t handle) {
  _Atomic uint32_t *count = region_at(region, handle, sizeof *count, 8);
  if (count == NULL) return false;
  atomic_fetch_add(count, 1);
  return true;
}

bool control_retain_queues(struct control *control) {
  struct queue *queues[] = {&control->commands, &control->answers, &control->side, &control->streams};
  for (int index = 0; index < 4; index++) {
    struct queue *queue = queues[index];
    if (!retain(control->region, queue->at - OWNERSHIP_BYTES)) return false;
    if (!retain(control->region, queue->slots - OWNERSHIP_BYTES)) return false;
  }
  return true;
}

void control_report_health(struct control *control) {
  atomic_store((_Atomic uint8_t *)(object(control) + CONTROL_STUB_HEALTH), 1);
}
