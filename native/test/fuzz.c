// Damages frozen regions and mappings, and calls all functions that read them. With any contents, the guard must stay within its memory
// and must not wait. The number of a case is its seed, so a case can be repeated.
//
//   fuzz REGIONS CASES [FIRST]
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../generated/layout.h"
#include "../guard/deadline.h"
#include "../guard/exchange.h"
#include "../guard/mutex.h"
#include "../guard/refusal.h"
#include "../guard/settlement.h"
#include "check.h"
#include "frozen.h"

#define MOMENTS 4
// Limit of steps: in these tests no server does its steps.
#define STEPS_MAX 20

int checks_made;
int checks_failed;
static uint64_t seed;
static uint8_t *originals[MOMENTS];
static size_t sizes[MOMENTS];

// splitmix64
static uint64_t next(void) {
  uint64_t value = seed += 0x9e3779b97f4a7c15ull;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ value >> 27) * 0x94d049bb133111ebull;
  return value ^ value >> 31;
}

static uint64_t below(uint64_t end) { return next() % end; }

// A word that is small, near the region's end, near the largest, a place in the region, or anything.
static uint64_t word(size_t size) {
  switch (below(6)) {
    case 0:
      return below(64);
    case 1:
      return size - below(128);
    case 2:
      return UINT64_MAX - below(64);
    case 3:
      return below(size) & ~7ull;
    case 4:
      return UINT32_MAX - below(64);
    default:
      return next();
  }
}

static void write_word(uint8_t *bytes, size_t size, uint64_t at) {
  uint64_t value = word(size);
  if (at <= size - sizeof value) memcpy(bytes + at, &value, sizeof value);
}

// Places that mean something are hit more often than the rest of the region.
static uint64_t place(struct frozen *frozen) {
  const uint64_t around[] = {CONTROL_HANDLE, frozen->control.commands.at, frozen->control.answers.at, frozen->control.side.at,
                             frozen->control.commands.slots, frozen_command(&frozen->control)};
  uint64_t index = below(sizeof around / sizeof *around + 1);
  if (index == sizeof around / sizeof *around) return below(frozen->region.size) & ~7ull;
  return around[index] + below(160) / 8 * 8;
}

static void damage(struct frozen *frozen) {
  for (uint64_t count = below(12); count > 0; count--) write_word(frozen->region.base, frozen->region.size, place(frozen));
}

static void damage_mapping(struct mapping *mapping, size_t size) {
  for (uint32_t field = 4; field < MAPPING_RECORD; field += 4) {
    // The mapping's words name places of the region; 64 bits of such a word would hit two.
    if (field >= MAPPING_OUTCOME_TEXT && field < MAPPING_RECORD) break;
    if (below(2) == 0) mapping_set(mapping, field, (uint32_t)word(size));
    else if (below(2) == 0) mapping_set(mapping, field, (uint32_t)below(4));
  }
  mapping_set(mapping, MAPPING_INSTANCE, (uint32_t)below(4));
  mapping_set(mapping, MAPPING_OUTCOME_TEXT_LENGTH, (uint32_t)word(size));
}

static void settle(struct frozen *frozen, struct mapping *mapping) {
  static struct settlement settlement;
  settlement_recover(&frozen->control, mapping, (pid_t)word(frozen->region.size));
  settlement_begin(&settlement, mapping, STOP_DIED, "it died");
  for (int step = 0; step < STEPS_MAX; step++) {
    if (settlement_step(&settlement, &frozen->control, mapping) != SETTLED_NOT_YET) break;
    if (settlement.helper.pid > 0) usleep(1000);
  }
  // One that hangs ends by its own alarm.
  if (settlement.helper.pid > 0) waitpid(settlement.helper.pid, NULL, 0);
  settlement_hand_over(&settlement, mapping);
}

static void refuse(struct frozen *frozen, struct mapping *mapping) {
  static struct refusal refusal;
  refusal_begin(&refusal, "a reason that is longer than the smallest of the rooms that damaged words may leave for it");
  refusal_serve(&refusal, &frozen->control, mapping);
  refusal_answer(&refusal, &frozen->control, mapping, word(frozen->region.size));
}

static void run(struct frozen *frozen, struct mapping *mapping) {
  static char text[MAPPING_TEXT_BYTES + 1];
  int64_t remaining;
  struct control control;
  // Opened after the damage, and opened before it.
  bool open = control_open(&control, &frozen->region, below(4) == 0 ? word(frozen->region.size) : CONTROL_HANDLE);
  if (open && below(2) == 0) frozen->control = control;
  if (below(2) == 0) control_retain_queues(&frozen->control);
  mapping_get_text(mapping, MAPPING_OUTCOME_TEXT_LENGTH, MAPPING_OUTCOME_TEXT, text);
  deadline_look(mapping, (int64_t)next() >> 1, &remaining);
  deadline_reason(mapping, -1, text, sizeof text);
  control_report_health(&frozen->control);
  mutex_release(&frozen->region, word(frozen->region.size), (pid_t)word(frozen->region.size));
  if (below(2) == 0) settle(frozen, mapping);
  refuse(frozen, mapping);
  settle(frozen, mapping);
}

static void run_case(uint64_t number) {
  struct frozen frozen;
  struct mapping mapping;
  seed = number;
  uint64_t moment = below(MOMENTS);
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || write(fd, originals[moment], sizes[moment]) != (ssize_t)sizes[moment]) exit(2);
  if (region_map(&frozen.region, fd) != 0 || mapping_create(&mapping) != 0) exit(2);
  frozen_control(&frozen.control, &frozen.region);
  server_put(&frozen.control.commands, below(2) == 0 ? frozen_command(&frozen.control) : word(frozen.region.size));
  damage(&frozen);
  damage_mapping(&mapping, frozen.region.size);
  // The server adds to it at any moment.
  if (below(4) == 0 && ftruncate(fd, (off_t)(sizes[moment] + below(8) * 4096)) != 0) exit(2);
  run(&frozen, &mapping);
  munmap(mapping.bytes, MAPPING_BYTES);
  close(mapping.fd);
  frozen_close(&frozen);
}

static void read_originals(const char *folder) {
  static const char *const moments[MOMENTS] = {"initialize-request", "execute-request", "auto-complete-request", "finalize-request"};
  for (int moment = 0; moment < MOMENTS; moment++) {
    char path[512];
    struct frozen frozen;
    snprintf(path, sizeof path, "%s/24.10-%s.bin", folder, moments[moment]);
    frozen_open(&frozen, path);
    sizes[moment] = frozen.region.size;
    originals[moment] = malloc(frozen.region.size);
    if (originals[moment] == NULL) exit(2);
    memcpy(originals[moment], frozen.region.base, frozen.region.size);
    frozen_close(&frozen);
  }
}

int main(int count, char **words) {
  if (count < 3) {
    fprintf(stderr, "usage: fuzz REGIONS CASES [FIRST]\n");
    return 2;
  }
  uint64_t cases = strtoull(words[2], NULL, 10);
  uint64_t first = count > 3 ? strtoull(words[3], NULL, 10) : 0;
  bool quiet = cases > 1;
  read_originals(words[1]);
  for (uint64_t number = first; number < first + cases; number++) {
    // For whoever looks at a report: the case is the last line before it.
    if (!quiet || number % 1000 == 0) fprintf(stderr, "fuzz: case %llu\n", (unsigned long long)number);
    run_case(number);
  }
  printf("fuzz: %llu cases, from number %llu\n", (unsigned long long)cases, (unsigned long long)first);
  return 0;
}
