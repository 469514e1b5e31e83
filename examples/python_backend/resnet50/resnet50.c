/**
 * A model that reads the kind of its instance: NVIDIA's example instance_kind, whose client calls the model resnet50. This one has
 * the same tensors, but not a neural network, so it needs no weights. It classifies an image by its mean colour: class
 * 100 r + 10 g + b is the colour of level r, g and b, each from 0 to 9. OUTPUT is minus the square of the distance to each colour.
 */
#include "triton.h"

enum { CHANNELS = 3, PIXELS = 224 * 224, LEVELS = 10, CLASSES = 1000, SLICE_PIXELS = 3136 };

/* The client subtracts the mean of ImageNet and divides by its deviation. Then nearly all values are from -2.25 to 2.25. */
static const float FIRST_LEVEL = -2.25f, LEVEL_STEP = 0.5f;

static float slice[SLICE_PIXELS];
static float scores[CLASSES];

/** Logs where the instance runs. A guest cannot use a GPU, so an instance_group of KIND_GPU fails the load. */
int32_t triton_initialize(void) {
  char kind[16], name[128];
  const uint32_t kind_length = (uint32_t)triton_argument("model_instance_kind", kind, sizeof kind);
  uint32_t name_length = (uint32_t)triton_argument("model_instance_name", name, sizeof name);
  if (name_length > sizeof name) name_length = sizeof name;
  if (kind_length == 3 && kind[0] == 'G') return triton_fail("a model in WebAssembly cannot use a GPU: set KIND_CPU");

  triton_message message;
  triton_message_begin(&message, "instance ");
  triton_message_add_bytes(&message, name, name_length);
  triton_message_add(&message, " has the kind ");
  triton_message_add_bytes(&message, kind, kind_length < sizeof kind ? kind_length : sizeof kind);
  triton_log_message(TRITON_LOG_INFO, &message);
  return TRITON_OK;
}

/** The mean of one channel of one image, which begins at `offset`. Reads it in slices. */
static float channel_mean(triton_input input, uint32_t offset) {
  double sum = 0;
  for (uint32_t pixel = 0; pixel < PIXELS; pixel += SLICE_PIXELS) {
    triton_input_read(input, offset + pixel * (uint32_t)sizeof(float), slice, sizeof slice);
    for (uint32_t at = 0; at < SLICE_PIXELS; at++) sum += (double)slice[at];
  }
  return (float)(sum / PIXELS);
}

static float squared_distance(float value, uint32_t level) {
  const float distance = value - (FIRST_LEVEL + LEVEL_STEP * (float)level);
  return distance * distance;
}

static void classify(triton_input input, uint32_t image) {
  float mean[CHANNELS];
  for (uint32_t channel = 0; channel < CHANNELS; channel++) {
    mean[channel] = channel_mean(input, (image * CHANNELS + channel) * PIXELS * (uint32_t)sizeof(float));
  }
  for (uint32_t class = 0; class < CLASSES; class++) {
    scores[class] = -squared_distance(mean[0], class / (LEVELS * LEVELS)) -
                    squared_distance(mean[1], class / LEVELS % LEVELS) - squared_distance(mean[2], class % LEVELS);
  }
}

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  triton_shape shape;
  if (!triton_input_require(request, "INPUT", &input) || !triton_output_find(request, "OUTPUT", &output)) return;
  if (!triton_input_require_datatype(input, TRITON_FP32) || !triton_input_shape(input, &shape)) return;

  /* The server has checked the shape: [images, 3, 224, 224]. The check here protects the slices if config.pbtxt changes. */
  const uint32_t image_bytes = CHANNELS * PIXELS * sizeof(float);
  const uint32_t images = triton_input_byte_size(input) / image_bytes;
  if (shape.rank != 4 || shape.dims[0] != images || triton_input_byte_size(input) % image_bytes != 0) {
    triton_response_error(request, TRITON_ERROR_INVALID_ARG, "input INPUT must have the shape [images, 3, 224, 224]");
    return;
  }

  shape.rank = 2;
  shape.dims[1] = CLASSES;
  if (!triton_output_create(output, TRITON_FP32, &shape, images * (uint32_t)sizeof scores)) return;
  for (uint32_t image = 0; image < images; image++) {
    classify(input, image);
    triton_output_write(output, image * (uint32_t)sizeof scores, scores, sizeof scores);
  }
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
