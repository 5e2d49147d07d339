/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/comparison: one indicator of every member of a dimension, side by side.
 *
 * The best first, with a rank: equal values share one. Members with too few cases come after them,
 * without: their values say more of chance than of work. */
#include <stdlib.h>
#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/figure_csv.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct row {
    const char *member;
    struct tally tally;
    struct figure figure;
    struct bilingual name; /* texts NULL: nothing named it */
    size_t rank;           /* 0: none */
};

struct compare {
    struct asked asked; /* the slice is without a member of `by`, the cells of any */
    enum dimension by;
    size_t place; /* of `by` among the grouping's dimensions */
};

static bool compare_decode(struct compare *compare, struct error *err);
static void compare_read(struct compare *compare, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void compare_answer(struct compare *compare, const struct pg_tx *tx,
                           const struct moment *moment);

void http_get_comparison(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct compare *compare = arena_alloc(http_arena(request), sizeof *compare);
    struct error err = {0};

    *compare = (struct compare){.asked = http_asked_of(request, state)};
    if (!compare_decode(compare, &err)) {
        http_answer_error(request, &err);
        return;
    }
    compare_read(compare, analytics->parts->pg);
}

static bool compare_decode(struct compare *compare, struct error *err)
{
    struct asked *asked = &compare->asked;
    const char *by = http_query(asked->request, "by");
    http_asked_indicator(asked, err);
    compare->by = http_read_dimension("by", by, err);
    if (compare->by < DIMENSIONS && http_query(asked->request, by) != NULL) {
        error_add_field(err, by, "not_allowed", "is what is compared");
    }
    if (!http_asked_slice(asked, 1u << compare->by, err)) {
        return false;
    }
    const struct grouping *grouping =
        &subjects[asked->cells.subject]->groupings[asked->cells.grouping];
    while (grouping->dimensions[compare->place] != compare->by) {
        compare->place++;
    }
    struct cell_key key = slice_cell(&asked->cells, &asked->slice.period);
    return http_check_public(asked->request, &key, err);
}

enum { NAMES = ASKED_CELLS + 1 };

static void compare_read(struct compare *compare, struct pg *pg)
{
    struct pg_tx *tx = http_read_asked(pg, &compare->asked);
    enum name_kind kind;
    if (http_is_named(compare->by, &kind)) {
        store_read_names(tx, kind);
    }
    pg_tx_send(tx, on_read, compare);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct compare *compare = arg;
    struct error err = {0};
    struct moment moment;

    http_is_read(tx, outcome, &err);
    if (http_take_moment(compare->asked.request, tx, &moment, &err)) {
        compare_answer(compare, tx, &moment);
    }
}

/* ---- rows ---- */

/* Grown by need: of the sums that are read and of those that are hidden few are members of their
 * own, and so large an array would be most of the answer's work. */
struct rows {
    struct row *items;
    size_t count, capacity;
    size_t next; /* behind the one that was looked up last */
    struct arena *arena;
};

static struct row *add_row(struct rows *rows, const char *member)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity == 0 ? 32 : rows->capacity * 2;
        struct row *grown = arena_array(rows->arena, rows->capacity, sizeof *grown);
        if (rows->count > 0) {
            memcpy(grown, rows->items, rows->count * sizeof *grown);
        }
        rows->items = grown;
    }
    rows->next = rows->count + 1;
    rows->items[rows->count] = (struct row){.member = member, .tally = {.counts = {0}}};
    return &rows->items[rows->count++];
}

/* Where only months are kept, a member has several cells. They come in the order of members, month
 * by month: so the next one is looked at first. */
static struct row *row_of(struct rows *rows, const char *member)
{
    for (size_t i = 0; i < rows->count; i++) {
        size_t at = (rows->next + i) % rows->count;
        if (strcmp(rows->items[at].member, member) == 0) {
            rows->next = at + 1;
            return &rows->items[at];
        }
    }
    return add_row(rows, member);
}

/* Whoever is hidden and has nothing must not be told apart from whoever is hidden and has some. */
static void add_hidden_rows(const struct compare *compare, struct rows *rows)
{
    const struct disclosure *hidden =
        discloser_hidden(compare->asked.discloser, compare->asked.cells.subject);
    for (size_t i = 0; i < hidden->count && !http_sees_all(compare->asked.request); i++) {
        const struct cell_key *key = &hidden->keys[i];
        const char *other = compare->asked.cells.members[1 - compare->place];
        if (key->grouping == compare->asked.cells.grouping &&
            key->period.kind == compare->asked.slice.period.kind &&
            key->period.first == compare->asked.slice.period.first &&
            (other == NULL || strcmp(key->members[1 - compare->place], other) == 0)) {
            row_of(rows, key->members[compare->place]);
        }
    }
}

