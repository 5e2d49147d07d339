/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_registry.h"

#include <string.h>

/* Days as numbers since 1970-01-01, and back. */
#define NUMBER(day) "(" day " - DATE '1970-01-01')::bigint"
#define DAY(number) "DATE '1970-01-01' + (" number ")::integer"
#define TODAY       "timezone('Asia/Ho_Chi_Minh', now())::date"
#define START(day)  "timezone('Asia/Ho_Chi_Minh', (" day ")::timestamp)"
#define PERIOD_COLUMNS                                                                             \
    NUMBER("valid_from")                                                                           \
    ", " NUMBER("valid_to") ", code, type, parent, name_vi, name_en, source, "                     \
                            "by_hand "

enum {
    VERSION,
    PERIODS,
    HEADS,
    FOCAL_POINTS,
    ABSENCES,
    SUCCESSORS,
    PREDECESSORS,
    DAY_OF_READING,
    UNITS
};

static const struct pg_statement reads[STORE_UNIT_STATEMENTS] = {
    [VERSION] = {"unit_version", "SELECT version, changed_by, request FROM unit_registry "
                                 "WHERE code = $1"},
    [PERIODS] = {"unit_periods",
                 "SELECT " PERIOD_COLUMNS "FROM unit WHERE code = $1 ORDER BY valid_from"},
    [HEADS] = {"unit_heads",
               "SELECT " NUMBER("valid_from") ", " NUMBER(
                   "valid_to") ", account, name, email FROM unit_head WHERE unit = $1 "
                               "ORDER BY valid_from"},
    [FOCAL_POINTS] = {"unit_focal_points",
                      "SELECT " NUMBER("valid_from") ", " NUMBER(
                          "valid_to") ", field, account, name, email, rank FROM focal_point "
                                      "WHERE unit = $1 ORDER BY field, rank, account, valid_from"},
    [ABSENCES] = {"unit_absences", "SELECT " NUMBER("valid_from") ", " NUMBER(
                                       "valid_to") ", account FROM absence WHERE unit = $1 "
                                                   "ORDER BY account, valid_from"},
    [SUCCESSORS] = {"unit_successors",
                    "SELECT " NUMBER(
                        "since") ", current, main FROM unit_successor "
                                 "WHERE former = $1 ORDER BY since, main DESC, current"},
    [PREDECESSORS] = {"unit_predecessors",
                      "SELECT " NUMBER("since") ", former, main FROM unit_successor "
                                                "WHERE current = $1 ORDER BY since, former"},
    [DAY_OF_READING] = {"unit_today", "SELECT " NUMBER(TODAY)},
    [UNITS] = {"unit_world",
               "SELECT " PERIOD_COLUMNS "FROM unit WHERE valid_to IS NULL OR valid_to >= " TODAY
               " ORDER BY code, valid_from"},
};

void store_unit_read(struct pg_tx *tx, const char *code)
{
    for (size_t i = 0; i < STORE_UNIT_STATEMENTS; i++) {
        pg_tx_add(tx, &reads[i]);
        if (i != DAY_OF_READING && i != UNITS) {
            pg_tx_text(tx, code);
        }
    }
}

/* ---- from rows to structs ---- */

/* The rows of one statement. */
struct reading {
    const struct pg_tx *tx;
    size_t statement;
    struct arena *arena;
};

static const char *text(const struct reading *in, size_t row, int column)
{
    return arena_text(in->arena, pg_value_text(in->tx, in->statement, row, column));
}

static struct span span(const struct reading *in, size_t row)
{
    return (struct span){.first = pg_value_int8(in->tx, in->statement, row, 0),
                         .last = pg_value_is_null(in->tx, in->statement, row, 1)
                                     ? DAY_OPEN
                                     : pg_value_int8(in->tx, in->statement, row, 1)};
}

static void *rows(const struct reading *in, size_t *count, size_t size)
{
    *count = pg_rows(in->tx, in->statement);
    return arena_array(in->arena, *count, size);
}

static struct unit_period *make_periods(const struct reading *in, size_t *count)
{
    struct unit_period *periods = rows(in, count, sizeof *periods);
    for (size_t i = 0; i < *count; i++) {
        periods[i] = (struct unit_period){.span = span(in, i),
                                          .code = text(in, i, 2),
                                          .type = text(in, i, 3),
                                          .parent = text(in, i, 4),
                                          .name_vi = text(in, i, 5),
                                          .name_en = text(in, i, 6),
                                          .source = text(in, i, 7),
                                          .by_hand = pg_value_bool(in->tx, in->statement, i, 8)};
    }
    return periods;
}

static struct head_term *make_heads(const struct reading *in, size_t *count)
{
    struct head_term *heads = rows(in, count, sizeof *heads);
    for (size_t i = 0; i < *count; i++) {
        heads[i] = (struct head_term){.span = span(in, i),
                                      .account = text(in, i, 2),
                                      .name = text(in, i, 3),
                                      .email = text(in, i, 4)};
    }
    return heads;
}

static struct focal_term *make_focal_points(const struct reading *in, size_t *count)
{
    struct focal_term *terms = rows(in, count, sizeof *terms);
    for (size_t i = 0; i < *count; i++) {
        terms[i] = (struct focal_term){.span = span(in, i),
                                       .field = text(in, i, 2),
                                       .account = text(in, i, 3),
                                       .name = text(in, i, 4),
                                       .email = text(in, i, 5),
                                       .rank = pg_value_int4(in->tx, in->statement, i, 6)};
    }
    return terms;
}

