/* SPDX-License-Identifier: Apache-2.0 */
#include "store_public.h"

#include <string.h>

#include "store_submission.h"
#include "store_view.h"

/* $1 to $2 ids, $3 categories, $4 phases, $5 limit, $6 to $9 a box. */
#define FILTER                                                                                     \
    "s.id >= $1::uuid AND s.id < $2::uuid AND " VIEW_PUBLIC " "                                    \
    "AND ($3::text[] IS NULL OR s.category = ANY ($3)) "                                           \
    "AND ($4::text[] IS NULL OR coalesce(c.phase, 'submitted') = ANY ($4)) "                       \
    "AND ($6::float8 IS NULL OR (round(s.lon::numeric, " VIEW_DECIMALS                             \
    ")::float8 BETWEEN $6 AND $8::float8 AND round(s.lat::numeric, " VIEW_DECIMALS                 \
    ")::float8 BETWEEN $7::float8 AND $9::float8)) "
#define TABLES VIEW_TABLES "JOIN category k ON k.code = s.category "

static const struct pg_statement search_all = {"intake_search_public",
                                               "SELECT " VIEW_COLUMNS " " TABLES "WHERE " FILTER
                                               "ORDER BY s.id DESC LIMIT $5::integer"};
/* The newest of each cell, then the newest of those. */
static const struct pg_statement search_cells = {
    "intake_search_cells",
    "WITH found AS MATERIALIZED (SELECT n.id FROM unnest($10::integer[]) AS g (cell) "
    "CROSS JOIN LATERAL (SELECT s.id " TABLES "WHERE s.cell = g.cell AND " FILTER
    "ORDER BY s.id DESC LIMIT $5::integer) n ORDER BY n.id DESC LIMIT $5) "
    "SELECT " VIEW_COLUMNS " FROM found f JOIN submission s ON s.id = f.id " VIEW_CASE
    "ORDER BY f.id DESC"};
static const struct pg_statement find_one = {
    "intake_find_public",
    "WITH s AS MATERIALIZED (SELECT * FROM submission WHERE id = $1::uuid "
    "UNION ALL SELECT * FROM submission WHERE ticket = $2::text) "
    "SELECT " VIEW_COLUMNS " FROM s " VIEW_CASE "JOIN category k ON k.code = s.category "
    "WHERE " VIEW_PUBLIC ""};

/* $4, $5 the place, $6 how much shorter a degree of longitude is there, $7 metres. */
#define NORTH  "round(s.lat::numeric, " VIEW_DECIMALS ")::float8 - $4::float8"
#define EAST   "(round(s.lon::numeric, " VIEW_DECIMALS ")::float8 - $5::float8) * $6::float8"
#define METRES "111195 * sqrt(power(" NORTH ", 2) + power(" EAST ", 2))"
#define CLOSED "coalesce(c.phase IN ('resolved', 'closed', 'rejected'), false)"
static const struct pg_statement search_nearby = {
    "intake_search_nearby",
    "SELECT " VIEW_COLUMNS " " TABLES "WHERE s.cell = ANY ($1::integer[]) AND s.id >= $2::uuid "
    "AND s.category = $3::text AND " VIEW_PUBLIC " AND " METRES " <= $7::float8 "
    "AND coalesce(c.phase NOT IN ('withdrawn', 'merged'), true) "
    "AND NOT (" CLOSED " AND c.updated_at < $8::timestamptz) "
    "ORDER BY " CLOSED ", " METRES ", s.id DESC LIMIT $9::integer"};

/* Shown coarsely, a place may lie half a step beside its cell. */
static size_t cells_of(const struct place_box *box, int32_t *cells)
{
    const double half = 0.0005;
    const struct place_box wider = {box->west - half, box->south - half, box->east + half,
                                    box->north + half};
    return place_cells(&wider, cells);
}

static void put_bounds(struct pg_tx *tx, const struct public_search *search)
{
    struct uuid first = store_first_id_at(search->since), end = search->before;
    if (uuid_is_nil(&end)) {
        memset(end.bytes, 0xff, sizeof end.bytes);
    }
    pg_tx_uuid(tx, &first);
    pg_tx_uuid(tx, &end);
}

static void put_words(struct pg_tx *tx, const char *const *words, size_t count)
{
    if (count == 0) {
        pg_tx_null(tx);
    } else {
        pg_tx_texts(tx, words, count);
    }
}

static void put_box(struct pg_tx *tx, const struct place_box *box)
{
    const double sides[4] = {box != NULL ? box->west : 0, box != NULL ? box->south : 0,
                             box != NULL ? box->east : 0, box != NULL ? box->north : 0};
    for (int i = 0; i < 4; i++) {
        if (box == NULL) {
            pg_tx_null(tx);
        } else {
            pg_tx_float8(tx, sides[i]);
        }
    }
}

static void put_cells(struct pg_tx *tx, const int32_t *cells, size_t count)
{
    struct pg_array array;
    pg_array_init(&array, PG_INT4);
    for (size_t i = 0; i < count; i++) {
        pg_array_int4(&array, cells[i]);
    }
    pg_tx_array(tx, &array);
    pg_array_finish(&array);
}

void store_search_public(struct pg_tx *tx, const struct public_search *search, struct arena *arena)
{
    int32_t *cells = arena_array(arena, PLACE_CELLS_MAX, sizeof *cells);
    size_t count = search->box != NULL ? cells_of(search->box, cells) : 0;
    pg_tx_add(tx, count > 0 ? &search_cells : &search_all);
    put_bounds(tx, search);
    put_words(tx, search->categories, search->category_count);
    put_words(tx, search->phases, search->phase_count);
    pg_tx_int4(tx, search->limit);
    put_box(tx, search->box);
    if (count > 0) {
        put_cells(tx, cells, count);
    }
}

void store_search_nearby(struct pg_tx *tx, const struct nearby_search *search)
{
    const struct place_box box = place_around(search->lat, search->lon, search->radius_m);
    int32_t *cells = arena_array(pg_tx_arena(tx), PLACE_CELLS_MAX, sizeof *cells);
    struct uuid first = store_first_id_at(search->since);
    pg_tx_add(tx, &search_nearby);
    put_cells(tx, cells, cells_of(&box, cells));
    pg_tx_uuid(tx, &first);
    pg_tx_text(tx, search->category);
    pg_tx_float8(tx, search->lat);
    pg_tx_float8(tx, search->lon);
    pg_tx_float8(tx, place_shrink(search->lat));
    pg_tx_float8(tx, search->radius_m);
    pg_tx_instant(tx, search->closed_since);
    pg_tx_int4(tx, search->limit);
}

void store_find_public(struct pg_tx *tx, const char *name)
{
    struct uuid id;
    pg_tx_add(tx, &find_one);
    if (uuid_parse(name, strlen(name), &id)) {
        pg_tx_uuid(tx, &id);
        pg_tx_null(tx);
    } else {
        pg_tx_null(tx);
        pg_tx_text(tx, name);
    }
}
