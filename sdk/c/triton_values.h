/** Elements of BYTES tensors, and the numbers FP16 and BF16. Included by triton.h. */
#ifndef TRITON_VALUES_H
#define TRITON_VALUES_H

#include "triton.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------- BYTES tensors */

enum { TRITON_LENGTH_BYTES = 4 };

/** An element of a BYTES tensor. The bytes are those of the data, not a copy. */
typedef struct triton_bytes {
  const uint8_t *bytes;
  uint32_t length;
} triton_bytes;

/** Reads elements one after the other. Set data and size, and at to 0. */
typedef struct triton_bytes_reader {
  const uint8_t *data;
  uint32_t size;
  /** Offset of the next element. */
  uint32_t at;
} triton_bytes_reader;

static inline triton_bytes_reader triton_bytes_read(const void *data, uint32_t size) {
  triton_bytes_reader reader = {(const uint8_t *)data, size, 0};
  return reader;
}

/**
 * Goes to the next element.
 * @return false after the last one; also when the data end within an element: `at` is then below `size`
 */
static inline bool triton_bytes_next(triton_bytes_reader *reader, triton_bytes *element) {
  const uint32_t rest = reader->size - reader->at;
  if (rest < TRITON_LENGTH_BYTES) return false;
  const uint8_t *from = reader->data + reader->at;
  const uint32_t length = from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
  if (length > rest - TRITON_LENGTH_BYTES) return false;
  element->bytes = from + TRITON_LENGTH_BYTES;
  element->length = length;
  reader->at += TRITON_LENGTH_BYTES + length;
  return true;
}

/**
 * Copies the data of a BYTES input to `target` for `reader`. Records an error of the request if the input has another
 * datatype or more than `capacity` bytes, if an element is cut off, or if their number does not fit the shape.
 */
static inline bool triton_input_read_bytes(triton_input input, void *target, uint32_t capacity,
                                           triton_bytes_reader *reader) {
  triton_shape shape;
  uint32_t size;
  if (!triton_input_require_datatype(input, TRITON_BYTES) || !triton_input_shape(input, &shape)) return false;
  if (!triton_input_read_all(input, target, capacity, &size)) return false;
  *reader = triton_bytes_read(target, size);
  triton_bytes element;
  int64_t count = 0;
  while (triton_bytes_next(reader, &element)) count++;
  const bool cut_off = reader->at < size;
  reader->at = 0;
  if (!cut_off && count == triton_shape_elements(&shape)) return true;
  triton_message message;
  triton_message_begin_input(&message, input);
  if (cut_off) {
    triton_message_add(&message, " ends within an element");
  } else {
    triton_message_add(&message, " has ");
    triton_message_add_int(&message, count);
    triton_message_add(&message, " elements, but the shape ");
    triton_message_add_shape(&message, &shape);
  }
  triton_response_error_message(input.request, TRITON_ERROR_INVALID_ARG, &message);
  return false;
}

/** Collects elements in a buffer of the model. Set data and capacity, and the others to 0 or false. */
typedef struct triton_bytes_writer {
  uint8_t *data;
  uint32_t capacity;
  uint32_t size;
  /** Whether an element did not fit. It and all later ones are missing. */
  bool is_full;
} triton_bytes_writer;

static inline triton_bytes_writer triton_bytes_write(void *data, uint32_t capacity) {
  triton_bytes_writer writer = {(uint8_t *)data, capacity, 0, false};
  return writer;
}

/* no_builtin: clang would replace the loop by a call of memcpy, which does not exist without a library. */
__attribute__((no_builtin)) static inline void triton_copy_bytes(uint8_t *to, const uint8_t *from, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) to[at] = from[at];
}

