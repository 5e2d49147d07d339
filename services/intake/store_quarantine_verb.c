/* SPDX-License-Identifier: Apache-2.0 */
#include "store_quarantine_verb.h"

#include "store_quarantine.h"

bool verb_list_quarantine(PGconn *conn, const char *state, const char *prefix)
{
    const char *const values[] = {state, prefix};
    PGresult *rows = verb_query(
        conn, false,
        "SELECT id, state, reason, coalesce(field, '-'), type, source, event_id, times, last_at, "
        "count(*) OVER () FROM quarantine WHERE ($1::text IS NULL OR state = $1) "
        "AND ($2::text IS NULL OR prefix = $2) ORDER BY id DESC LIMIT 1000",
        2, values);
    if (rows == NULL) {
        return false;
    }
    for (int row = 0; row < PQntuples(rows); row++) {
        for (int column = 0; column < 9; column++) {
            printf("%s", column > 0 ? "\t" : "");
            verb_print_escaped(stdout, PQgetvalue(rows, row, column),
                               (size_t)PQgetlength(rows, row, column));
        }
        putchar('\n');
    }
    printf("%s in quarantine\n", PQntuples(rows) > 0 ? PQgetvalue(rows, 0, 9) : "0");
    PQclear(rows);
    return true;
}

static bool show_acts(PGconn *conn, const char *id)
{
    const char *const values[] = {id};
    PGresult *rows = verb_query(conn, false,
                                "SELECT at, by_whom, act, why FROM operator_act "
                                "WHERE about = $1::text ORDER BY id",
                                1, values);
    for (int row = 0; rows != NULL && row < PQntuples(rows); row++) {
        printf("%s %s by ", PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 2));
        verb_print_escaped(stdout, PQgetvalue(rows, row, 1), (size_t)PQgetlength(rows, row, 1));
        printf(": ");
        verb_print_escaped(stdout, PQgetvalue(rows, row, 3), (size_t)PQgetlength(rows, row, 3));
        putchar('\n');
    }
    bool shown = rows != NULL;
    PQclear(rows);
    return shown;
}

bool verb_show_quarantined(PGconn *conn, const char *id)
{
    static const char *const names[] = {"id",    "state",    "reason",  "field", "type",   "source",
                                        "event", "first at", "last at", "times", "became", "fixed"};
    enum { NAMES = sizeof names / sizeof names[0] };
    const char *const values[] = {id};
    PGresult *rows = verb_query(
        conn, true,
        "SELECT id::text, state, reason, field, type, source, event_id, first_at::text, "
        "last_at::text, times::text, coalesce('submission ' || submission_id, 'record ' || "
        "record_id), fixed, key, headers, value FROM quarantine WHERE id::text = $1::text",
        1, values);
    bool found = rows != NULL && PQntuples(rows) > 0;
    for (int column = 0; found && column < NAMES; column++) {
        verb_show_bytes(names[column], rows, 0, column);
    }
    if (found) {
        verb_show_bytes("key", rows, 0, NAMES);
        verb_show_headers(rows, 0, NAMES + 1);
        verb_show_bytes("value", rows, 0, NAMES + 2);
    } else if (rows != NULL) {
        fprintf(stderr, "nothing in quarantine has this id\n");
    }
    PQclear(rows);
    return found && show_acts(conn, id);
}

const char *verb_quarantined_type(PGconn *conn, const char *id, struct arena *arena)
{
    const char *const values[] = {id};
    PGresult *rows =
        verb_query(conn, false, "SELECT type FROM quarantine WHERE id::text = $1::text", 1, values);
    bool found = rows != NULL && PQntuples(rows) > 0;
    const char *type = found ? arena_text(arena, PQgetvalue(rows, 0, 0)) : NULL;
    if (rows != NULL && !found) {
        fprintf(stderr, "nothing in quarantine has this id\n");
    }
    PQclear(rows);
    return type;
}

bool verb_act_on_quarantined(PGconn *conn, const char *id, enum quarantine_act act, const char *why,
                             const char *data)
{
    const char *const values[] = {id, "-1", quarantine_act_words[act], data, verb_operator(), why};
    PGresult *rows = verb_query(conn, false, store_quarantine_act.sql, 6, values);
    bool done = rows != NULL && PQntuples(rows) > 0;
    PQclear(rows);
    return done;
}

const char *verb_quarantined_state(PGconn *conn, const char *id, struct arena *arena,
                                   const char **became)
{
    const char *const values[] = {id};
    PGresult *rows = verb_query(
        conn, false,
        "SELECT state, coalesce('submission ' || submission_id, 'record ' || record_id, reason || "
        "coalesce(' ' || field, '')) FROM quarantine WHERE id::text = $1::text",
        1, values);
    bool found = rows != NULL && PQntuples(rows) > 0;
    *became = found ? arena_text(arena, PQgetvalue(rows, 0, 1)) : "";
    const char *state = found ? arena_text(arena, PQgetvalue(rows, 0, 0)) : "not there";
    PQclear(rows);
    return state;
}
