// Opens a raw dump of a shared-memory segment with Boost itself and checks it (scripts/heapcheck.sh):
//   1. every block and boundary tag, and the totals of the header, by a walk of our own;
//   2. Boost's check_sanity;
//   3. with --grow BYTES: Boost grows its copy, and checks again;
//   4. with --alloc: Boost allocates and frees twelve blocks in its copy, and checks again. That walks and rebalances the free tree, so
//      a wrong colour or link tends to show.
// Prints "OK" and exits 0, or prints lines "FAIL ..." and exits 1. Never build it with -DNDEBUG: an assertion of Boost is a verdict, too.
// The dump is read into private memory; the file is never changed. docs/internals/heap.md describes the layout.
#include <boost/interprocess/managed_external_buffer.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <sys/mman.h>
#include <vector>

namespace bip = boost::interprocess;

static int failures = 0;

static void fail(const char *what, uint64_t at) {
  std::printf("FAIL %s at %llu\n", what, static_cast<unsigned long long>(at));
  failures++;
}

static uint64_t word(const char *at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

struct Block {
  uint64_t units;
  bool allocated, previous_allocated;

  explicit Block(uint64_t control)
      : units(control & ((uint64_t(1) << 62) - 1)), allocated(control >> 63), previous_allocated((control >> 62) & 1) {}
};

// Comes before Boost's own check: a broken tree may make that one loop.
static void walk(const char *base, uint64_t size) {
  const uint64_t first = (56 + word(base + 0x20) + 15) / 16 * 16;
  const uint64_t end = first + (size - first) / 16 * 16 - 16;
  uint64_t at = first, used_bytes = 0, free_blocks = 0;
  Block before(uint64_t(1) << 63);
  while (at < end) {
    const Block block(word(base + at + 8));
    if (block.units < 3 || at + block.units * 16 > end) return fail("size of a block", at);
    if (block.previous_allocated != before.allocated) fail("previous-allocated bit", at);
    if (!before.allocated && !block.allocated) fail("two free blocks side by side", at);
    if (!before.allocated && word(base + at) != before.units) fail("size of the free block before", at);
    if (block.allocated) used_bytes += block.units * 16;
    else free_blocks++;
    before = block;
    at += block.units * 16;
  }
  if (at != end) fail("end of the walk", at);
  const Block last(word(base + end + 8));
  if (!last.allocated || last.units != (end - first) / 16 || last.previous_allocated != before.allocated) fail("end block", end);
  if (word(base + first) != (end - first) / 16) fail("distance to the end in the first block", first);
  if (word(base) != free_blocks) fail("number of free blocks in the header", 0);
  if (word(base + 0x28) != used_bytes) fail("allocated bytes in the header", 0x28);
}

static void grow(char *base, size_t size, size_t by) {
  bip::managed_external_buffer segment(bip::open_only, base, size + by);
  segment.grow(by);
  if (!segment.check_sanity()) fail("check_sanity after growth", 0);
}

static void allocate(char *base, size_t size) {
  bip::managed_external_buffer segment(bip::open_only, base, size);
  const size_t before = segment.get_free_memory();
  std::vector<void *> blocks;
  for (size_t bytes : {1, 40, 41, 100, 1000, 5000}) {
    for (void *block : {segment.allocate(bytes, std::nothrow), segment.allocate_aligned(bytes, 32, std::nothrow)}) {
      if (block == nullptr) continue;
      std::memset(block, 0xa5, bytes);
      blocks.push_back(block);
    }
  }
  if (!segment.check_sanity()) fail("check_sanity after allocation", 0);
  for (void *block : blocks) segment.deallocate(block);
  if (!segment.check_sanity() || segment.get_free_memory() != before) fail("free memory after deallocation", 0);
}

static std::vector<char> contents(const char *path) {
  std::FILE *file = std::fopen(path, "rb");
  if (file == nullptr) {
    std::perror(path);
    std::exit(2);
  }
  std::vector<char> bytes;
  char piece[65536];
  for (size_t length; (length = std::fread(piece, 1, sizeof piece, file)) > 0;) bytes.insert(bytes.end(), piece, piece + length);
  std::fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  bool allocates = false;
  size_t growth = 0;
  const char *path = nullptr;
  for (int i = 1; i < argc; i++) {
    const std::string argument = argv[i];
    if (argument == "--alloc") allocates = true;
    else if (argument == "--grow" && i + 1 < argc) growth = std::strtoul(argv[++i], nullptr, 10);
    else path = argv[i];
  }
  if (path == nullptr) {
    std::fprintf(stderr, "usage: heapcheck [--alloc] [--grow BYTES] DUMP\n");
    return 2;
  }
  const std::vector<char> dump = contents(path);
  // The segment's blocks are aligned relative to its base, so the copy begins on a page.
  void *copy = mmap(nullptr, dump.size() + growth, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED) {
    std::perror("mmap");
    return 2;
  }
  char *base = static_cast<char *>(copy);
  std::memcpy(base, dump.data(), dump.size());
  bip::managed_external_buffer segment(bip::open_only, base, dump.size());
  const size_t size = segment.get_size();
  if (size > dump.size()) fail("size in the header beyond the dump", size);
  if (failures == 0) walk(base, size);
  if (failures == 0 && !segment.check_sanity()) fail("check_sanity", 0);
  if (failures == 0 && growth > 0) grow(base, dump.size(), growth);
  if (failures == 0 && allocates) allocate(base, dump.size() + growth);
  std::puts(failures == 0 ? "OK" : "NOT OK");
  return failures == 0 ? 0 : 1;
}
