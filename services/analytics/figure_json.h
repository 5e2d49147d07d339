/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as JSON: whole with their definition over HTTP, short on the topics. */
#ifndef ANALYTICS_FIGURE_JSON_H
#define ANALYTICS_FIGURE_JSON_H

#include "common/json.h"
#include "services/analytics/figure.h"
#include "services/analytics/slice.h"
#include "services/analytics/unit_counts.h"

/* Of which units a figure of the slice tells. */
void figure_put_unit_sets(struct json_writer *writer, const struct slice *slice,
                          const struct moment *moment);
/* unit_sets, window, as_of, cutoff: of a period that is over, the window ends with it, of the
 * present one now. An instant that is not there yet is left out. */
void figure_put_window(struct json_writer *writer, const struct slice *slice,
                       const struct moment *moment);
/* {code, definition_version, subject, kind, better, label, formula, note, source, threshold}, as
 * members. */
void figure_put_definition(struct json_writer *writer, const struct indicator *indicator);
void figure_put_dimensions(struct json_writer *writer, const struct slice *slice);
/* dimensions and period. */
void figure_put_slice(struct json_writer *writer, const struct slice *slice);
/* The numbers; hidden ones are told to be so. */
void figure_put_value(struct json_writer *writer, const struct figure *figure);
/* One item with its definition. */
void figure_put(struct json_writer *writer, const struct figure *figure, const struct slice *slice,
                const struct moment *moment);
/* Members counts, by_category, overdue, handovers; or that they are hidden. */
void figure_put_counts(struct json_writer *writer, const struct unit_counts *counts);

/* Type and data of the event that tells a figure: vn.hanoi.indicator.changed.v1, of times
 * vn.hanoi.duration.changed.v1. */
const char *figure_event_type(const struct figure *figure);
void figure_event_write(struct buffer *out, const struct figure *figure, const struct slice *slice,
                        const struct moment *moment, int64_t sequence);
/* vn.hanoi.unit_counts.changed.v1. Returns how many bytes at the beginning depend on nothing but
 * the counts. */
size_t unit_event_write(struct buffer *out, const struct unit_counts *counts,
                        const struct moment *moment, int64_t sequence);

#endif
