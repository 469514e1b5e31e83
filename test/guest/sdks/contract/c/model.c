/* As ../assemblyscript/model.ts. */
#include <triton.h>

enum { ROOM = 65536, TEXT_MAX = 1024 };

static uint8_t report[ROOM];
static uint8_t data[ROOM];
static triton_bytes_writer lines;
static int64_t count;

static void say(const triton_message *line) {
  triton_bytes_add(&lines, line->bytes, line->length);
  count++;
}

/** Says the beginning and a text of the host, whose length may be negative: then "none". */
static void say_text(const char *begin, const char *text, int32_t length) {
  triton_message line;
  triton_message_begin(&line, begin);
  if (length < 0) {
    triton_message_add(&line, "none");
  } else {
    triton_message_add_bytes(&line, text, (uint32_t)length);
  }
  say(&line);
}

static void say_int(const char *begin, int64_t value) {
  triton_message line;
  triton_message_begin(&line, begin);
  triton_message_add_int(&line, value);
  say(&line);
}

static void report_tensors(const char *begin, triton_side side) {
  char name[TEXT_MAX];
  for (uint32_t index = 0; index < triton_config_tensor_count(side); index++) {
    triton_message line;
    triton_shape shape;
    triton_message_begin(&line, begin);
    triton_message_add_bytes(&line, name, triton_config_tensor_name(side, index, name, sizeof name));
    triton_message_add(&line, " ");
    triton_message_add_int(&line, triton_config_tensor_datatype(side, index));
    triton_config_tensor_shape(side, index, &shape);
    for (uint32_t dim = 0; dim < shape.rank; dim++) {
      triton_message_add(&line, " ");
      triton_message_add_int(&line, shape.dims[dim]);
    }
    say(&line);
  }
}

static void report_config(void) {
  char text[TEXT_MAX];
  uint32_t index = 0;
  say_text("name ", text, (int32_t)triton_config_name(text, sizeof text));
  say_text("version ", text, (int32_t)triton_config_version(text, sizeof text));
  say_int("max_batch_size ", triton_config_max_batch_size());
  report_tensors("input ", TRITON_INPUTS);
  report_tensors("output ", TRITON_OUTPUTS);
  const bool found = triton_config_tensor_find(TRITON_OUTPUTS, "REPORT", &index);
  say_int("REPORT is output ", found ? (int64_t)index : -1);
  const bool is_input = triton_config_tensor_find(TRITON_INPUTS, "NOTHING", &index);
  say_text(is_input ? "NOTHING is an input" : "NOTHING is not an input", text, 0);
  say_text("greeting ", text, triton_model_parameter("greeting", text, sizeof text));
  say_text("nothing ", text, triton_model_parameter("nothing", text, sizeof text));
}

static void report_parameter(triton_request request, const char *key) {
  char text[TEXT_MAX];
  triton_message line;
  triton_message_begin(&line, key);
  switch (triton_request_parameter_type(request, key)) {
    case TRITON_PARAMETER_STRING:
      triton_message_add(&line, " string ");
      triton_message_add_bytes(&line, text, (uint32_t)triton_request_parameter(request, key, text, sizeof text));
      break;
    case TRITON_PARAMETER_INT:
      triton_message_add(&line, " int ");
      triton_message_add_int(&line, triton_request_parameter_int(request, key));
      break;
    case TRITON_PARAMETER_BOOL:
      triton_message_add(&line, triton_request_parameter_int(request, key) ? " bool true" : " bool false");
      break;
    case TRITON_PARAMETER_DOUBLE:
      triton_message_add(&line, " double ");
      triton_message_add_int(&line, (int64_t)(triton_request_parameter_double(request, key) * 1000));
      break;
    default:
      triton_message_add(&line, " none");
  }
  say(&line);
}

