/* SPDX-License-Identifier: Apache-2.0 */
/* http_figures: what all answers with figures have in common: a reading that begins with the
 * moment, and an ending that says who may keep them. */
#ifndef ANALYTICS_HTTP_FIGURES_H
#define ANALYTICS_HTTP_FIGURES_H

#include "common/http.h"
#include "common/json.h"
#include "services/analytics/csv.h"
#include "services/analytics/discloser.h"
#include "services/analytics/http_slice.h"
#include "services/analytics/store.h"

/* ---- reading ---- */

/* One transaction that changes nothing. The moment is its first statement, the caller's come
 * after. */
enum { FIGURES_MOMENT };
struct pg_tx *http_read_figures(struct pg *pg);
/* False, and err: it failed. */
bool http_is_read(struct pg_tx *tx, enum pg_outcome outcome, struct error *err);
/* False: it is answered already, with err, or since figures are being counted again. */
bool http_take_moment(struct http_request *request, const struct pg_tx *tx, struct moment *moment,
                      struct error *err);
/* The sum of cells. */
void http_take_tally(const struct pg_tx *tx, size_t statement, enum cell_part part,
                     struct arena *arena, struct tally *sum);

/* ---- one indicator of a slice ---- */

/* What several resources ask of: code, dimensions, perhaps a period. */
struct asked {
    struct http_request *request;
    const struct discloser *discloser;
    const struct indicator *indicator;
    bool is_table;
    struct slice slice;
    struct slice_cells cells;
};
/* Of nothing yet. state: as handlers get it. */
struct asked http_asked_of(struct http_request *request, const void *state);
/* Code and format, into err what is wrong with them. */
void http_asked_indicator(struct asked *asked, struct error *err);
/* Slice and cells; also: dimensions (bits) of which any member is meant. */
bool http_asked_slice(struct asked *asked, unsigned also, struct error *err);
/* What its indicator needs of cells: durations, if it is about them. */
enum cell_part http_asked_part(const struct asked *asked);
/* Statements: the moment, its cells. */
enum { ASKED_CELLS = FIGURES_MOMENT + 1 };
struct pg_tx *http_read_asked(struct pg *pg, const struct asked *asked);
/* Have its members names, and of which kind? */
bool http_is_named(enum dimension dimension, enum name_kind *kind);
/* A reading that begins with the moment, and whether the members of the slice are known; the
 * caller's statements come after, from KNOWN_NEXT on. */
enum { MEMBER_STATEMENTS = 4, KNOWN_NEXT = FIGURES_MOMENT + 1 + MEMBER_STATEMENTS };
struct pg_tx *http_read_known(struct pg *pg, const struct asked *asked);
/* Its end. False: it is answered already, since it failed, a member is not known, or figures are
 * being counted again. */
bool http_take_known(const struct asked *asked, struct pg_tx *tx, enum pg_outcome outcome,
                     struct moment *moment);
/* One of its cells. False: it is of another program. */
bool http_asked_cell(struct cell_row *cell, const struct asked *asked, const struct pg_tx *tx,
                     size_t row);
/* Its figure in one of its cells, as far as the caller may see it. */
void http_asked_figure(struct figure *figure, const struct asked *asked, const struct cell_key *key,
                       const struct tally *tally);

/* ---- answering ---- */

/* The query's format: a table, or JSON. */
#define FORMAT_QUERY "format"
bool http_wants_table(const struct http_request *request, struct error *err);

/* One JSON object, or one table. */
struct figures_body {
    struct buffer bytes;
    struct json_writer json;
    struct csv csv;
};
/* Open for its members; for its lines. */
struct json_writer *http_open_body(struct figures_body *body);
struct csv *http_open_table(struct figures_body *body);
/* 200, or 304 to whoever has it; frees it. moment: that it tells. */
void http_send_body(struct http_request *request, struct figures_body *body,
                    const struct moment *moment);
/* The same of a table, as a file of this name. */
void http_send_table(struct http_request *request, struct figures_body *body,
                     const struct moment *moment, const char *name);
/* What is the same for all, and changes with the program alone. */
void http_send_definitions(struct http_request *request, struct figures_body *body,
                           const char *content_type);

#endif
