/* SPDX-License-Identifier: Apache-2.0 */
/* metrics: Prometheus text format 0.0.4.
 *
 * A registry holds families; a family holds series by label values (never ids or other unbounded
 * values; at most METRICS_SERIES_MAX series a family, further ones fold into label "other").
 * Look a series up once and keep the pointer: it lives as long as the registry. Base units:
 * seconds, bytes. Histograms have fixed bounds from 0.5 ms to 10 s. Loop thread only. */
#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <stdint.h>

#include "common/buffer.h"

enum { METRICS_LABELS_MAX = 4, METRICS_SERIES_MAX = 256 };

struct metrics;
struct metrics_counter;
struct metrics_gauge;
struct metrics_histogram;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);

/* labels: "name=value" texts, NULL-terminated; may be NULL. name and help are borrowed for ever. */
struct metrics_counter *metrics_counter(struct metrics *metrics, const char *name, const char *help,
                                        const char *const *labels);
struct metrics_gauge *metrics_gauge(struct metrics *metrics, const char *name, const char *help,
                                    const char *const *labels);
struct metrics_histogram *metrics_histogram(struct metrics *metrics, const char *name,
                                            const char *help, const char *const *labels);

void metrics_add(struct metrics_counter *counter, uint64_t more);
void metrics_set(struct metrics_gauge *gauge, double value);
void metrics_observe(struct metrics_histogram *histogram, double seconds);

/* Called before each scrape, to fill gauges that are read from elsewhere. */
typedef void metrics_collect(struct metrics *metrics, void *arg);
void metrics_on_collect(struct metrics *metrics, metrics_collect *collect, void *arg);

void metrics_write(struct metrics *metrics, struct buffer *out);

#endif
