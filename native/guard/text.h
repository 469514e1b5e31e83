// Texts of somebody else: an executor may have been taken over by its guest, and a path may hold anything.
#ifndef GUARD_TEXT_H
#define GUARD_TEXT_H

#include <stddef.h>

// Makes the text fit to be a part of one line: control characters, separators of lines and marks that change the direction of what
// follows become blanks; a byte that is not UTF-8 becomes '?'. The tab stays. As printableLogLine of host/text.ts.
void text_make_printable(char *text, size_t length);

// How many bytes of the text have room, so that no character is left in half.
size_t text_fitting(const char *text, size_t room);

#endif
