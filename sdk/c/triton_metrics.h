/** Metrics of any kind, with labels. Included by triton.h. */
#ifndef TRITON_METRICS_H
#define TRITON_METRICS_H

#include "triton.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A label beside those of the model. */
typedef struct triton_label {
  const char *name;
  uint32_t name_length;
  const char *value;
  uint32_t value_length;
} triton_label;

/** A label from two texts that end with a zero. */
static inline triton_label triton_label_of(const char *name, const char *value) {
  triton_label label = {name, triton_text_length(name), value, triton_text_length(value)};
  return label;
}

/**
 * Creates a metric. Metrics of one name and other labels are one family. The same name and labels give the same metric.
 * @param labels `label_count` of them; the pointer may be NULL if there are none
 * @param buckets `bucket_count` ascending upper bounds of a histogram; other kinds have none
 * @return TRITON_METRIC_REFUSED if the host refuses it; triton_last_error has the reason
 */
static inline triton_metric triton_metric_create(triton_metric_kind kind, const char *name, const char *help,
                                                 const triton_label *labels, uint32_t label_count,
                                                 const double *buckets, uint32_t bucket_count) {
  return (triton_metric)triton_v1_metric_create((uint32_t)kind, name, triton_text_length(name), help,
                                                triton_text_length(help), labels, label_count, buckets, bucket_count);
}

/** Adds an observation to a histogram. @param value finite @return whether it was added */
static inline bool triton_metric_observe(triton_metric metric, double value) {
  return triton_v1_metric_observe(metric, value) == 0;
}

/** Writes the value of a counter or gauge, over all instances. @return false if the host refuses it */
static inline bool triton_metric_value(triton_metric metric, double *value) {
  return triton_v1_metric_value(metric, value) == 0;
}

/** Releases the metric: the server removes it when no other instance uses it. @return false if the host refuses it */
static inline bool triton_metric_delete(triton_metric metric) { return triton_v1_metric_delete(metric) == 0; }

#ifdef __cplusplus
}
#endif

#endif
