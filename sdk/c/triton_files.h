/** The files beside the model: the folder `files` of its version, and folders below it. Included by triton.h. */
#ifndef TRITON_FILES_H
#define TRITON_FILES_H

#include "triton.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Returns the number of files. */
static inline uint32_t triton_file_count(void) { return (uint32_t)triton_v1_file_count(); }

/** Writes the path of a file, such as en/words.txt. @param file below triton_file_count @return as triton_request_id does */
static inline uint32_t triton_file_name(uint32_t file, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_file_name(file, target, capacity);
}

/** Returns the size of a file in bytes; -1 if the model does not have it. */
static inline int64_t triton_file_size(const char *name) {
  return triton_v1_file_size(name, triton_text_length(name));
}

/**
 * Copies bytes of a file, from `offset` on, to `target`.
 * @return number of bytes: `length`, or less if the file ends before; -1 if the model does not have the file, or it cannot be
 * read: triton_last_error says why
 */
static inline int32_t triton_file_read(const char *name, int64_t offset, void *target, uint32_t length) {
  return triton_v1_file_read(name, triton_text_length(name), offset, target, length);
}

#ifdef __cplusplus
}
#endif

#endif
