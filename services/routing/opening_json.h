/* SPDX-License-Identifier: Apache-2.0 */
/* opening_json: reads what shall be opened, and the report that goes with it.
 *
 *   {process, category, level?, title?, description, location?: {lat, lon, address?},
 *    media?: [https URL …], unit?, language?, reporter_ref?, details?: {…}}
 *   a split: {category, level?, unit?, description?, reason: {text}, note?} */
#ifndef ROUTING_OPENING_JSON_H
#define ROUTING_OPENING_JSON_H

#include "common/buffer.h"
#include "services/routing/opening.h"

/* Texts live in the arena; details are read as the process that is named wants them, from the book.
 * Unknown members are faults. */
bool opening_json_read(struct opening_request *request, const struct process_book *book,
                       int64_t now_us, const char *text, size_t size, struct arena *arena,
                       struct error *err);

/* What is split off, and why. */
struct split_request {
    const char *category;
    int level; /* enum case_level; -1: as the category */
    const char *unit;
    const char *description; /* NULL: the parent's */
    const char *reason, *note;
};
bool split_json_read(struct split_request *split, const char *text, size_t size,
                     struct arena *arena, struct error *err);

/* A report as it is kept; texts live in the arena. Faults name the field. */
bool opening_json_read_report(struct opening_report *report, const char *text, size_t size,
                              struct arena *arena, struct error *err);

/* The report in the form of vn.hanoi.submission.submitted.v1. */
void opening_json_write_report(struct buffer *out, const struct opening_report *report,
                               const struct case_snapshot *opened);

#endif