/** Adds a number with one decimal place. */
static void add_number(triton_message *line, double value) {
  const int64_t tenths = (int64_t)(value * 10);
  triton_message_add(line, " ");
  triton_message_add_int(line, tenths / 10);
  triton_message_add(line, ".");
  triton_message_add_int(line, tenths < 0 ? -tenths % 10 : tenths % 10);
}

static void add_flag(triton_message *line, bool flag) { triton_message_add(line, flag ? " true" : " false"); }

static void say_refusal(const char *begin) {
  char text[TEXT_MAX];
  const uint32_t length = triton_last_error(text, sizeof text);
  say_text(begin, text, (int32_t)length);
}

static void report_counters(void) {
  const triton_label labels[] = {triton_label_of("stage", "one"), triton_label_of("stage", "two \\ \"2\"")};
  const triton_metric one = triton_metric_create(TRITON_COUNTER, "contract_things", "things", &labels[0], 1, NULL, 0);
  const triton_metric two = triton_metric_create(TRITON_COUNTER, "contract_things", "things", &labels[1], 1, NULL, 0);
  double values[2];
  triton_message line;
  triton_metric_add(one, 1.5);
  triton_metric_add(two, 40);
  triton_message_begin(&line, "counters");
  if (triton_metric_value(one, &values[0])) add_number(&line, values[0]);
  if (triton_metric_value(two, &values[1])) add_number(&line, values[1]);
  add_flag(&line, triton_metric_set(one, 1));
  add_flag(&line, triton_metric_add(one, -1));
  say(&line);
}

static void report_gauge(void) {
  const triton_metric gauge = triton_metric_create(TRITON_GAUGE, "contract_gauge", "a gauge", NULL, 0, NULL, 0);
  double value;
  triton_message line;
  triton_metric_set(gauge, 7);
  triton_metric_add(gauge, -9);
  triton_message_begin(&line, "gauge");
  if (triton_metric_value(gauge, &value)) add_number(&line, value);
  add_flag(&line, triton_metric_observe(gauge, 1));
  add_flag(&line, triton_metric_delete(gauge));
  add_flag(&line, triton_metric_add(gauge, 1));
  say(&line);
  say_refusal("deleted ");
}

static void report_metrics(void) {
  static const double buckets[] = {0.5, 10};
  const triton_label label = triton_label_of("stage", "all");
  report_counters();
  report_gauge();
  const triton_metric refused = triton_metric_create(TRITON_GAUGE, "a b", "", NULL, 0, NULL, 0);
  say_refusal(refused == TRITON_METRIC_REFUSED ? "refused true " : "refused false ");
  const triton_metric histogram =
      triton_metric_create(TRITON_HISTOGRAM, "contract_sizes", "sizes", &label, 1, buckets, 2);
  if (histogram == TRITON_METRIC_REFUSED) {
    say_refusal("histogram ");
    return;
  }
  triton_message line;
  triton_message_begin(&line, "histogram");
  const bool seen = triton_metric_observe(histogram, 0.25) && triton_metric_observe(histogram, 2);
  add_flag(&line, triton_metric_observe(histogram, 100) && seen);
  add_flag(&line, triton_metric_add(histogram, 1));
  say(&line);
}

static void write_log(void) {
  triton_message line;
  triton_log(TRITON_LOG_INFO, "an info line");
  triton_log(TRITON_LOG_WARNING, "a warning");
  triton_log(TRITON_LOG_ERROR, "an error");
  triton_log(TRITON_LOG_VERBOSE, "a verbose line");
  triton_message_begin(&line, "enabled");
  add_flag(&line, triton_log_enabled(TRITON_LOG_ERROR));
  add_flag(&line, triton_log_enabled(TRITON_LOG_VERBOSE));
  say(&line);
}

