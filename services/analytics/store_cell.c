/* SPDX-License-Identifier: Apache-2.0 */
/* Only the holder of the turn writes cells: it reads them, adds, and writes them whole. */
#include "services/analytics/store.h"

enum { KEY_COLUMNS = 6 };

static void init_keys(struct pg_array columns[KEY_COLUMNS])
{
    static const enum pg_type types[KEY_COLUMNS] = {PG_INT2, PG_INT2, PG_INT2,
                                                    PG_INT4, PG_TEXT, PG_TEXT};
    for (size_t i = 0; i < KEY_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
}

static void add_key(struct pg_array columns[KEY_COLUMNS], const struct cell_key *key)
{
    pg_array_int2(&columns[0], (int16_t)key->subject);
    pg_array_int2(&columns[1], (int16_t)key->grouping);
    pg_array_int2(&columns[2], (int16_t)key->period.kind);
    pg_array_int4(&columns[3], key->period.first);
    pg_array_text(&columns[4], key->members[0]);
    pg_array_text(&columns[5], key->members[1]);
}

static void put_keys(struct pg_tx *tx, struct pg_array columns[KEY_COLUMNS])
{
    for (size_t i = 0; i < KEY_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

#define KEYS        "subject, grouping, period, first, a, b"
#define KEYS_UNNEST "unnest($1::int2[], $2::int2[], $3::int2[], $4::int4[], $5::text[], $6::text[]"

/* ---- counting ---- */

/* Several arrays in FROM unnest (…) are laid down and fetched again, each on its own; in the list
 * of what is selected they are walked together. */
#define KEYS_WALKED                                                                                \
    "unnest($1::int2[]) AS subject, unnest($2::int2[]) AS grouping, unnest($3::int2[]) AS "        \
    "period, unnest($4::int4[]) AS first, unnest($5::text[]) AS a, unnest($6::text[]) AS b"

/* OFFSET 0: each by its key, however few rows the table is taken to have; a plan is kept. */
static const struct pg_statement read_cells = {
    "analytics_read_cells",
    "SELECT k.place::bigint, c.data FROM (SELECT " KEYS_WALKED
    ", generate_series(1, cardinality($1)) AS place) AS k "
    "CROSS JOIN LATERAL (SELECT data FROM cell WHERE (" KEYS
    ") = (k.subject, k.grouping, k.period, k.first, k.a, k.b) OFFSET 0) AS c"};

static const struct pg_statement put_cells = {
    "analytics_put_cells", "INSERT INTO cell AS c (" KEYS ", data, untold) SELECT " KEYS_WALKED
                           ", unnest($7::bytea[]), unnest($8::bool[]) ON CONFLICT (" KEYS ") "
                           "DO UPDATE SET data = excluded.data, "
                           "untold = c.untold OR excluded.untold"};

void store_read_cells(struct pg_tx *tx, const struct cell_key *const *keys, size_t count)
{
    struct pg_array columns[KEY_COLUMNS];
    init_keys(columns);
    for (size_t i = 0; i < count; i++) {
        add_key(columns, keys[i]);
    }
    pg_tx_add(tx, &read_cells);
    put_keys(tx, columns);
}

void store_put_cells(struct pg_tx *tx, const struct cell_write *writes, size_t count)
{
    struct pg_array columns[KEY_COLUMNS], data, untold;
    init_keys(columns);
    pg_array_init(&data, PG_BYTEA);
    pg_array_init(&untold, PG_BOOL);
    for (size_t i = 0; i < count; i++) {
        add_key(columns, writes[i].key);
        pg_array_bytes(&data, writes[i].data, writes[i].size);
        pg_array_bool(&untold, writes[i].untold);
    }
    pg_tx_add(tx, &put_cells);
    put_keys(tx, columns);
    pg_tx_array(tx, &data);
    pg_tx_array(tx, &untold);
    pg_array_finish(&data);
    pg_array_finish(&untold);
}

/* ---- reading ---- */

#define CELL                                                                                       \
    "SELECT subject::integer, grouping::integer, period::integer, first, a, b, data, said "        \
    "FROM cell "

static const struct pg_statement read_untold = {
    "analytics_read_untold",
    CELL "WHERE untold AND (said_at IS NULL OR said_at <= $1::timestamptz) "
         "ORDER BY said_at NULLS FIRST LIMIT $2::integer"};

static const struct pg_statement read_outdated = {"analytics_read_outdated", CELL
                                                  "WHERE said IS NOT NULL AND period = $1::integer "
                                                  "AND first < $2::integer LIMIT $3::integer"};

/* One for each way to narrow it: with `$6 IS NULL OR a = $6` a plan for any values would fetch all
 * rows of the range, where the index alone can tell. Of a single period the index is narrowed by
 * members, too. */
#define RANGE(from)                                                                                \
    "SELECT subject::integer, grouping::integer, period::integer, first, a, b, "                   \
    "substring(data FROM 1 FOR $6::integer), NULL::bytea FROM cell WHERE subject = $1::integer "   \
    "AND grouping = $2::integer AND period = $3::integer "                                         \
    "AND first " from " $4::integer AND first < $5::integer "
#define A        "AND a = $7::text "
#define B        "AND b = $7::text "
#define A_B      "AND a = $7::text AND b = $8::text "
#define IN_ORDER "ORDER BY first, a, b"

static const struct pg_statement read_range[2][2] = {
    {{"analytics_read_range", RANGE(">=") IN_ORDER},
     {"analytics_read_range_b", RANGE(">=") B IN_ORDER}},
    {{"analytics_read_range_a", RANGE(">=") A IN_ORDER},
     {"analytics_read_range_ab", RANGE(">=") A_B IN_ORDER}},
};
static const struct pg_statement read_period[2][2] = {
    {{"analytics_read_period", RANGE("=") IN_ORDER},
     {"analytics_read_period_b", RANGE("=") B IN_ORDER}},
    {{"analytics_read_period_a", RANGE("=") A IN_ORDER},
     {"analytics_read_period_ab", RANGE("=") A_B IN_ORDER}},
};

static const struct pg_statement read_kinds = {
    "analytics_read_kinds",
    "SELECT c.subject::integer, c.grouping::integer, c.period::integer, c.first, c.a, c.b, "
    "substring(c.data FROM 1 FOR $7::integer), NULL::bytea FROM " KEYS_UNNEST ") AS k (" KEYS
    ") JOIN cell c ON c.subject = k.subject "
    "AND c.grouping = k.grouping AND c.period = k.period "
    "ORDER BY c.subject, c.grouping, c.period, c.first, c.a, c.b"};

static const struct pg_statement mark_untold = {
    "analytics_mark_untold",
    "UPDATE cell c SET untold = true FROM " KEYS_UNNEST ") AS k (" KEYS ") "
    "WHERE c.subject = k.subject AND c.grouping = k.grouping AND c.period = k.period "
    "AND c.first = k.first AND c.a = k.a AND c.b = k.b AND NOT c.untold"};

static const struct pg_statement mark_unsaid = {
    "analytics_mark_unsaid",
    "UPDATE cell c SET untold = true FROM " KEYS_UNNEST ") AS k (" KEYS ") "
    "WHERE c.subject = k.subject AND c.grouping = k.grouping AND c.period = k.period "
    "AND c.first >= k.first AND c.said IS NULL AND NOT c.untold"};

static void add_with_keys(struct pg_tx *tx, const struct pg_statement *statement,
                          const struct cell_key *keys, size_t count)
{
    struct pg_array columns[KEY_COLUMNS];
    init_keys(columns);
    for (size_t i = 0; i < count; i++) {
        add_key(columns, &keys[i]);
    }
    pg_tx_add(tx, statement);
    put_keys(tx, columns);
}

void store_read_kinds(struct pg_tx *tx, const struct cell_key *wheres, size_t count)
{
    add_with_keys(tx, &read_kinds, wheres, count);
    pg_tx_int4(tx, TALLY_COUNTS_SIZE);
}

void store_mark_untold(struct pg_tx *tx, const struct cell_key *keys, size_t count)
{
    add_with_keys(tx, &mark_untold, keys, count);
}

void store_mark_unsaid(struct pg_tx *tx, const struct cell_key *wheres, size_t count)
{
    add_with_keys(tx, &mark_unsaid, wheres, count);
}

void store_read_untold(struct pg_tx *tx, int64_t before, int32_t limit)
{
    pg_tx_add(tx, &read_untold);
    pg_tx_instant(tx, before);
    pg_tx_int4(tx, limit);
}

void store_read_outdated(struct pg_tx *tx, enum period_kind kind, int32_t before, int32_t limit)
{
    pg_tx_add(tx, &read_outdated);
    pg_tx_int4(tx, (int32_t)kind);
    pg_tx_int4(tx, before);
    pg_tx_int4(tx, limit);
}

void store_read_slice(struct pg_tx *tx, const struct slice_cells *cells, enum cell_part part)
{
    const char *a = cells->members[0], *b = cells->members[1];
    bool is_one = period_end(&(struct period){cells->kind, cells->from}) == cells->to;
    pg_tx_add(tx, is_one ? &read_period[a != NULL][b != NULL] : &read_range[a != NULL][b != NULL]);
    pg_tx_int4(tx, (int32_t)cells->subject);
    pg_tx_int4(tx, cells->grouping);
    pg_tx_int4(tx, (int32_t)cells->kind);
    pg_tx_int4(tx, cells->from);
    pg_tx_int4(tx, cells->to);
    pg_tx_int4(tx, part == CELL_WHOLE ? INT32_MAX : TALLY_COUNTS_SIZE);
    if (a != NULL) {
        pg_tx_text(tx, a);
    }
    if (b != NULL) {
        pg_tx_text(tx, b);
    }
}

static bool take_tally(const struct pg_tx *tx, size_t statement, size_t row, int column,
                       enum cell_part part, struct arena *arena, struct tally *tally)
{
    size_t size;
    const void *bytes = pg_value_bytes(tx, statement, row, column, &size);
    return part == CELL_COUNTS ? tally_unpack_counts(tally, bytes, size)
                               : tally_unpack(tally, bytes, size, arena);
}

static bool take_key(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                     struct cell_row *cell)
{
    int32_t subject = pg_value_int4(tx, statement, row, 0);
    int32_t grouping = pg_value_int4(tx, statement, row, 1);
    int32_t kind = pg_value_int4(tx, statement, row, 2);
    if (subject < 0 || subject >= SUBJECTS || grouping < 0 ||
        (size_t)grouping >= subjects[subject]->grouping_count || kind < 0 || kind >= PERIOD_KINDS) {
        return false;
    }
    *cell = (struct cell_row){
        .key = {.subject = (enum subject)subject,
                .grouping = grouping,
                .period = {(enum period_kind)kind, pg_value_int4(tx, statement, row, 3)},
                .members = {arena_text(arena, pg_value_text(tx, statement, row, 4)),
                            arena_text(arena, pg_value_text(tx, statement, row, 5))}},
    };
    return true;
}

bool store_take_cell(const struct pg_tx *tx, size_t statement, size_t row, enum cell_part part,
                     struct arena *arena, struct cell_row *cell)
{
    if (!take_key(tx, statement, row, arena, cell)) {
        return false;
    }
    cell->was_said = part == CELL_WHOLE && !pg_value_is_null(tx, statement, row, 7);
    return take_tally(tx, statement, row, 6, part, arena, &cell->tally) &&
           (!cell->was_said || take_tally(tx, statement, row, 7, part, arena, &cell->said));
}

int32_t store_cell_first(const struct pg_tx *tx, size_t statement, size_t row)
{
    return pg_value_int4(tx, statement, row, 3);
}

/* ---- telling ---- */

/* Nobody else writes cells, so what was read is what is there. */
static const struct pg_statement put_told = {
    "analytics_put_told",
    "UPDATE cell c SET untold = false, said_at = $7::timestamptz, "
    "said = CASE WHEN $7::timestamptz IS NULL THEN NULL ELSE c.data END, "
    "told = (SELECT number FROM turn) "
    "FROM " KEYS_UNNEST ") AS k (" KEYS ") WHERE c.subject = k.subject "
    "AND c.grouping = k.grouping AND c.period = k.period AND c.first = k.first AND c.a = k.a "
    "AND c.b = k.b"};

void store_put_told(struct pg_tx *tx, const struct cell_row *cells, size_t count, int64_t at)
{
    struct pg_array columns[KEY_COLUMNS];
    init_keys(columns);
    for (size_t i = 0; i < count; i++) {
        add_key(columns, &cells[i].key);
    }
    pg_tx_add(tx, &put_told);
    put_keys(tx, columns);
    pg_tx_instant(tx, at);
}
