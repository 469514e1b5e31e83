// Handles untrusted texts: a guest may control its executor, and a path may contain any bytes.
#ifndef GUARD_TEXT_H
#define GUARD_TEXT_H

#include <stddef.h>

// Makes a text printable within one line: control characters, line separators and marks that change the writing direction become blanks; a
// byte that is not UTF-8 becomes '?'. Tabs stay. This is what printableLogLine of host/text.ts does.
void text_make_printable(char *text, size_t length);

// Number of bytes of the text that fit in room without splitting a character.
size_t text_fitting(const char *text, size_t room);

#endif