static struct absence_term *make_absences(const struct reading *in, size_t *count)
{
    struct absence_term *absences = rows(in, count, sizeof *absences);
    for (size_t i = 0; i < *count; i++) {
        absences[i] = (struct absence_term){.span = span(in, i), .account = text(in, i, 2)};
    }
    return absences;
}

static struct succession_term *make_successions(const struct reading *in, size_t *count)
{
    struct succession_term *terms = rows(in, count, sizeof *terms);
    for (size_t i = 0; i < *count; i++) {
        terms[i] =
            (struct succession_term){.span = {pg_value_int8(in->tx, in->statement, i, 0), DAY_OPEN},
                                     .unit = text(in, i, 1),
                                     .main = pg_value_bool(in->tx, in->statement, i, 2)};
    }
    return terms;
}

static void make_version(const struct reading *in, struct unit_record *record)
{
    size_t size = 0;
    if (pg_rows(in->tx, in->statement) == 0) {
        return;
    }
    record->version = pg_value_int4(in->tx, in->statement, 0, 0);
    record->changed_by = text(in, 0, 1);
    const void *request = pg_value_bytes(in->tx, in->statement, 0, 2, &size);
    record->has_request = size == DIGEST_SIZE;
    if (record->has_request) {
        memcpy(record->request, request, size);
    }
}

void store_unit_make(const struct pg_tx *tx, size_t first, const char *code, struct arena *arena,
                     struct unit_record *record, struct unit_world *units)
{
    struct reading in[STORE_UNIT_STATEMENTS];
    for (size_t i = 0; i < STORE_UNIT_STATEMENTS; i++) {
        in[i] = (struct reading){tx, first + i, arena};
    }
    *record = (struct unit_record){.code = code};
    make_version(&in[VERSION], record);
    record->periods = make_periods(&in[PERIODS], &record->period_count);
    record->heads = make_heads(&in[HEADS], &record->head_count);
    record->focal_points = make_focal_points(&in[FOCAL_POINTS], &record->focal_point_count);
    record->absences = make_absences(&in[ABSENCES], &record->absence_count);
    record->successors = make_successions(&in[SUCCESSORS], &record->successor_count);
    record->predecessors = make_successions(&in[PREDECESSORS], &record->predecessor_count);
    units->today = pg_value_int8(tx, first + DAY_OF_READING, 0, 0);
    units->periods = make_periods(&in[UNITS], &units->count);
}

/* ---- units of a day ---- */

static const struct pg_statement units_of_day = {
    "units_of_day",
    "SELECT u.code, u.name_vi, u.name_en, u.type, u.parent, "
    "u.source, " START("u.valid_from") ", " START(
        "u.valid_to + 1") ", s.current FROM unit u "
                          "LEFT JOIN unit_successor s ON s.former = u.code "
                          "AND s.since = u.valid_to + 1 AND s.main "
                          "WHERE u.valid_from <= " DAY("$1::bigint") " AND (u.valid_to IS NULL OR "
                                                                     "u.valid_to >= " DAY(
                                                                         "$1::bigint") ") "
                                                                                       "ORDER BY "
                                                                                       "u.code"};

void store_units_of_day(struct pg_tx *tx, int64_t day)
{
    pg_tx_add(tx, &units_of_day);
    pg_tx_int8(tx, day);
}

static int64_t instant(const struct reading *in, size_t row, int column)
{
    return pg_value_is_null(in->tx, in->statement, row, column)
               ? 0
               : pg_value_instant(in->tx, in->statement, row, column);
}

void store_units_of_day_make(const struct pg_tx *tx, struct arena *arena, struct unit_set *units)
{
    struct reading in = {tx, 0, arena};
    units->units = rows(&in, &units->count, sizeof *units->units);
    for (size_t i = 0; i < units->count; i++) {
        units->units[i] = (struct unit){.code = text(&in, i, 0),
                                        .name_vi = text(&in, i, 1),
                                        .name_en = text(&in, i, 2),
                                        .type = text(&in, i, 3),
                                        .parent = text(&in, i, 4),
                                        .source = text(&in, i, 5),
                                        .valid_from = instant(&in, i, 6),
                                        .valid_to = instant(&in, i, 7),
                                        .successor = text(&in, i, 8)};
    }
}

/* ---- open cases that nobody is there for ---- */

static const struct pg_statement cases_of_former_units = {
    "cases_of_former_units",
    "SELECT c.case_id, ended.code, c.is_task FROM ("
    "SELECT code FROM unit WHERE valid_from <= " TODAY " GROUP BY code "
    "HAVING bool_and(coalesce(valid_to < " TODAY ", false))) AS ended "
    "CROSS JOIN LATERAL ((SELECT case_id, false AS is_task FROM case_current "
    "WHERE desk = ended.code AND due_at IS NOT NULL ORDER BY due_at, case_id LIMIT $1::integer) "
    "UNION ALL (SELECT case_id, true FROM case_current WHERE task_desks && ARRAY[ended.code] "
    "AND task_desks <> '{}' AND due_at IS NOT NULL ORDER BY due_at, case_id LIMIT $1)) c"};

void store_cases_of_former_units(struct pg_tx *tx, int limit)
{
    pg_tx_add(tx, &cases_of_former_units);
    pg_tx_int4(tx, limit);
}
