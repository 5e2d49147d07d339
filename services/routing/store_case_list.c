/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

#include <assert.h>
#include <string.h>

/* A list is looked up in three steps: a source gives cases in order and never more than a bound,
 * however few of them match; each is looked at; and the first ones that match, or on which the
 * bound is reached, are the page. So any filter is answered in bounded time, and the next page
 * goes on where this one stopped. The window function numbers cases as the source gives them, one
 * after another, so no more are looked at than the page needs. Parameters of all statements:
 *
 *   $1, $2        rows, bound
 *   $3 … $14      what a case must be
 *   $15, $16      which words it must have
 *   $17, $18, $19 of open cases: after which place, due before when; from $20 the source's own
 *   $17           of closed ones: before which case; from $18 the source's own */
#define IS_SUCH                                                                                    \
    "($3::text IS NULL OR s.phase = $3) AND ($4::text IS NULL OR s.state = $4) "                   \
    "AND ($5::text IS NULL OR s.process = $5) AND ($6::text IS NULL OR s.queue = $6) "             \
    "AND ($7::text IS NULL OR s.level = $7) AND ($8::text IS NULL OR s.area = $8) "                \
    "AND ($9::text IS NULL OR s.category = $9) AND ($10::text IS NULL OR s.assignee = $10) "       \
    "AND (NOT $11::boolean OR s.assignee IS NULL) AND (NOT $12::boolean OR s.proposed) "           \
    "AND (NOT $13::boolean OR s.audit_pending) AND (NOT $14::boolean OR s.near_border)"

#define LOOK(source, matches)                                                                      \
    "SELECT s.case_id, s.version, s.due_at, row_number() OVER () AS n, "                           \
    "(" matches ") AS matches FROM (" source ") s "

/* The words of a case are looked up one by one (OFFSET 0), and only if some are asked for. */
#define WALK(source, also)                                                                         \
    LOOK(source, IS_SUCH also " AND ($15::text[] IS NULL OR w.found)")                             \
    "LEFT JOIN LATERAL (SELECT w.plain @> $15::text[] AND w.marked @> $16::text[] AS found "       \
    "FROM case_words w WHERE $15::text[] IS NOT NULL AND w.case_id = s.case_id OFFSET 0) w ON "    \
    "true"

#define PAGE_OF(look, order)                                                                       \
    "SELECT h.snapshot, p.due_at, p.case_id, p.matches, p.n = $2 FROM ("                           \
    "SELECT * FROM (" look ") t WHERE matches OR n = $2 LIMIT $1::integer) p "                     \
    "JOIN case_history h ON h.case_id = p.case_id AND h.version = p.version ORDER BY " order

#define PAGE(source, also, order) PAGE_OF(WALK(source, also), order)

#define COUNT(source, also)                                                                        \
    "SELECT count(*) FILTER (WHERE matches), coalesce(bool_or(n = $2), false) FROM ("              \
    "SELECT n, matches FROM (" WALK(source,                                                        \
                                    also) ") t WHERE matches OR n = $2 LIMIT $1::integer) p"

/* ---- open cases, in due order ---- */

#define DUE "due_at, case_id"
#define OPEN_IS(c)                                                                                 \
    c "due_at IS NOT NULL AND (" c "due_at, " c "case_id) > ($17, $18::uuid) AND " c "due_at < "   \
      "$19"
#define OPEN OPEN_IS("")
#define OPEN_WHERE(condition)                                                                      \
    "SELECT * FROM case_current WHERE " condition OPEN " ORDER BY " DUE " LIMIT $2::integer"

#define OPEN_DESK OPEN_WHERE("desk = $20::text AND ")
/* One index scan per desk gives its next rows in order; the source is the first of them all. */
#define OPEN_DESKS                                                                                 \
    "SELECT c.* FROM unnest($20::text[]) AS d (desk) CROSS JOIN LATERAL ("                         \
    "SELECT * FROM case_current c WHERE c.desk = d.desk AND " OPEN " ORDER BY " DUE                \
    " LIMIT $2::integer) c ORDER BY " DUE " LIMIT $2::integer"
#define OPEN_CITY     OPEN_WHERE("")
#define OPEN_ASSIGNEE OPEN_WHERE("assignee = $20::text AND ")
#define OPEN_FLAGGED  OPEN_WHERE("(proposed OR near_border) AND ")
#define OPEN_TASKS    OPEN_WHERE("task_desks && $20::text[] AND task_desks <> '{}' AND ")

