#include "../guard/text.h"

#include "unit.h"

static void becomes(const char *text, const char *expected) {
  char copy[64];
  snprintf(copy, sizeof copy, "%s", text);
  text_make_printable(copy, strlen(copy));
  CHECK_TEXT(copy, expected);
}

void test_text(void) {
  becomes("plain\ttext", "plain\ttext");
  becomes("a\nb\x1b[1m\x7f", "a b [1m ");
  becomes("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
  becomes("\xff\xc3", "??");
  // Overlong, a half of a pair, above the last character.
  becomes("\xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80", "?? ??? ????");
  // A control character of ISO 8859, the line separator, a mark that turns the direction.
  becomes("\xc2\x85.\xe2\x80\xa8.\xe2\x80\xae.", "  .   .   .");
  CHECK(text_fitting("abc", 3) == 3);
  CHECK(text_fitting("abc", 8) == 3);
  CHECK(text_fitting("ab\xc3\xbc", 3) == 2);
  CHECK(text_fitting("ab\xc3\xbc", 4) == 4);
  CHECK(text_fitting("abc", 0) == 0);
}
