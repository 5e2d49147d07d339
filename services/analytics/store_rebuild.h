/* SPDX-License-Identifier: Apache-2.0 */
/* store_rebuild: the SQL of a rebuild (rebuild.h, sql/0011_rebuild.sql). Blocking; connections look
 * at the live tables and name the schema of those that were counted again. Failures are told on
 * standard error. */
#ifndef ANALYTICS_STORE_REBUILD_H
#define ANALYTICS_STORE_REBUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/verb.h"

/* NULL when it cannot be had. */
PGconn *store_rebuild_connect(const char *conninfo);
/* Takes the lock of which there is one, and makes the empty tables. False: another one has it. */
bool store_rebuild_begin(PGconn *conn);
bool store_rebuild_drop(PGconn *conn);

/* Rows (topic, partition, next offset) of the live service; hold: in a transaction that is begun
 * here, and in which nobody else moves them. NULL: refused. */
PGresult *store_rebuild_positions(PGconn *conn, bool hold);
int64_t store_rebuild_progress(PGconn *conn); /* grows with what is read again */

enum rebuild_side { REBUILD_LIVE, REBUILD_AGAIN };
/* All that was read of it is in its sums. False too when nobody can tell. */
bool store_rebuild_is_counted(PGconn *conn, enum rebuild_side side);

/* Keeps facts that the topics do not hold: of days before this one, or (NULL) all. Returns how
 * many; -1: refused. */
int64_t store_rebuild_keep(PGconn *conn, const int32_t *before);
bool store_rebuild_analyze(PGconn *conn);

/* One row: facts counted again, of them unknown to live, of them of another version or content. */
PGresult *store_rebuild_facts(PGconn *conn);
/* Rows (subject, how many sums there are on either side). */
PGresult *store_rebuild_sums(PGconn *conn);
/* Rows (subject, grouping, period, first, a, b, live data, data) of sums that differ; data is in
 * hexadecimal digits. */
PGresult *store_rebuild_differing(PGconn *conn);

/* In the transaction that holds the positions; ends it. */
bool store_rebuild_switch(PGconn *conn);

#endif