static void report_files(void) {
  char text[TEXT_MAX];
  triton_message line;
  for (uint32_t file = 0; file < triton_file_count(); file++) {
    text[triton_file_name(file, text, sizeof text - 1)] = '\0';
    triton_message_begin(&line, text);
    triton_message_add(&line, " ");
    triton_message_add_int(&line, triton_file_size(text));
    say(&line);
  }
  say_text("words ", text, triton_file_read("en/words.txt", 0, text, sizeof text));
  say_text("piece ", text, triton_file_read("en/words.txt", 3, text, 4));
  say_int("end ", triton_file_read("en/words.txt", 1000000, text, 4));
  triton_message_begin(&line, "missing ");
  triton_message_add_int(&line, triton_file_size("nothing"));
  triton_message_add(&line, " ");
  triton_message_add_int(&line, triton_file_read("../1/model.wasm", 0, text, 4));
  triton_message_add(&line, " ");
  triton_message_add_bytes(&line, text, triton_last_error(text, sizeof text));
  say(&line);
}

static bool report_bytes(triton_request request) {
  triton_input input;
  triton_bytes_reader reader;
  triton_bytes elements[64];
  uint32_t read = 0;
  if (!triton_input_require(request, "TEXTS", &input)) return false;
  if (!triton_input_read_bytes(input, data, sizeof data, &reader)) return false;
  while (read < 64 && triton_bytes_next(&reader, &elements[read])) read++;
  for (; read > 0; count++) {
    read--;
    triton_bytes_add(&lines, elements[read].bytes, elements[read].length);
  }
  return true;
}

static bool report_halves(triton_request request) {
  triton_input input;
  uint32_t size;
  if (!triton_input_require(request, "FLOATS", &input)) return false;
  if (!triton_input_require_datatype(input, TRITON_FP32)) return false;
  if (!triton_input_read_all(input, data, sizeof data, &size)) return false;
  for (uint32_t at = 0; at < size; at += 4) {
    const float value = triton_f32_of_bits(data[at] | (uint32_t)data[at + 1] << 8 | (uint32_t)data[at + 2] << 16 |
                                           (uint32_t)data[at + 3] << 24);
    const uint16_t fp16 = triton_f16_from_f32(value);
    const uint16_t bf16 = triton_bf16_from_f32(value);
    triton_message line;
    triton_message_begin(&line, "");
    triton_message_add_int(&line, fp16);
    triton_message_add(&line, " ");
    triton_message_add_int(&line, triton_f32_bits(triton_f16_to_f32(fp16)));
    triton_message_add(&line, " ");
    triton_message_add_int(&line, bf16);
    triton_message_add(&line, " ");
    triton_message_add_int(&line, triton_f32_bits(triton_bf16_to_f32(bf16)));
    say(&line);
  }
  return true;
}

static bool is_id(triton_request request, const char *wanted) {
  char id[TEXT_MAX];
  const uint32_t length = triton_request_id(request, id, sizeof id);
  if (length != triton_text_length(wanted)) return false;
  for (uint32_t at = 0; at < length; at++) {
    if (id[at] != wanted[at]) return false;
  }
  return true;
}

static bool report_asked(triton_request request) {
  static const char *const keys[] = {"text", "int", "bool", "double", "missing"};
  if (is_id(request, "config")) report_config();
  if (is_id(request, "log")) write_log();
  if (is_id(request, "files")) report_files();
  if (is_id(request, "metrics")) report_metrics();
  if (is_id(request, "parameters")) {
    for (uint32_t key = 0; key < 5; key++) report_parameter(request, keys[key]);
  }
  if (is_id(request, "bytes")) return report_bytes(request);
  if (is_id(request, "halves")) return report_halves(request);
  return true;
}

static void answer(triton_request request) {
  triton_output output;
  triton_shape shape;
  lines = triton_bytes_write(report, sizeof report);
  count = 0;
  if (!report_asked(request)) return;
  shape.rank = 1;
  shape.dims[0] = count;
  if (triton_output_find(request, "REPORT", &output)) triton_output_set_bytes(output, &shape, &lines);
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (uint32_t request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
