/* SPDX-License-Identifier: Apache-2.0 */
/* csv: writes tables as RFC 4180 has them: lines end with CR LF, what needs it stands in quotes,
 * UTF-8 without a mark. Pure.
 *
 * Tables are opened in spreadsheets, which take a field that begins with = + - @, a tab or a CR for
 * a formula. Names come from other systems, so such a text gets an apostrophe in front of it, by
 * which spreadsheets know text; no code of ours begins so. Numbers are ours, and stay as they are.
 */
#ifndef ANALYTICS_CSV_H
#define ANALYTICS_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buffer.h"

struct csv {
    struct buffer *out; /* borrowed */
    bool comma;         /* a field of the line precedes */
};

void csv_start(struct csv *csv, struct buffer *out);
/* Names of columns, as one line. */
void csv_put_header(struct csv *csv, const char *const *names, size_t count);
/* Fields; NULL is an empty one. */
void csv_put_text(struct csv *csv, const char *text);
void csv_put_int(struct csv *csv, int64_t value);
/* At most so many digits after the point, rounded as in JSON, so that both tell the same number;
 * below CSV_REAL_MAX. */
enum { CSV_DECIMALS_MAX = 6 };
#define CSV_REAL_MAX 9e9
void csv_put_real(struct csv *csv, double value, int decimals);
void csv_put_bool(struct csv *csv, bool value);
void csv_put_instant(struct csv *csv, int64_t instant);
/* 0 is an empty field. */
void csv_put_instant_if(struct csv *csv, int64_t instant);
void csv_put_empty(struct csv *csv, size_t count);
void csv_end_line(struct csv *csv);

#endif
