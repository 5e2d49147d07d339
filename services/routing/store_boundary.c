/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_boundary.h"

#include "services/routing/store_day.h"

struct boundary_set store_boundary_set_row(const struct pg_tx *tx, size_t statement, size_t row,
                                           struct arena *arena)
{
    return (struct boundary_set){
        .id = pg_value_int8(tx, statement, row, 0),
        .source = arena_text(arena, pg_value_text(tx, statement, row, 1)),
        .approximate = pg_value_bool(tx, statement, row, 2),
        .loaded_at = pg_value_instant(tx, statement, row, 3),
    };
}

static const struct pg_statement sets = {
    "boundary_sets",
    "SELECT s.id, s.source, s.approximate, s.loaded_at, "
    "EXISTS (SELECT FROM reference_state r WHERE r.boundary_set = s.id), "
    "(SELECT count(*) FROM boundary b WHERE b.boundary_set = s.id) FROM boundary_set s "
    "WHERE $1::timestamptz IS NULL OR s.loaded_at < $1 ORDER BY s.loaded_at DESC "
    "LIMIT $2::integer"};

void store_boundary_sets(struct pg_tx *tx, int64_t before_us, int limit)
{
    pg_tx_add(tx, &sets);
    pg_tx_instant(tx, before_us);
    pg_tx_int4(tx, limit);
}

/* The current set is the same when it has nothing else and says the same of itself; that makes a
 * repeated import one import. */
static const struct pg_statement import = {
    "boundary_import",
    "WITH input AS (SELECT * FROM unnest($3::text[], $4::bytea[], $5::float8[], $6::float8[], "
    "$7::float8[], $8::float8[]) AS i (unit, wkb, west, south, east, north)), "
    "place AS (SELECT code FROM unit WHERE type IN ('ward', 'commune') AND " VALID_TODAY "), "
    "same AS (SELECT s.* FROM reference_state r JOIN boundary_set s ON s.id = r.boundary_set "
    "WHERE s.source = $1 AND s.approximate = $2 AND NOT EXISTS (SELECT unit, wkb FROM input "
    "EXCEPT SELECT b.unit, b.wkb FROM boundary b WHERE b.boundary_set = s.id)), "
    "made AS (INSERT INTO boundary_set (source, approximate) SELECT $1, $2 "
    "WHERE NOT EXISTS (SELECT FROM same) "
    "AND NOT EXISTS (SELECT unit FROM input EXCEPT SELECT code FROM place) "
    "AND NOT EXISTS (SELECT code FROM place EXCEPT SELECT unit FROM input) "
    "RETURNING id, source, approximate, loaded_at), "
    "filled AS (INSERT INTO boundary (boundary_set, unit, wkb, west, south, east, north) "
    "SELECT made.id, i.* FROM made, input i), "
    "moved AS (UPDATE reference_state SET boundary_set = made.id, version = version + 1 FROM made) "
    "SELECT id, source, approximate, loaded_at, true FROM made UNION ALL "
    "SELECT id, source, approximate, loaded_at, false FROM same"};

void store_boundary_import(struct pg_tx *tx, const struct boundary_file *file)
{
    struct pg_array units, shapes, edges[BOUNDARY_EDGES];
    pg_array_init(&units, PG_TEXT);
    pg_array_init(&shapes, PG_BYTEA);
    for (int i = 0; i < BOUNDARY_EDGES; i++) {
        pg_array_init(&edges[i], PG_FLOAT8);
    }
    for (size_t i = 0; i < file->count; i++) {
        const struct boundary *boundary = &file->boundaries[i];
        pg_array_text(&units, boundary->unit);
        pg_array_bytes(&shapes, boundary->wkb, boundary->wkb_size);
        for (int edge = 0; edge < BOUNDARY_EDGES; edge++) {
            pg_array_float8(&edges[edge], boundary->edges[edge]);
        }
    }
    pg_tx_add(tx, &import);
    pg_tx_text(tx, file->source);
    pg_tx_bool(tx, file->approximate);
    pg_tx_array(tx, &units);
    pg_tx_array(tx, &shapes);
    pg_array_finish(&units);
    pg_array_finish(&shapes);
    for (int i = 0; i < BOUNDARY_EDGES; i++) {
        pg_tx_array(tx, &edges[i]);
        pg_array_finish(&edges[i]);
    }
}

bool store_boundary_imported(const struct pg_tx *tx, size_t statement, struct arena *arena,
                             struct boundary_set *set, bool *is_new)
{
    if (pg_rows(tx, statement) == 0) {
        return false;
    }
    *set = store_boundary_set_row(tx, statement, 0, arena);
    *is_new = pg_value_bool(tx, statement, 0, 4);
    return true;
}
