/*
 * Answers a request with one response for each element of IN: OUT is the element and IDX its index. DELAY has the
 * milliseconds before each response. The execution itself takes WAIT milliseconds; the responses come after it, so
 * requests are served side by side.
 */
#include <triton.h>

enum { STREAMS_MAX = 64, ELEMENTS_MAX = 4096, NS_PER_MS = 1000000 };

/* A request with responses to come; unused if count is 0. */
typedef struct stream {
  triton_request request;
  uint32_t count;
  uint32_t at;
  int64_t due_ms;
  int32_t values[ELEMENTS_MAX];
  uint32_t delays[ELEMENTS_MAX];
} stream;

static stream streams[STREAMS_MAX];
static const triton_shape one = {1, {1}};

static int64_t monotonic_ms(void) { return triton_clock(TRITON_CLOCK_MONOTONIC) / NS_PER_MS; }

static bool set_output(triton_request request, const char *name, triton_datatype datatype, const void *value) {
  triton_output output;
  if (!triton_output_find(request, name, &output)) return true;
  return triton_output_create(output, datatype, &one, 4) && triton_output_write(output, 0, value, 4);
}

/* Sets the time of the next response. */
static void wait_for_next(stream *s) {
  s->due_ms = monotonic_ms() + s->delays[s->at];
  triton_poll_after(s->delays[s->at]);
}

static void send_next(stream *s) {
  const bool is_set = set_output(s->request, "OUT", TRITON_INT32, &s->values[s->at]) &&
                      set_output(s->request, "IDX", TRITON_UINT32, &s->at);
  s->at++;
  if (!is_set || s->at == s->count) {
    triton_response_finish(s->request);
    s->count = 0;
    return;
  }
  triton_response_send(s->request);
  wait_for_next(s);
}

static bool read_input(triton_request request, const char *name, triton_datatype datatype, void *target, uint32_t *bytes) {
  triton_input input;
  triton_shape shape;
  if (!triton_input_require(request, name, &input)) return false;
  if (!triton_input_require_datatype(input, datatype) || !triton_input_shape(input, &shape)) return false;
  return triton_input_read_all(input, target, ELEMENTS_MAX * 4, bytes);
}

static void serve(triton_request request) {
  static uint32_t wait[ELEMENTS_MAX];
  uint32_t value_bytes, delay_bytes, wait_bytes;
  stream *s = streams;
  while (s < streams + STREAMS_MAX && s->count > 0) s++;
  if (s == streams + STREAMS_MAX) {
    triton_response_error(request, TRITON_ERROR_UNAVAILABLE, "too many requests are open: send it later");
    return;
  }
  if (!read_input(request, "IN", TRITON_INT32, s->values, &value_bytes)) return;
  if (!read_input(request, "DELAY", TRITON_UINT32, s->delays, &delay_bytes)) return;
  if (!read_input(request, "WAIT", TRITON_UINT32, wait, &wait_bytes)) return;
  if (value_bytes != delay_bytes || wait_bytes != 4) {
    triton_response_error(request, TRITON_ERROR_INVALID_ARG, "IN and DELAY must have as many elements, and WAIT one");
    return;
  }
  if (value_bytes == 0) {
    triton_response_finish(request);
    return;
  }
  if (!triton_request_keep(request, &s->request)) {
    triton_response_error(request, TRITON_ERROR_UNAVAILABLE, "too many requests are open: send it later");
    return;
  }
  s->count = value_bytes / 4;
  s->at = 0;
  triton_sleep(wait[0]);
  wait_for_next(s);
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) serve(request);
  return TRITON_OK;
}

int32_t triton_poll(void) {
  for (stream *s = streams; s < streams + STREAMS_MAX; s++) {
    if (s->count == 0) continue;
    const int64_t left = s->due_ms - monotonic_ms();
    if (left > 0) triton_poll_after((uint32_t)left);
    else send_next(s);
  }
  return TRITON_OK;
}
