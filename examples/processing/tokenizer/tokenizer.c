/**
 * Converts texts to the numbers of their word pieces, as BERT's tokenizer does (WordPiece).
 *
 * TEXT has the shape [texts, 1]; INPUT_IDS and ATTENTION_MASK have [texts, n], where n is the number of tokens of the longest text.
 * The number of a token is its line in the file files/vocab.txt beside this module, from 0. A token that begins with ## continues a word.
 * The mask is 1 for a token, and 0 for the [PAD] that fills a shorter row.
 */
#include "triton.h"

enum {
  VOCABULARY_BYTES_MAX = 262144,
  ENTRIES_MAX = 32768,
  /** A power of two, larger than ENTRIES_MAX: the search for a missing entry ends at an empty slot. */
  SLOTS = 65536,
  TEXTS_MAX = 32,
  TEXT_BYTES_MAX = 1048576,
  TOKENS_MAX = 512,
  /** A longer word is unknown. The limit bounds the time for a word. */
  WORD_BYTES_MAX = 100,
  NONE = -1
};

#define VOCABULARY_FILE "vocab.txt"

typedef struct piece {
  const uint8_t *bytes;
  uint32_t length;
} piece;

static uint8_t vocabulary[VOCABULARY_BYTES_MAX];
static piece entries[ENTRIES_MAX];
static uint32_t entry_count;
/** A hash table: 0 for an empty slot, or else the entry's number + 1. */
static uint16_t slots[SLOTS];

static int64_t pad, unknown, begin, end;
static uint32_t max_tokens;

static uint8_t texts[TEXT_BYTES_MAX];
static int64_t ids[TEXTS_MAX][TOKENS_MAX];
static uint32_t counts[TEXTS_MAX];

/* --------------------------------------------------------------------------------------------- vocabulary */

static bool same(piece one, piece other) {
  if (one.length != other.length) return false;
  for (uint32_t at = 0; at < one.length; at++) {
    if (one.bytes[at] != other.bytes[at]) return false;
  }
  return true;
}

/** The slot of a piece, or the empty slot where it belongs. The hash is FNV-1a. */
static uint32_t slot_of(piece wanted) {
  uint32_t hash = 2166136261u;
  for (uint32_t at = 0; at < wanted.length; at++) hash = (hash ^ wanted.bytes[at]) * 16777619u;
  uint32_t slot = hash % SLOTS;
  while (slots[slot] != 0 && !same(entries[slots[slot] - 1], wanted)) slot = (slot + 1) % SLOTS;
  return slot;
}

/** Returns the number of an entry, or NONE. */
static int64_t find(piece wanted) { return (int64_t)slots[slot_of(wanted)] - 1; }

static int64_t find_text(const char *text) {
  const piece wanted = {(const uint8_t *)text, triton_text_length(text)};
  return find(wanted);
}

/** Adds each line of the file as an entry. @return false if there are too many */
static bool add_lines(uint32_t size) {
  for (uint32_t at = 0; at < size;) {
    uint32_t length = 0;
    while (at + length < size && vocabulary[at + length] != '\n') length++;
    if (entry_count == ENTRIES_MAX) return false;
    const piece line = {vocabulary + at, length};
    entries[entry_count++] = line;
    slots[slot_of(line)] = (uint16_t)entry_count;
    at += length + 1;
  }
  return true;
}

static bool read_max_tokens(void) {
  char digits[4];
  const int32_t length = triton_model_parameter("max_tokens", digits, sizeof digits);
  if (length < 1 || length > (int32_t)sizeof digits) return false;
  max_tokens = 0;
  for (int32_t at = 0; at < length; at++) {
    if (digits[at] < '0' || digits[at] > '9') return false;
    max_tokens = max_tokens * 10 + (uint32_t)(digits[at] - '0');
  }
  return max_tokens >= 2 && max_tokens <= TOKENS_MAX;
}

int32_t triton_initialize(void) {
  if (!read_max_tokens()) return triton_fail("the model parameter max_tokens must be a whole number from 2 to 512");
  const int64_t size = triton_file_size(VOCABULARY_FILE);
  if (size < 0) return triton_fail("the model needs the file files/" VOCABULARY_FILE " in its version's folder");
  if (size > VOCABULARY_BYTES_MAX) return triton_fail("the file files/" VOCABULARY_FILE " has more than 262144 bytes");
  const int32_t read = triton_file_read(VOCABULARY_FILE, 0, vocabulary, sizeof vocabulary);
  if (read < 0) return triton_fail("the file files/" VOCABULARY_FILE " cannot be read");
  if (!add_lines((uint32_t)read)) return triton_fail("the file files/" VOCABULARY_FILE " has more than 32768 lines");
  pad = find_text("[PAD]");
  unknown = find_text("[UNK]");
  begin = find_text("[CLS]");
  end = find_text("[SEP]");
  if (pad < 0 || unknown < 0 || begin < 0 || end < 0) {
    return triton_fail("the file files/" VOCABULARY_FILE " must contain the lines [PAD], [UNK], [CLS] and [SEP]");
  }
  return TRITON_OK;
}

