/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of cadence_unit are written by two: consuming sets duties and counts changes, the holder of
 * the turn sets what was said. Both lock in the order of units. */
#include "services/analytics/store_cadence.h"

#include <string.h>

#include "services/analytics/store.h"

#define CHANGED "ON CONFLICT (unit) DO UPDATE SET changes = u.changes + 1"

/* When a publication goes over to another unit, both have changed. */
static const struct pg_statement put_publications = {
    "analytics_put_publications",
    "WITH told AS (SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::int4[], "
    "$5::bool[], $6::timestamptz[]) AS t (id, version, unit, day, cancelled, at)), "
    "old AS (SELECT p.id, p.unit FROM publication p JOIN told USING (id)), "
    "put AS (INSERT INTO publication AS p (id, version, unit, day, cancelled, at) "
    "SELECT * FROM told ON CONFLICT (id) DO UPDATE SET version = excluded.version, "
    "unit = excluded.unit, day = excluded.day, cancelled = excluded.cancelled, at = excluded.at "
    "WHERE p.version < excluded.version RETURNING id, unit) "
    "INSERT INTO cadence_unit AS u (unit) SELECT unit FROM (SELECT unit FROM put "
    "UNION SELECT old.unit FROM old JOIN put USING (id)) AS changed ORDER BY unit " CHANGED};

static const struct pg_statement put_duties = {
    "analytics_put_duties",
    "INSERT INTO cadence_unit AS u (unit, from_day, until_day) "
    "SELECT * FROM unnest($1::text[], $2::int4[], $3::int4[]) AS d (unit, from_day, until_day) "
    "ORDER BY d.unit COLLATE \"C\" " CHANGED ", from_day = excluded.from_day, "
    "until_day = excluded.until_day WHERE (u.from_day, u.until_day) IS DISTINCT FROM "
    "(excluded.from_day, excluded.until_day)"};

void store_put_publications(struct pg_tx *tx, const struct publication_fact *publications,
                            size_t count)
{
    static const enum pg_type types[] = {PG_UUID, PG_INT4, PG_TEXT,
                                         PG_INT4, PG_BOOL, PG_TIMESTAMPTZ};
    enum { COLUMNS = sizeof types / sizeof types[0] };
    struct pg_array columns[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&columns[0], &publications[i].publication_id);
        pg_array_int4(&columns[1], publications[i].version);
        pg_array_text(&columns[2], publications[i].unit);
        pg_array_int4(&columns[3], period_day(publications[i].published_at));
        pg_array_bool(&columns[4], publications[i].cancelled_at != 0);
        pg_array_instant(&columns[5], publications[i].at);
    }
    pg_tx_add(tx, &put_publications);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

static void add_day(struct pg_array *column, bool there, int32_t day)
{
    if (there) {
        pg_array_int4(column, day);
    } else {
        pg_array_null(column);
    }
}

void store_put_duties(struct pg_tx *tx, const struct unit_duty *duties, size_t count)
{
    struct pg_array units, from, until;
    pg_array_init(&units, PG_TEXT);
    pg_array_init(&from, PG_INT4);
    pg_array_init(&until, PG_INT4);
    for (size_t i = 0; i < count; i++) {
        const struct unit_duty *duty = &duties[i];
        pg_array_text(&units, duty->unit);
        add_day(&from, duty->binds, duty->duty.from);
        add_day(&until, duty->binds && duty->duty.until != CADENCE_NO_END, duty->duty.until);
    }
    pg_tx_add(tx, &put_duties);
    pg_tx_array(tx, &units);
    pg_tx_array(tx, &from);
    pg_tx_array(tx, &until);
    pg_array_finish(&units);
    pg_array_finish(&from);
    pg_array_finish(&until);
}

/* ---- read ---- */

#define UNITS "SELECT unit, from_day, until_day, changes, digest FROM cadence_unit u WHERE "
#define ITEMS                                                                                      \
    "SELECT unit, day FROM publication p WHERE NOT cancelled AND EXISTS (SELECT FROM "             \
    "cadence_unit u WHERE u.unit = p.unit AND "
#define DUTIES "from_day IS NOT NULL AND ($1::text IS NULL OR u.unit = $1)"
#define UNSAID                                                                                     \
    "(from_day IS NOT NULL OR digest IS NOT NULL) AND (changes <> told OR told_day IS DISTINCT "   \
    "FROM $1::integer) AND (said_at IS NULL OR said_at < $2::timestamptz)"

static const struct pg_statement read_duties = {"analytics_read_cadence_units",
                                                UNITS DUTIES " ORDER BY unit"};
static const struct pg_statement read_items = {"analytics_read_cadence_items",
                                               ITEMS DUTIES ") ORDER BY unit, day"};
