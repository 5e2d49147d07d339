/* SPDX-License-Identifier: Apache-2.0 */
/* store_audit_scan: reads the history from end to end, for operator verbs. Blocking; never on a
 * loop.
 *
 * One scan is one transaction that sees the database as it was when it began, whatever the running
 * service adds meanwhile. Rows come one by one: memory holds one case and the sums of the days. */
#ifndef ROUTING_STORE_AUDIT_SCAN_H
#define ROUTING_STORE_AUDIT_SCAN_H

#include "services/routing/audit_check.h"
#include "services/routing/audit_json.h"

struct audit_scan;

struct audit_scan *audit_scan_open(const char *conninfo, struct error *err); /* NULL: no database */
void audit_scan_close(struct audit_scan *scan); /* rolls back; NULL is fine */

/* Whether all that began to write before an instant has ended. To be asked before the scan begins:
 * what ends in between would be missed. */
bool audit_scan_is_quiet(struct audit_scan *scan, int64_t since_us, bool *quiet, struct error *err);
bool audit_scan_begin(struct audit_scan *scan, struct error *err);

/* The day of the first row; false in *any when there is no row. */
bool audit_scan_first_day(struct audit_scan *scan, bool *any, int64_t *day, struct error *err);

/* Checkpoints since a day, in order. */
bool audit_scan_checkpoints(struct audit_scan *scan, int64_t from_day, struct audit_list *list,
                            struct error *err);

/* Each case that moved since an instant, all its rows in the order of their versions; they live
 * until on_case returns. */
typedef void audit_on_case(const struct audit_row *rows, size_t count, void *arg);
bool audit_scan_cases(struct audit_scan *scan, int64_t since_us, audit_on_case *on_case, void *arg,
                      struct error *err);

/* Each case whose version (0: gone) is not the newest one of its history (0: none). */
typedef void audit_on_head(const struct uuid *case_id, int32_t version, int32_t newest, void *arg);
bool audit_scan_heads(struct audit_scan *scan, audit_on_head *on_head, void *arg,
                      struct error *err);

/* The sums of the days first … last that have rows, in order, in the arena. */
bool audit_scan_days(struct audit_scan *scan, int64_t first_day, int64_t last_day,
                     struct arena *arena, struct audit_day **days, size_t *count,
                     struct error *err);

/* Stores a checkpoint and ends the transaction; *added tells whether somebody was faster. */
bool audit_scan_add(struct audit_scan *scan, const struct audit_checkpoint *checkpoint, bool *added,
                    struct error *err);

#endif
