/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "services/analytics/http_figures.h"

#include <string.h>

#include "common/clock.h"
#include "common/digest.h"
#include "services/analytics/analytics.h"
#include "services/analytics/http_analytics.h"

enum { RETRY_S = 5 };

/* ---- reading ---- */

struct pg_tx *http_read_figures(struct pg *pg)
{
    struct pg_tx *tx = pg_tx_new(pg);
    pg_tx_set_read_only(tx);
    store_read_moment(tx);
    return tx;
}

bool http_is_read(struct pg_tx *tx, enum pg_outcome outcome, struct error *err)
{
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, err);
    }
    return outcome == PG_COMMITTED;
}

bool http_take_moment(struct http_request *request, const struct pg_tx *tx, struct moment *moment,
                      struct error *err)
{
    if (!error_is_set(err) && !store_take_moment(tx, FIGURES_MOMENT, moment)) {
        error_set(err, ERR_RETRY, "rebuilding",
                  "the figures are being counted again from the beginning");
        err->retry_after_s = RETRY_S;
    }
    if (error_is_set(err)) {
        http_answer_error(request, err);
        return false;
    }
    return true;
}

void http_take_tally(const struct pg_tx *tx, size_t statement, enum cell_part part,
                     struct arena *arena, struct tally *sum)
{
    *sum = (struct tally){.times = {.count = 0}};
    for (size_t row = 0; row < pg_rows(tx, statement); row++) {
        struct cell_row cell;
        if (store_take_cell(tx, statement, row, part, arena, &cell)) {
            tally_add(sum, &cell.tally, arena);
        }
    }
}

/* ---- one indicator of a slice ---- */

struct asked http_asked_of(struct http_request *request, const void *state)
{
    const struct analytics *analytics = state;
    return (struct asked){.request = request, .discloser = analytics->discloser};
}

void http_asked_indicator(struct asked *asked, struct error *err)
{
    http_read_indicator(&asked->indicator, asked->request, err);
    asked->is_table = http_wants_table(asked->request, err);
}

bool http_asked_slice(struct asked *asked, unsigned also, struct error *err)
{
    return !error_is_set(err) &&
           http_read_slice(&asked->slice, &asked->cells, asked->request, also, err);
}

enum cell_part http_asked_part(const struct asked *asked)
{
    return asked->indicator->kind == INDICATOR_TIME ? CELL_WHOLE : CELL_COUNTS;
}

struct pg_tx *http_read_asked(struct pg *pg, const struct asked *asked)
{
    struct pg_tx *tx = http_read_figures(pg);
    store_read_slice(tx, &asked->cells, http_asked_part(asked));
    return tx;
}

static const struct {
    enum dimension dimension;
    enum name_kind kind;
    const char *code, *text;
} named[MEMBER_STATEMENTS] = {
    {DIMENSION_UNIT, NAME_UNIT, "unknown_unit", "there is no such unit"},
    {DIMENSION_AREA, NAME_AREA, "unknown_area", "there is no such ward or commune"},
    {DIMENSION_DISTRICT, NAME_DISTRICT, "unknown_district", "there is no such district"},
    {DIMENSION_CATEGORY, NAME_CATEGORY, "unknown_category", "there is no such category"},
};

bool http_is_named(enum dimension dimension, enum name_kind *kind)
{
    for (size_t i = 0; i < MEMBER_STATEMENTS; i++) {
        if (named[i].dimension == dimension) {
            *kind = named[i].kind;
            return true;
        }
    }
    return false;
}

struct pg_tx *http_read_known(struct pg *pg, const struct asked *asked)
{
    struct pg_tx *tx = http_read_figures(pg);
    for (size_t i = 0; i < MEMBER_STATEMENTS; i++) {
        store_read_name(tx, named[i].kind, asked->cells.subject,
                        asked->slice.members[named[i].dimension]);
    }
    return tx;
}

static bool check_members(const struct asked *asked, const struct pg_tx *tx, struct error *err)
{
    enum { FIRST = FIGURES_MOMENT + 1 };
    for (size_t i = 0; i < MEMBER_STATEMENTS; i++) {
        if (asked->slice.members[named[i].dimension] != NULL && pg_rows(tx, FIRST + i) == 0) {
            return error_set(err, ERR_NOT_FOUND, named[i].code, "%s", named[i].text);
        }
    }
    return true;
}

