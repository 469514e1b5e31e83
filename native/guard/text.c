#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

// Reads the character at the start of the text. Returns the number of its bytes, or 0 when it is not UTF-8.
static size_t decode(const unsigned char *text, size_t length, uint32_t *character) {
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t bytes = length_of(text[0]);
  if (bytes == 0 || bytes > length) return 0;
  uint32_t value = bytes == 1 ? text[0] : text[0] & (0x7fu >> bytes);
  for (size_t index = 1; index < bytes; index++) {
    if ((text[index] & 0xc0) != 0x80) return 0;
    value = value << 6 | (text[index] & 0x3fu);
  }
  if (value < smallest[bytes] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return 0;
  *character = value;
  return bytes;
}

static bool is_printable(uint32_t c) {
  if (c < 0x20) return c == '\t';
  if (c >= 0x7f && c < 0xa0) return false;
  bool separates = c == 0x2028 || c == 0x2029;
  bool turns = c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  return !separates && !turns;
}

void text_make_printable(char *text, size_t length) {
  size_t at = 0;
  while (at < length) {
    uint32_t character = 0;
    size_t bytes = decode((const unsigned char *)text + at, length - at, &character);
    if (bytes == 0) {
      text[at++] = '?';
      continue;
    }
    if (!is_printable(character)) memset(text + at, ' ', bytes);
    at += bytes;
  }
}

size_t text_fitting(const char *text, size_t room) {
  size_t length = strnlen(text, room);
  // The whole text fits.
  if (length < room || text[length] == '\0') return length;
  while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) length--;
  return length;
}