/** Adds an element. @return false if the buffer has no room for it */
static inline bool triton_bytes_add(triton_bytes_writer *writer, const void *bytes, uint32_t length) {
  const uint32_t room = writer->capacity - writer->size;
  if (writer->is_full || room < TRITON_LENGTH_BYTES || length > room - TRITON_LENGTH_BYTES) {
    writer->is_full = true;
    return false;
  }
  uint8_t *to = writer->data + writer->size;
  for (uint32_t byte = 0; byte < TRITON_LENGTH_BYTES; byte++) to[byte] = (uint8_t)(length >> (8 * byte));
  triton_copy_bytes(to + TRITON_LENGTH_BYTES, (const uint8_t *)bytes, length);
  writer->size += TRITON_LENGTH_BYTES + length;
  return true;
}

/** Adds a text, without its final zero. */
static inline bool triton_bytes_add_text(triton_bytes_writer *writer, const char *text) {
  return triton_bytes_add(writer, text, triton_text_length(text));
}

/** Creates the output as a BYTES tensor with these elements. An element that did not fit is an error of the request. */
static inline bool triton_output_set_bytes(triton_output output, const triton_shape *shape,
                                           const triton_bytes_writer *writer) {
  if (writer->is_full) {
    triton_response_error(output.request, TRITON_ERROR_INTERNAL, "the model's buffer for an output is too small");
    return false;
  }
  return triton_output_create(output, TRITON_BYTES, shape, writer->size) &&
         triton_output_write(output, 0, writer->data, writer->size);
}

/* ------------------------------------------------------------------------------------------- FP16 and BF16 */

static inline uint32_t triton_f32_bits(float value) {
  union {
    float value;
    uint32_t bits;
  } both;
  both.value = value;
  return both.bits;
}

static inline float triton_f32_of_bits(uint32_t bits) {
  union {
    float value;
    uint32_t bits;
  } both;
  both.bits = bits;
  return both.value;
}

/** Returns the value of an FP16. */
static inline float triton_f16_to_f32(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t exponent = (uint32_t)(half >> 10) & 0x1f;
  const uint32_t fraction = half & 0x3ff;
  if (exponent == 0x1f) return triton_f32_of_bits(sign | 0x7f800000 | fraction << 13 | (fraction ? 0x400000 : 0));
  /* A subnormal is its fraction in units of 2^-24. */
  if (exponent == 0) return triton_f32_of_bits(sign | triton_f32_bits((float)fraction * 0x1p-24f));
  return triton_f32_of_bits(sign | ((exponent << 23 | fraction << 13) + (112u << 23)));
}

/** Returns the FP16 nearest to the value; of two, the even one. */
static inline uint16_t triton_f16_from_f32(float value) {
  const uint32_t bits = triton_f32_bits(value);
  const uint32_t sign = (bits & 0x80000000) >> 16;
  const uint32_t size = bits & 0x7fffffff;
  if (size > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (size >> 13 & 0x3ff));
  /* 65,536 and more: infinity. */
  if (size >= 0x47800000) return (uint16_t)(sign | 0x7c00);
  if (size >= 0x38800000) {
    const uint32_t shifted = size - (112u << 23);
    return (uint16_t)(sign | (shifted + 0xfff + (shifted >> 13 & 1)) >> 13);
  }
  /* At most half of the smallest FP16. */
  if (size <= 0x33000000) return (uint16_t)sign;
  const uint32_t shift = 126 - (size >> 23);
  const uint32_t fraction = (size & 0x7fffff) | 0x800000;
  const uint32_t whole = fraction >> shift;
  const uint32_t rest = fraction & (((uint32_t)1 << shift) - 1);
  const uint32_t half = (uint32_t)1 << (shift - 1);
  return (uint16_t)(sign | (whole + (rest > half || (rest == half && (whole & 1)))));
}

/** Returns the value of a BF16. */
static inline float triton_bf16_to_f32(uint16_t half) { return triton_f32_of_bits((uint32_t)half << 16); }

/** Returns the BF16 nearest to the value; of two, the even one. */
static inline uint16_t triton_bf16_from_f32(float value) {
  const uint32_t bits = triton_f32_bits(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#ifdef __cplusplus
}
#endif

#endif