/* ---- closed cases, newest first ---- */

#define NEW          "case_id DESC"
#define CLOSED       " AND s.due_at IS NULL"
#define CLOSED_IS(c) c "due_at IS NULL AND " c "case_id < $17::uuid"
#define CLOSED_WHERE(condition)                                                                    \
    "SELECT * FROM case_current WHERE " condition "case_id < $17::uuid ORDER BY " NEW              \
    " LIMIT $2::integer"

#define CLOSED_DESK CLOSED_WHERE("desk = $18::text AND due_at IS NULL AND ")
#define CLOSED_DESKS                                                                               \
    "SELECT c.* FROM unnest($18::text[]) AS d (desk) CROSS JOIN LATERAL ("                         \
    "SELECT * FROM case_current c WHERE c.desk = d.desk AND due_at IS NULL "                       \
    "AND case_id < $17::uuid ORDER BY " NEW " LIMIT $2::integer) c ORDER BY " NEW                  \
    " LIMIT $2::integer"
#define CLOSED_CITY   CLOSED_WHERE("")
#define CLOSED_AUDIT  CLOSED_WHERE("audit_pending AND ")
#define AT_DESKS(key) " AND (" key "::text[] IS NULL OR s.desk = ANY (" key "))"
#define CLOSED_MERGED                                                                              \
    "SELECT * FROM case_current WHERE merged_into = $19::uuid AND case_id < $17::uuid "            \
    "ORDER BY " NEW " LIMIT $2::integer"

/* ---- by ticket ---- */

#define OF_TICKET(key, condition, order)                                                           \
    "SELECT c.* FROM case_words w JOIN case_current c ON c.case_id = w.case_id "                   \
    "WHERE w.ticket = " key "::text AND " condition " ORDER BY " order " LIMIT $2::integer"
#define OPEN_TICKET   OF_TICKET("$21", OPEN_IS("c."), DUE)
#define CLOSED_TICKET OF_TICKET("$19", CLOSED_IS("c."), NEW)

/* ---- by words: whatever has them, if that is not too much ---- */

#define FOUND                                                                                      \
    "WITH found AS MATERIALIZED (SELECT case_id FROM case_words "                                  \
    "WHERE plain @> $15::text[] AND marked @> $16::text[] LIMIT $2::integer) "
#define HAVE_WORDS(condition, order)                                                               \
    "SELECT c.* FROM (SELECT count(*) AS n FROM found) f CROSS JOIN LATERAL ("                     \
    "SELECT c.* FROM found JOIN case_current c ON c.case_id = found.case_id "                      \
    "WHERE f.n < $2 AND " condition " OFFSET 0) c ORDER BY " order

#define OPEN_WORDS   HAVE_WORDS(OPEN_IS("c."), DUE)
#define CLOSED_WORDS HAVE_WORDS(CLOSED_IS("c."), NEW)

#define GIVE_UP                                                                                    \
    "SELECT NULL, NULL, NULL, false, false "                                                       \
    "FROM (SELECT count(*) AS n FROM found) f WHERE f.n >= $2"
#define PAGE_OF_FOUND(source, also, order)                                                         \
    FOUND "(" PAGE_OF(LOOK(source, IS_SUCH also), order) ") UNION ALL " GIVE_UP
#define COUNT_OF_FOUND(source, also)                                                               \
    FOUND "SELECT count(*), (SELECT count(*) FROM found) >= $2 FROM ("                             \
          "SELECT FROM (" LOOK(source, IS_SUCH also) ") t WHERE matches LIMIT $1::integer) p"

struct list_statements {
    struct pg_statement page, count;
};