bool http_take_known(const struct asked *asked, struct pg_tx *tx, enum pg_outcome outcome,
                     struct moment *moment)
{
    struct error err = {0};
    if (http_is_read(tx, outcome, &err)) {
        check_members(asked, tx, &err);
    }
    return http_take_moment(asked->request, tx, moment, &err);
}

bool http_asked_cell(struct cell_row *cell, const struct asked *asked, const struct pg_tx *tx,
                     size_t row)
{
    return store_take_cell(tx, ASKED_CELLS, row, http_asked_part(asked), http_arena(asked->request),
                           cell);
}

void http_asked_figure(struct figure *figure, const struct asked *asked, const struct cell_key *key,
                       const struct tally *tally)
{
    http_figure_of(figure, asked->request, asked->discloser, key, asked->indicator, tally);
}

/* ---- answering ---- */

bool http_wants_table(const struct http_request *request, struct error *err)
{
    const char *format = http_query(request, FORMAT_QUERY);
    bool is_table = format != NULL && strcmp(format, "csv") == 0;
    if (format != NULL && !is_table && strcmp(format, "json") != 0) {
        error_add_field(err, FORMAT_QUERY, "not_allowed", "must be json or csv");
    }
    return is_table;
}

struct json_writer *http_open_body(struct figures_body *body)
{
    buffer_init(&body->bytes);
    json_write_start(&body->json, &body->bytes);
    json_open_object(&body->json, NULL);
    return &body->json;
}

struct csv *http_open_table(struct figures_body *body)
{
    buffer_init(&body->bytes);
    csv_start(&body->csv, &body->bytes);
    return &body->csv;
}

/* While nothing happens, as_of moves with every answer, and nothing else does: an answer that
 * differs in that alone is as good as the one before. So the tag, a weak one, is made of the bytes
 * between the places that tell as_of. */
static const char *tag_of(const struct buffer *bytes, int64_t as_of, struct arena *arena)
{
    enum { TAG_HEX = 32, AS_OF_SIZE = CLOCK_TEXT_SIZE - 1 };
    char text[CLOCK_TEXT_SIZE], hex[DIGEST_HEX_SIZE];
    uint8_t digest[DIGEST_SIZE];
    struct buffer rest;
    const char *at = bytes->data, *end = at + bytes->size, *found;

    clock_format(as_of, text);
    buffer_init(&rest);
    while ((found = memmem(at, (size_t)(end - at), text, AS_OF_SIZE)) != NULL) {
        buffer_put(&rest, at, (size_t)(found - at));
        at = found + AS_OF_SIZE;
    }
    buffer_put(&rest, at, (size_t)(end - at));
    digest_sha256(rest.data, rest.size, digest);
    buffer_finish(&rest);
    return arena_format(arena, "\"%.*s\"", TAG_HEX, digest_hex(digest, hex));
}

/* What officials see must not be shown to others by a cache between. */
static void send_tagged(struct http_request *request, const struct buffer *bytes, int64_t as_of,
                        const char *content_type)
{
    const char *tag = tag_of(bytes, as_of, http_arena(request));
    http_answer_header(request, "Cache-Control",
                       http_sees_all(request) ? "private, max-age=1" : "public, max-age=1");
    http_answer_header(request, "Vary", "Authorization, X-API-Key");
    http_answer_header(request, "ETag", arena_format(http_arena(request), "W/%s", tag));
    if (http_has_etag(request, tag)) {
        http_answer(request, 304, content_type, NULL, 0);
    } else {
        http_answer(request, 200, content_type, bytes->data, bytes->size);
    }
}

void http_send_body(struct http_request *request, struct figures_body *body,
                    const struct moment *moment)
{
    json_close_object(&body->json);
    send_tagged(request, &body->bytes, moment->as_of, NULL);
    buffer_finish(&body->bytes);
}

void http_send_table(struct http_request *request, struct figures_body *body,
                     const struct moment *moment, const char *name)
{
    http_answer_header(request, "Content-Disposition",
                       arena_format(http_arena(request), "attachment; filename=\"%s.csv\"", name));
    send_tagged(request, &body->bytes, moment->as_of, "text/csv; charset=utf-8; header=present");
    buffer_finish(&body->bytes);
}

void http_send_definitions(struct http_request *request, struct figures_body *body,
                           const char *content_type)
{
    json_close_object(&body->json);
    http_answer_header(request, "Cache-Control", "public, max-age=3600");
    http_answer_tagged(request, content_type, body->bytes.data, body->bytes.size);
    buffer_finish(&body->bytes);
}
