/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as JSON: whole with their definition over HTTP, short on the topics. */
#ifndef ANALYTICS_FIGURE_JSON_H
#define ANALYTICS_FIGURE_JSON_H

#include "common/json.h"
#include "services/analytics/figure.h"

/* An instant that is not there yet is left out. */
void figure_put_window(struct json_writer *writer, const struct moment *moment);
void figure_put_bilingual(struct json_writer *writer, const char *name,
                          const struct bilingual *text);
/* {code, definition_version, label, formula, source}, as members. */
void figure_put_definition(struct json_writer *writer, const struct indicator *indicator);
/* One item with its definition. */
void figure_put(struct json_writer *writer, const struct figure *figure,
                const struct moment *moment);
/* Members counts, by_category, overdue, handovers. */
void figure_put_counts(struct json_writer *writer, const struct unit_counts *counts);

/* The data of vn.hanoi.indicator.changed.v1 and vn.hanoi.unit_counts.changed.v1. Returns how many
 * bytes at the beginning depend on nothing but the value. */
size_t figure_event_write(struct buffer *out, const struct figure *figure,
                          const struct moment *moment, int64_t sequence);
size_t unit_event_write(struct buffer *out, const struct unit_counts *counts,
                        const struct moment *moment, int64_t sequence);

/* "<code>|<dimension=value,…>", dimensions in alphabetical order. */
const char *figure_key(const struct figure *figure, struct arena *arena);

#endif