static const struct pg_statement read_unsaid = {"analytics_read_unsaid_cadence_units",
                                                UNITS UNSAID " ORDER BY unit"};
static const struct pg_statement read_unsaid_items = {"analytics_read_unsaid_cadence_items",
                                                      ITEMS UNSAID ") ORDER BY unit, day"};
static const struct pg_statement read_newest = {"analytics_read_cadence_newest",
                                                "SELECT max(at) FROM publication"};

void store_read_cadence(struct pg_tx *tx, const char *unit)
{
    pg_tx_add(tx, &read_duties);
    pg_tx_text(tx, unit);
    pg_tx_add(tx, &read_items);
    pg_tx_text(tx, unit);
    pg_tx_add(tx, &read_newest);
}

void store_read_unsaid_cadence(struct pg_tx *tx, int32_t day, int64_t before)
{
    pg_tx_add(tx, &read_unsaid);
    pg_tx_int4(tx, day);
    pg_tx_instant(tx, before);
    pg_tx_add(tx, &read_unsaid_items);
    pg_tx_int4(tx, day);
    pg_tx_instant(tx, before);
    pg_tx_add(tx, &read_newest);
}

static void take_unit(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                      struct cadence_unit *unit)
{
    size_t size;
    const void *digest = pg_value_bytes(tx, statement, row, 4, &size);
    bool ends = !pg_value_is_null(tx, statement, row, 2);
    *unit = (struct cadence_unit){
        .unit = arena_text(arena, pg_value_text(tx, statement, row, 0)),
        .binds = !pg_value_is_null(tx, statement, row, 1),
        .duty = {pg_value_int4(tx, statement, row, 1),
                 ends ? pg_value_int4(tx, statement, row, 2) : CADENCE_NO_END},
        .changes = pg_value_int8(tx, statement, row, 3),
        .was_said = digest != NULL && size == DIGEST_SIZE,
    };
    if (unit->was_said) {
        memcpy(unit->digest, digest, DIGEST_SIZE);
    }
}

/* Both lists are in the order of units. A unit that came between the two reads has no days here: it
 * has changed, and will be read again. */
size_t store_take_cadence(const struct pg_tx *tx, size_t statement, struct arena *arena,
                          struct cadence_unit **units, int64_t *cutoff)
{
    size_t items = statement + 1, row = 0;
    size_t count = pg_rows(tx, statement), item_count = pg_rows(tx, items);
    int32_t *days = arena_array(arena, item_count, sizeof *days);
    *units = arena_array(arena, count, sizeof **units);
    for (size_t i = 0; i < item_count; i++) {
        days[i] = pg_value_int4(tx, items, i, 1);
    }
    for (size_t i = 0; i < count; i++) {
        struct cadence_unit *unit = &(*units)[i];
        take_unit(tx, statement, i, arena, unit);
        while (row < item_count && strcmp(pg_value_text(tx, items, row, 0), unit->unit) < 0) {
            row++;
        }
        unit->days = &days[row];
        while (row < item_count && strcmp(pg_value_text(tx, items, row, 0), unit->unit) == 0) {
            row++;
        }
        unit->day_count = (size_t)(&days[row] - unit->days);
    }
    *cutoff = pg_value_instant(tx, statement + 2, 0, 0);
    return count;
}

/* ---- said ---- */

static const struct pg_statement put_said = {
    "analytics_put_said_cadence",
    "WITH held AS (SELECT unit FROM cadence_unit WHERE unit = ANY ($3::text[]) ORDER BY unit "
    "FOR UPDATE) UPDATE cadence_unit u SET told = s.told, told_day = $1::integer, "
    "said_at = CASE WHEN s.says THEN $2::timestamptz ELSE u.said_at END, digest = s.digest "
    "FROM unnest($3::text[], $4::int8[], $5::bool[], $6::bytea[]) AS s (unit, told, says, digest) "
    "JOIN held ON held.unit = s.unit WHERE u.unit = s.unit"};

void store_put_said_cadence(struct pg_tx *tx, int32_t day, int64_t now,
                            const struct cadence_unit *units, size_t count)
{
    static const enum pg_type types[] = {PG_TEXT, PG_INT8, PG_BOOL, PG_BYTEA};
    enum { COLUMNS = sizeof types / sizeof types[0] };
    struct pg_array columns[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pg_array_text(&columns[0], units[i].unit);
        pg_array_int8(&columns[1], units[i].changes);
        pg_array_bool(&columns[2], units[i].says);
        if (units[i].is_said) {
            pg_array_bytes(&columns[3], units[i].digest, DIGEST_SIZE);
        } else {
            pg_array_null(&columns[3]);
        }
    }
    pg_tx_add(tx, &put_said);
    pg_tx_int4(tx, day);
    pg_tx_instant(tx, now);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}