static const struct list_statements open_lists[CASE_PATHS] = {
    [PATH_DESK] = {{"open_page_desk", PAGE(OPEN_DESK, "", DUE)},
                   {"open_count_desk", COUNT(OPEN_DESK, "")}},
    [PATH_DESKS] = {{"open_page_desks", PAGE(OPEN_DESKS, "", DUE)},
                    {"open_count_desks", COUNT(OPEN_DESKS, "")}},
    [PATH_CITY] = {{"open_page_city", PAGE(OPEN_CITY, "", DUE)},
                   {"open_count_city", COUNT(OPEN_CITY, "")}},
    [PATH_ASSIGNEE] = {{"open_page_assignee", PAGE(OPEN_ASSIGNEE, "", DUE)},
                       {"open_count_assignee", COUNT(OPEN_ASSIGNEE, "")}},
    [PATH_FLAGGED] = {{"open_page_flagged", PAGE(OPEN_FLAGGED, "", DUE)},
                      {"open_count_flagged", COUNT(OPEN_FLAGGED, "")}},
    [PATH_TASKS] = {{"open_page_tasks", PAGE(OPEN_TASKS, "", DUE)},
                    {"open_count_tasks", COUNT(OPEN_TASKS, "")}},
    [PATH_TICKET] = {{"open_page_ticket", PAGE(OPEN_TICKET, AT_DESKS("$20"), DUE)},
                     {"open_count_ticket", COUNT(OPEN_TICKET, AT_DESKS("$20"))}},
    [PATH_WORDS] = {{"open_page_words", PAGE_OF_FOUND(OPEN_WORDS, AT_DESKS("$20"), DUE)},
                    {"open_count_words", COUNT_OF_FOUND(OPEN_WORDS, AT_DESKS("$20"))}},
};

static const struct list_statements closed_lists[CASE_PATHS] = {
    [PATH_DESK] = {{"closed_page_desk", PAGE(CLOSED_DESK, "", NEW)},
                   {"closed_count_desk", COUNT(CLOSED_DESK, "")}},
    [PATH_DESKS] = {{"closed_page_desks", PAGE(CLOSED_DESKS, "", NEW)},
                    {"closed_count_desks", COUNT(CLOSED_DESKS, "")}},
    [PATH_CITY] = {{"closed_page_city", PAGE(CLOSED_CITY, CLOSED, NEW)},
                   {"closed_count_city", COUNT(CLOSED_CITY, CLOSED)}},
    [PATH_AUDIT] = {{"closed_page_audit", PAGE(CLOSED_AUDIT, CLOSED, NEW)},
                    {"closed_count_audit", COUNT(CLOSED_AUDIT, CLOSED)}},
    [PATH_MERGED] = {{"closed_page_merged", PAGE(CLOSED_MERGED, CLOSED AT_DESKS("$18"), NEW)},
                     {"closed_count_merged", COUNT(CLOSED_MERGED, CLOSED AT_DESKS("$18"))}},
    [PATH_TICKET] = {{"closed_page_ticket", PAGE(CLOSED_TICKET, AT_DESKS("$18"), NEW)},
                     {"closed_count_ticket", COUNT(CLOSED_TICKET, AT_DESKS("$18"))}},
    [PATH_WORDS] = {{"closed_page_words", PAGE_OF_FOUND(CLOSED_WORDS, AT_DESKS("$18"), NEW)},
                    {"closed_count_words", COUNT_OF_FOUND(CLOSED_WORDS, AT_DESKS("$18"))}},
};

/* ---- parameters ---- */

static void put_words(struct pg_tx *tx, const struct case_words *words)
{
    if (words == NULL || words->plain.count == 0) {
        pg_tx_null(tx);
        pg_tx_null(tx);
        return;
    }
    pg_tx_texts(tx, words->plain.items, words->plain.count);
    pg_tx_texts(tx, words->marked.items, words->marked.count);
}

static void put_matches(struct pg_tx *tx, const struct case_filter *filter)
{
    pg_tx_text(tx, filter->phase);
    pg_tx_text(tx, filter->state);
    pg_tx_text(tx, filter->process);
    pg_tx_text(tx, filter->queue);
    pg_tx_text(tx, filter->level);
    pg_tx_text(tx, filter->area);
    pg_tx_text(tx, filter->category);
    pg_tx_text(tx, filter->assignee);
    pg_tx_bool(tx, filter->unassigned);
    pg_tx_bool(tx, filter->proposed);
    pg_tx_bool(tx, filter->audit_pending);
    pg_tx_bool(tx, filter->near_border);
    put_words(tx, filter->words);
}