static struct row *take_rows(const struct compare *compare, const struct pg_tx *tx, size_t *count)
{
    struct arena *arena = http_arena(compare->asked.request);
    struct rows rows = {.arena = arena};
    for (size_t i = 0; i < pg_rows(tx, ASKED_CELLS); i++) {
        struct cell_row cell;
        if (http_asked_cell(&cell, &compare->asked, tx, i)) {
            struct row *row = row_of(&rows, cell.key.members[compare->place]);
            tally_add(&row->tally, &cell.tally, arena);
        }
    }
    add_hidden_rows(compare, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        struct row *row = &rows.items[i];
        struct cell_key key = slice_cell(&compare->asked.cells, &compare->asked.slice.period);
        key.members[compare->place] = row->member;
        http_asked_figure(&row->figure, &compare->asked, &key, &row->tally);
    }
    *count = rows.count;
    return rows.items;
}

enum place { PLACE_RANKED, PLACE_UNCERTAIN, PLACE_HIDDEN };

static enum place place_of(const struct figure *figure)
{
    if (figure->hidden) {
        return PLACE_HIDDEN;
    }
    return figure_is_uncertain(figure) ? PLACE_UNCERTAIN : PLACE_RANKED;
}

static int by_order(const struct figure *left, const struct figure *right)
{
    switch (place_of(left)) {
    case PLACE_RANKED:
        return figure_order(left, right);
    case PLACE_UNCERTAIN:
        return (left->denominator < right->denominator) - (left->denominator > right->denominator);
    case PLACE_HIDDEN:
        break;
    }
    return 0; /* their order must not tell anything */
}

/* The ranked ones, best first; the others, most cases first; the hidden ones; equal ones by code.
 */
static int by_rank(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    if (place_of(&left->figure) != place_of(&right->figure)) {
        return place_of(&left->figure) < place_of(&right->figure) ? -1 : 1;
    }
    int order = by_order(&left->figure, &right->figure);
    return order != 0 ? order : strcmp(left->member, right->member);
}

static void put_row(struct json_writer *writer, const struct row *row)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "member", row->member);
    http_put_name(writer, &row->name);
    if (row->rank > 0) {
        json_put_int(writer, "rank", (int64_t)row->rank);
    }
    figure_put_value(writer, &row->figure);
    json_close_object(writer);
}

static bool is_ranked(const struct figure *figure)
{
    return place_of(figure) == PLACE_RANKED && figure->indicator->better != BETTER_NEITHER;
}

/* Sorted, with rank and name. */
static struct row *rank_rows(const struct compare *compare, const struct pg_tx *tx, size_t *count)
{
    enum name_kind kind;
    bool named = http_is_named(compare->by, &kind);
    struct row *rows = take_rows(compare, tx, count);
    size_t rank = 0;
    if (*count > 0) {
        qsort(rows, *count, sizeof *rows, by_rank);
    }
    for (size_t i = 0; i < *count; i++) {
        bool shares = i > 0 && rank > 0 && figure_order(&rows[i - 1].figure, &rows[i].figure) == 0;
        rank = shares ? rank : i + 1;
        rows[i].rank = is_ranked(&rows[i].figure) ? rank : 0;
        if (named) {
            store_find_name(tx, NAMES, rows[i].member, &rows[i].name);
        }
    }
    return rows;
}

static void answer_table(const struct compare *compare, const struct row *rows, size_t count,
                         const struct moment *moment)
{
    struct figures_body body;
    struct csv *csv = http_open_table(&body);

    figure_csv_header(csv);
    for (size_t i = 0; i < count; i++) {
        struct slice slice = compare->asked.slice;
        slice.members[compare->by] = rows[i].member;
        struct figure_line line = {&rows[i].figure, &slice, rows[i].name, rows[i].rank};
        figure_csv_line(csv, &line, moment);
    }
    http_send_table(compare->asked.request, &body, moment, "comparison");
}

static void compare_answer(struct compare *compare, const struct pg_tx *tx,
                           const struct moment *moment)
{
    const struct asked *asked = &compare->asked;
    size_t count;
    const struct row *rows = rank_rows(compare, tx, &count);
    if (asked->is_table) {
        answer_table(compare, rows, count, moment);
        return;
    }
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    struct slice any = asked->slice;

    any.members[compare->by] = "";
    figure_put_definition(writer, asked->indicator);
    json_put_text(writer, "by", dimension_words[compare->by]);
    figure_put_slice(writer, &asked->slice);
    figure_put_window(writer, &any, moment);
    json_open_array(writer, "items");
    for (size_t i = 0; i < count; i++) {
        put_row(writer, &rows[i]);
    }
    json_close_array(writer);
    http_send_body(asked->request, &body, moment);
}