/* -------------------------------------------------------------------------------------------------- words */

/** The tokens of one text. Those that do not fit are dropped; there is always room for the last [SEP]. */
typedef struct token_row {
  int64_t *ids;
  uint32_t count;
} token_row;

static void add_token(token_row *row, int64_t id) {
  if (row->count < max_tokens - 1) row->ids[row->count++] = id;
}

/** The longest piece at the start of `rest`. `continues`: the piece is not the first one of its word. */
static int64_t longest(piece rest, bool continues, uint32_t *length) {
  uint8_t with_mark[2 + WORD_BYTES_MAX] = {'#', '#'};
  const uint32_t mark = continues ? 2 : 0;
  triton_copy_bytes(with_mark + mark, rest.bytes, rest.length);
  for (*length = rest.length; *length > 0; --*length) {
    const piece wanted = {with_mark, mark + *length};
    const int64_t id = find(wanted);
    if (id != NONE) return id;
  }
  return NONE;
}

/** Adds the pieces of a word, or [UNK] if the vocabulary does not have a piece for each part of it. */
static void add_word(token_row *row, piece word) {
  if (word.length > WORD_BYTES_MAX) {
    add_token(row, unknown);
    return;
  }
  const uint32_t count_before = row->count;
  for (uint32_t at = 0, length; at < word.length; at += length) {
    const piece rest = {word.bytes + at, word.length - at};
    const int64_t id = longest(rest, at > 0, &length);
    if (id == NONE) {
      row->count = count_before;
      add_token(row, unknown);
      return;
    }
    add_token(row, id);
  }
}

static bool is_space(uint8_t byte) { return byte <= ' ' || byte == 0x7f; }

/** Whether the byte belongs to a word: an ASCII letter in lower case, a digit, or a part of any other UTF-8 character. */
static bool is_of_word(uint8_t byte) {
  return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

/** Splits the text into words and signs, and adds their tokens. Changes ASCII letters of the text to lower case. */
static void tokenize(token_row *row, uint8_t *text, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) {
    if (text[at] >= 'A' && text[at] <= 'Z') text[at] = (uint8_t)(text[at] + 'a' - 'A');
  }
  row->count = 0;
  add_token(row, begin);
  for (uint32_t at = 0, from; at < length;) {
    from = at;
    while (at < length && is_of_word(text[at])) at++;
    /* A sign is a word of its own. */
    if (at == from && is_space(text[at++])) continue;
    const piece word = {text + from, at - from};
    add_word(row, word);
  }
  row->ids[row->count++] = end;
}

/* ----------------------------------------------------------------------------------------------- requests */

/** Creates an output from rows of `width` numbers: the ids, or 1 for each token. A row is filled by `filler`. */
static void respond(triton_request request, const char *name, uint32_t rows, uint32_t width, bool mask, int64_t filler) {
  triton_output output;
  if (!triton_output_find(request, name, &output)) return;
  triton_shape shape;
  shape.rank = 2;
  shape.dims[0] = rows;
  shape.dims[1] = width;
  const uint32_t row_bytes = width * (uint32_t)sizeof(int64_t);
  if (!triton_output_create(output, TRITON_INT64, &shape, rows * row_bytes)) return;
  for (uint32_t row = 0; row < rows; row++) {
    static int64_t values[TOKENS_MAX];
    for (uint32_t at = 0; at < width; at++) {
      const bool is_token = at < counts[row];
      values[at] = !is_token ? filler : mask ? 1 : ids[row][at];
    }
    triton_output_write(output, row * row_bytes, values, row_bytes);
  }
}

static void answer(triton_request request) {
  triton_input input;
  triton_bytes_reader reader;
  triton_bytes text;
  if (!triton_input_require(request, "TEXT", &input)) return;
  if (!triton_input_read_bytes(input, texts, sizeof texts, &reader)) return;
  uint32_t rows = 0, width = 0;
  while (triton_bytes_next(&reader, &text)) {
    if (rows == TEXTS_MAX) {
      triton_response_error(request, TRITON_ERROR_INVALID_ARG, "input TEXT has more than 32 texts");
      return;
    }
    token_row row = {ids[rows], 0};
    tokenize(&row, texts + (text.bytes - texts), text.length);
    if (row.count > width) width = row.count;
    counts[rows++] = row.count;
  }
  respond(request, "INPUT_IDS", rows, width, false, pad);
  respond(request, "ATTENTION_MASK", rows, width, true, 0);
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