static void put_open_place(struct pg_tx *tx, const struct case_filter *filter,
                           const struct case_list_place *place)
{
    static const struct uuid first;
    int64_t after = filter->due_after > 0 ? filter->due_after : 1; /* 0 would be NULL */
    bool from_cursor = place->has_cursor && place->cursor.at_us >= after;
    pg_tx_instant(tx, from_cursor ? place->cursor.at_us : after);
    pg_tx_uuid(tx, from_cursor ? &place->cursor.id : &first);
    pg_tx_instant(tx, filter->due_before);
}

static void put_closed_place(struct pg_tx *tx, const struct case_list_place *place)
{
    struct uuid last;
    memset(last.bytes, 0xff, sizeof last.bytes);
    pg_tx_uuid(tx, place->has_cursor ? &place->cursor.id : &last);
}

/* What is a source's own. */
static void put_key(struct pg_tx *tx, const struct case_filter *filter, enum case_path path)
{
    switch (path) {
    case PATH_DESK:
        pg_tx_text(tx, filter->desks[0]);
        break;
    case PATH_ASSIGNEE:
        pg_tx_text(tx, filter->assignee);
        break;
    case PATH_DESKS:
    case PATH_TASKS:
        pg_tx_texts(tx, filter->desks, filter->desk_count);
        break;
    case PATH_WORDS:
    case PATH_MERGED:
    case PATH_TICKET:
        if (filter->whole_city) {
            pg_tx_null(tx);
        } else {
            pg_tx_texts(tx, filter->desks, filter->desk_count);
        }
        break;
    case PATH_CITY:
    case PATH_FLAGGED:
    case PATH_AUDIT:
    case CASE_PATHS:
        break;
    }
    if (path == PATH_MERGED) {
        pg_tx_uuid(tx, &filter->merged_into);
    } else if (path == PATH_TICKET) {
        pg_tx_text(tx, filter->words->ticket);
    }
}

/* How many cases are looked at: fewer when their words are looked at too, which takes longer, and
 * of several desks a share of each, since those are read before the first case is known. */
static int bound_of(const struct case_filter *filter, enum case_path path, int most)
{
    enum { WITH_WORDS_MAX = 2500, DESKS_MAX = 2500, DESK_MIN = 300 };
    if (path == PATH_WORDS) {
        return WORDS_FOUND_MAX + 1;
    }
    if (path == PATH_DESKS) {
        int share = DESKS_MAX / (int)filter->desk_count;
        return share > DESK_MIN ? share : DESK_MIN;
    }
    return filter->words != NULL ? WITH_WORDS_MAX : most;
}

static void add_statement(struct pg_tx *tx, const struct pg_statement *statement,
                          const struct case_filter *filter, enum case_path path,
                          const struct case_list_place *place, int rows, int most)
{
    pg_tx_add(tx, statement);
    pg_tx_int4(tx, rows);
    pg_tx_int4(tx, bound_of(filter, path, most));
    put_matches(tx, filter);
    if (filter->is_closed) {
        put_closed_place(tx, place);
    } else {
        put_open_place(tx, filter, place);
    }
    put_key(tx, filter, path);
}

/* ---- lists ---- */

static const struct list_statements *statements_of(const struct case_filter *filter,
                                                   enum case_path path)
{
    const struct list_statements *found =
        filter->is_closed ? &closed_lists[path] : &open_lists[path];
    assert(found->page.sql != NULL);
    return found;
}

void store_case_list(struct pg_tx *tx, const struct case_filter *filter, enum case_path path,
                     const struct case_list_place *place, int limit)
{
    enum { LOOKED_AT_MAX = 5000 };
    add_statement(tx, &statements_of(filter, path)->page, filter, path, place, limit + 1,
                  LOOKED_AT_MAX);
}

bool store_case_list_is_too_long(const struct pg_tx *tx, size_t statement)
{
    return pg_rows(tx, statement) > 0 && pg_value_is_null(tx, statement, 0, LIST_ID);
}

void store_case_count(struct pg_tx *tx, const struct case_filter *filter, enum case_path path,
                      int most)
{
    enum { LOOKED_AT_MAX = 10000 };
    static const struct case_list_place beginning;
    add_statement(tx, &statements_of(filter, path)->count, filter, path, &beginning, most + 1,
                  LOOKED_AT_MAX);
}

int64_t store_case_count_of(const struct pg_tx *tx, size_t statement, bool *more)
{
    *more = pg_value_bool(tx, statement, 0, 1);
    return pg_value_int8(tx, statement, 0, 0);
}
