/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store.h"

#include <string.h>

#define SNAPSHOT "JOIN case_history h ON h.case_id = page.case_id AND h.version = page.version "

/* One index scan per desk gives its next rows in order; the page is the first of them all. */
static const struct pg_statement open_cases = {
    "case_list_open",
    "SELECT h.snapshot, page.due_at, page.case_id FROM ("
    "SELECT c.* FROM unnest($1::text[]) AS d (desk) CROSS JOIN LATERAL ("
    "SELECT case_id, version, due_at FROM case_current c "
    "WHERE c.desk = d.desk AND due_at IS NOT NULL AND (due_at, case_id) > ($2, $3::uuid) "
    "AND ($4::text IS NULL OR state = $4) AND ($5::text IS NULL OR queue = $5) "
    "AND ($6::text IS NULL OR assignee = $6) AND ($7::text IS NULL OR phase = $7) "
    "AND due_at < $8 ORDER BY due_at, case_id LIMIT $9::integer) c "
    "ORDER BY due_at, case_id LIMIT $9::integer) page " SNAPSHOT
    "ORDER BY page.due_at, page.case_id"};

static const struct pg_statement closed_cases = {
    "case_list_closed",
    "SELECT h.snapshot, h.at, page.case_id FROM ("
    "SELECT c.* FROM unnest($1::text[]) AS d (desk) CROSS JOIN LATERAL ("
    "SELECT case_id, version FROM case_current c "
    "WHERE c.desk = d.desk AND due_at IS NULL AND case_id < $2::uuid "
    "AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR queue = $4) "
    "AND ($5::text IS NULL OR assignee = $5) AND ($6::text IS NULL OR phase = $6) "
    "ORDER BY case_id DESC LIMIT $7::integer) c "
    "ORDER BY case_id DESC LIMIT $7::integer) page " SNAPSHOT "ORDER BY page.case_id DESC"};

static void put_texts(struct pg_tx *tx, const char *const *texts, size_t count)
{
    struct pg_array array;
    pg_array_init(&array, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        pg_array_text(&array, texts[i]);
    }
    pg_tx_array(tx, &array);
    pg_array_finish(&array);
}

static void list_closed(struct pg_tx *tx, const struct case_filter *filter)
{
    struct uuid last;
    memset(last.bytes, 0xff, sizeof last.bytes);
    pg_tx_add(tx, &closed_cases);
    put_texts(tx, filter->desks, filter->desk_count);
    pg_tx_uuid(tx, filter->has_cursor ? &filter->cursor.id : &last);
    pg_tx_text(tx, filter->state);
    pg_tx_text(tx, filter->queue);
    pg_tx_text(tx, filter->assignee);
    pg_tx_text(tx, filter->phase);
    pg_tx_int4(tx, filter->limit);
}

void store_case_list(struct pg_tx *tx, const struct case_filter *filter)
{
    static const struct uuid first;
    const int64_t far_us = INT64_C(253402300799000000); /* the end of the year 9999 */
    if (filter->is_closed) {
        list_closed(tx, filter);
        return;
    }
    pg_tx_add(tx, &open_cases);
    put_texts(tx, filter->desks, filter->desk_count);
    pg_tx_instant(tx, filter->has_cursor ? filter->cursor.at_us : 1);
    pg_tx_uuid(tx, filter->has_cursor ? &filter->cursor.id : &first);
    pg_tx_text(tx, filter->state);
    pg_tx_text(tx, filter->queue);
    pg_tx_text(tx, filter->assignee);
    pg_tx_text(tx, filter->phase);
    pg_tx_instant(tx, filter->due_before != 0 ? filter->due_before : far_us);
    pg_tx_int4(tx, filter->limit);
}

static const struct pg_statement report = {
    "case_report", "SELECT h.report FROM case_current c JOIN case_history h "
                   "ON h.case_id = c.case_id AND h.version = 1 "
                   "WHERE c.case_id = $1::uuid AND c.desk = ANY ($2::text[])"};

void store_case_report(struct pg_tx *tx, const struct uuid *case_id, const char *const *desks,
                       size_t desk_count)
{
    pg_tx_add(tx, &report);
    pg_tx_uuid(tx, case_id);
    put_texts(tx, desks, desk_count);
}

static const struct pg_statement history = {
    "case_history",
    "SELECT h.snapshot, h.event_id FROM case_current c JOIN case_history h "
    "ON h.case_id = c.case_id WHERE c.case_id = $1::uuid AND c.desk = ANY ($2::text[]) "
    "ORDER BY h.version"};

void store_case_history(struct pg_tx *tx, const struct uuid *case_id, const char *const *desks,
                        size_t desk_count)
{
    pg_tx_add(tx, &history);
    pg_tx_uuid(tx, case_id);
    put_texts(tx, desks, desk_count);
}
