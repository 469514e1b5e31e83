#include <unistd.h>

#include "unit.h"

void test_mapping(void) {
  static char text[MAPPING_TEXT_BYTES + 1];
  static char longer[MAPPING_TEXT_BYTES + 100];
  struct mapping mapping;
  make_mapping(&mapping);
  CHECK(mapping_get(&mapping, MAPPING_VERSION) == MAPPING_TABLE_VERSION);
  // An executor cannot take the memory away from under the guard.
  CHECK(ftruncate(mapping.fd, 0) != 0);
  CHECK(ftruncate(mapping.fd, MAPPING_BYTES * 2) != 0);
  mapping_set_text(&mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, "a reason");
  mapping_get_text(&mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, text);
  CHECK_TEXT(text, "a reason");
  memset(longer, 'x', sizeof longer - 1);
  mapping_set_text(&mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, longer);
  mapping_set(&mapping, MAPPING_STOP_TEXT_LENGTH, UINT32_MAX);
  mapping_get_text(&mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, text);
  CHECK(strlen(text) == MAPPING_TEXT_BYTES);
  mapping.bytes[MAPPING_STOP_TEXT] = 0xff;
  mapping_get_text(&mapping, MAPPING_STOP_TEXT_LENGTH, MAPPING_STOP_TEXT, text);
  CHECK(text[0] == '?');
  close_mapping(&mapping);
}
