/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "services/analytics/account_fact.h"
#include "services/analytics/store.h"

/* ---- bases ---- */

static const struct pg_statement put_bases = {
    "analytics_put_bases",
    "INSERT INTO basis (kind, code, since, number, source) "
    "SELECT * FROM unnest($1::int2[], $2::text[], $3::int4[], $4::int8[], $5::text[]) "
    "ON CONFLICT (kind, code, since) DO UPDATE SET number = excluded.number, "
    "source = excluded.source"};

static const struct pg_statement delete_bases = {
    "analytics_delete_bases",
    "DELETE FROM basis AS b USING unnest($1::int2[], $2::text[], $3::int4[]) "
    "AS w (kind, code, since) WHERE b.kind = w.kind AND b.code = w.code AND b.since = w.since"};

static const struct pg_statement change_basis = {"analytics_change_basis",
                                                 "UPDATE basis_change SET number = number + 1"};

enum { BASIS_KEY = 3, BASIS_COLUMNS = 5 };

static void put_columns(struct pg_tx *tx, struct pg_array *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

static void add_basis(struct pg_array columns[BASIS_COLUMNS], const struct basis *basis)
{
    pg_array_int2(&columns[0], (int16_t)basis->kind);
    pg_array_text(&columns[1], basis->code);
    pg_array_int4(&columns[2], basis->since);
    pg_array_int8(&columns[3], basis->number);
    pg_array_text(&columns[4], basis->source);
}

void store_put_bases(struct pg_tx *tx, const struct basis *bases, size_t count)
{
    static const enum pg_type types[BASIS_COLUMNS] = {PG_INT2, PG_TEXT, PG_INT4, PG_INT8, PG_TEXT};
    struct pg_array told[BASIS_COLUMNS], withdrawn[BASIS_COLUMNS];

    for (size_t i = 0; i < BASIS_COLUMNS; i++) {
        pg_array_init(&told[i], types[i]);
        pg_array_init(&withdrawn[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        add_basis(bases[i].source != NULL ? told : withdrawn, &bases[i]);
    }
    pg_tx_add(tx, &put_bases);
    put_columns(tx, told, BASIS_COLUMNS);
    pg_tx_add(tx, &delete_bases);
    put_columns(tx, withdrawn, BASIS_KEY);
    pg_array_finish(&withdrawn[3]);
    pg_array_finish(&withdrawn[4]);
    pg_tx_add(tx, &change_basis);
}

/* ---- how many there are on a day ---- */

/* Whole years, then whole months, then days: some fifty cells of each member. */
#define UNTIL                                                                                      \
    "(period = $4::integer AND first < $5::integer OR "                                            \
    "period = $6::integer AND first >= $5::integer AND first < $7::integer OR "                    \
    "period = $8::integer AND first >= $7::integer AND first <= $9::integer) "

/* $3: citizens are those of an area's cells that count; the city has cells by kind alone. */
static const struct pg_statement read_accounts = {
    "analytics_read_accounts",
    "SELECT code, data FROM (SELECT a AS code, data FROM cell WHERE subject = $1::integer "
    "AND grouping = $2::integer AND b = $3::text AND " UNTIL
    "AND ($10::text[] IS NULL OR a = ANY ($10::text[])) "
    "UNION ALL SELECT $12::text, data FROM cell WHERE subject = $1::integer "
    "AND grouping = $11::integer AND a = $3::text AND " UNTIL
    "AND ($10::text[] IS NULL OR $12::text = ANY ($10::text[]))) AS c "
    "ORDER BY code COLLATE \"C\""};

static const struct pg_statement read_bases = {
    "analytics_read_bases",
    "SELECT DISTINCT ON (code) code, since, number, source FROM basis "
    "WHERE kind = $1::integer AND since <= $2::integer "
    "AND ($3::text[] IS NULL OR code = ANY ($3::text[])) ORDER BY code, since DESC"};

static void put_codes(struct pg_tx *tx, const char *const *codes, size_t count)
{
    if (codes == NULL) {
        pg_tx_null(tx);
    } else {
        pg_tx_texts(tx, codes, count);
    }
}

/* Where a kind's accounts are counted. */
static int grouping_of(enum basis_kind kind)
{
    return grouping_find(SUBJECT_ACCOUNTS, kind == BASIS_ROSTER
                                               ? 1u << DIMENSION_UNIT
                                               : 1u << DIMENSION_AREA | 1u << DIMENSION_PROCESS);
}

/* Of areas alone the city is one. */
static int city_grouping_of(enum basis_kind kind)
{
    return kind == BASIS_ROSTER ? -1 : grouping_find(SUBJECT_ACCOUNTS, 1u << DIMENSION_PROCESS);
}

static const char *second_of(enum basis_kind kind)
{
    return kind == BASIS_ROSTER ? "" : account_kind_words[ACCOUNT_CITIZEN];
}

void store_read_coverages(struct pg_tx *tx, enum basis_kind kind, int32_t day,
                          const char *const *codes, size_t count)
{
    pg_tx_add(tx, &read_accounts);
    pg_tx_int4(tx, SUBJECT_ACCOUNTS);
    pg_tx_int4(tx, grouping_of(kind));
    pg_tx_text(tx, second_of(kind));
    pg_tx_int4(tx, PERIOD_YEAR);
    pg_tx_int4(tx, period_of(PERIOD_YEAR, day).first);
    pg_tx_int4(tx, PERIOD_MONTH);
    pg_tx_int4(tx, period_of(PERIOD_MONTH, day).first);
    pg_tx_int4(tx, PERIOD_DAY);
    pg_tx_int4(tx, day);
    put_codes(tx, codes, count);
    pg_tx_int4(tx, city_grouping_of(kind));
    pg_tx_text(tx, COVERAGE_CITY);
    pg_tx_add(tx, &read_bases);
    pg_tx_int4(tx, (int32_t)kind);
    pg_tx_int4(tx, day);
    put_codes(tx, codes, count);
}

/* Rows of one member follow each other; bytes of another program count as nothing. */
static int64_t take_accounts(const struct pg_tx *tx, size_t statement, size_t *row,
                             enum basis_kind kind, const char *code, struct arena *arena)
{
    struct tally sum = {.counts = {0}};
    for (;
         *row < pg_rows(tx, statement) && strcmp(pg_value_text(tx, statement, *row, 0), code) == 0;
         (*row)++) {
        struct tally tally;
        size_t size;
        const void *data = pg_value_bytes(tx, statement, *row, 1, &size);
        if (tally_unpack(&tally, data, size, arena)) {
            tally_add(&sum, &tally, arena);
        }
    }
    return coverage_accounts(kind, &sum);
}

static struct basis take_basis(const struct pg_tx *tx, size_t statement, size_t row,
                               enum basis_kind kind, const char *code, struct arena *arena)
{
    return (struct basis){.kind = kind,
                          .code = code,
                          .since = pg_value_int4(tx, statement, row, 1),
                          .number = pg_value_int8(tx, statement, row, 2),
                          .source = arena_text(arena, pg_value_text(tx, statement, row, 3))};
}

/* Both in the order of codes; the earlier of the two that come next. NULL: both are at their end.
 */
static const char *next_code(const struct pg_tx *tx, size_t accounts, size_t row, size_t bases,
                             size_t basis_row)
{
    const char *a = row < pg_rows(tx, accounts) ? pg_value_text(tx, accounts, row, 0) : NULL;
    const char *b = basis_row < pg_rows(tx, bases) ? pg_value_text(tx, bases, basis_row, 0) : NULL;
    if (a == NULL || b == NULL) {
        return a != NULL ? a : b;
    }
    return strcmp(a, b) <= 0 ? a : b;
}

size_t store_take_coverages(const struct pg_tx *tx, size_t statement, enum basis_kind kind,
                            struct arena *arena, struct coverage **list)
{
    size_t accounts = statement, bases = statement + 1, row = 0, basis_row = 0, count = 0;
    const char *code;
    *list = arena_array(arena, pg_rows(tx, accounts) + pg_rows(tx, bases), sizeof **list);
    while ((code = next_code(tx, accounts, row, bases, basis_row)) != NULL) {
        struct coverage *coverage = &(*list)[count++];
        *coverage = (struct coverage){.code = arena_text(arena, code)};
        coverage->accounts = take_accounts(tx, accounts, &row, kind, coverage->code, arena);
        if (basis_row < pg_rows(tx, bases) &&
            strcmp(pg_value_text(tx, bases, basis_row, 0), coverage->code) == 0) {
            coverage->basis = take_basis(tx, bases, basis_row++, kind, coverage->code, arena);
        }
    }
    return count;
}

/* ---- what was said ---- */

/* Whoever has accounts or a basis, or was spoken of, when one of what makes the figure is another
 * than then. */
static const struct pg_statement read_unsaid = {
    "analytics_read_unsaid_adoption",
    "WITH counted AS (SELECT 0 AS kind, a AS code, data FROM cell WHERE subject = $1::integer "
    "AND grouping = $2::integer AND period = 0 AND first = 0 "
    "UNION ALL SELECT 1, a, data FROM cell WHERE subject = $1::integer "
    "AND grouping = $3::integer AND period = 0 AND first = 0 AND b = $5::text "
    "UNION ALL SELECT 1, $6::text, data FROM cell WHERE subject = $1::integer "
    "AND grouping = $4::integer AND period = 0 AND first = 0 AND a = $5::text), "
    "known AS (SELECT kind, code FROM counted UNION SELECT kind, code FROM basis "
    "UNION SELECT kind, code FROM adoption_said) "
    "SELECT k.kind::integer, k.code, c.data, b.number, s.digest FROM known k "
    "CROSS JOIN basis_change b LEFT JOIN counted c ON c.kind = k.kind AND c.code = k.code "
    "LEFT JOIN adoption_said s ON s.kind = k.kind AND s.code = k.code "
    "WHERE (s.said_at IS NULL OR s.said_at <= $8::timestamptz) AND (s.kind IS NULL "
    "OR (s.data, s.basis, s.day) IS DISTINCT FROM (c.data, b.number, $7::integer)) "
    "ORDER BY s.said_at NULLS FIRST, k.kind, k.code LIMIT $9::integer"};

static const struct pg_statement put_said = {
    "analytics_put_said_adoption",
    "INSERT INTO adoption_said AS s (kind, code, data, basis, day, digest, said_at) "
    "SELECT u.kind, u.code, u.data, u.basis, $1::integer, u.digest, "
    "CASE WHEN u.said THEN clock_timestamp() END "
    "FROM unnest($2::int2[], $3::text[], $4::bytea[], $5::int8[], $6::bytea[], $7::bool[]) "
    "AS u (kind, code, data, basis, digest, said) ON CONFLICT (kind, code) DO UPDATE SET "
    "data = excluded.data, basis = excluded.basis, day = excluded.day, digest = excluded.digest, "
    "said_at = coalesce(excluded.said_at, s.said_at)"};

void store_read_unsaid_adoption(struct pg_tx *tx, int32_t day, int64_t before, int32_t limit)
{
    pg_tx_add(tx, &read_unsaid);
    pg_tx_int4(tx, SUBJECT_ACCOUNTS);
    pg_tx_int4(tx, grouping_of(BASIS_ROSTER));
    pg_tx_int4(tx, grouping_of(BASIS_POPULATION));
    pg_tx_int4(tx, city_grouping_of(BASIS_POPULATION));
    pg_tx_text(tx, second_of(BASIS_POPULATION));
    pg_tx_text(tx, COVERAGE_CITY);
    pg_tx_int4(tx, day);
    pg_tx_instant(tx, before);
    pg_tx_int4(tx, limit);
}

void store_take_unsaid_adoption(const struct pg_tx *tx, size_t statement, size_t row,
                                struct arena *arena, struct said_adoption *said)
{
    size_t size;
    const void *data = pg_value_bytes(tx, statement, row, 2, &said->size);
    const void *digest = pg_value_bytes(tx, statement, row, 4, &size);
    said->kind = (enum basis_kind)pg_value_int4(tx, statement, row, 0);
    said->code = arena_text(arena, pg_value_text(tx, statement, row, 1));
    said->data = data != NULL ? arena_copy(arena, data, said->size) : NULL;
    said->basis = pg_value_int8(tx, statement, row, 3);
    said->was_said = digest != NULL && size == DIGEST_SIZE;
    if (said->was_said) {
        memcpy(said->digest, digest, DIGEST_SIZE);
    }
}

static void add_bytes(struct pg_array *column, const void *bytes, size_t size)
{
    if (bytes == NULL) {
        pg_array_null(column);
    } else {
        pg_array_bytes(column, bytes, size);
    }
}

void store_put_said_adoption(struct pg_tx *tx, int32_t day, const struct said_adoption *said,
                             size_t count)
{
    static const enum pg_type types[] = {PG_INT2, PG_TEXT, PG_BYTEA, PG_INT8, PG_BYTEA, PG_BOOL};
    enum { COLUMNS = sizeof types / sizeof types[0] };
    struct pg_array columns[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pg_array_int2(&columns[0], (int16_t)said[i].kind);
        pg_array_text(&columns[1], said[i].code);
        add_bytes(&columns[2], said[i].data, said[i].size);
        pg_array_int8(&columns[3], said[i].basis);
        pg_array_bytes(&columns[4], said[i].digest, DIGEST_SIZE);
        pg_array_bool(&columns[5], said[i].is_said);
    }
    pg_tx_add(tx, &put_said);
    pg_tx_int4(tx, day);
    put_columns(tx, columns, COLUMNS);
}
