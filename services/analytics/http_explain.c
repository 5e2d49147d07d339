/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/explain: where one figure comes from.
 *
 * Definition and sums in words, the counters behind numerator and denominator, what was left out,
 * which sums were added up, and why it may or may not be seen. Of a hidden figure nothing is told
 * that counts anything. */
#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/explanation.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct explain {
    struct asked asked;
    struct cell_key key;
    struct slice_cells rules; /* of the versions of the rule that decides, if one does */
    struct period rules_period;
};

static bool explain_decode(struct explain *explain, struct error *err);
static void explain_read(struct explain *explain, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void explain_answer(struct explain *explain, const struct pg_tx *tx,
                           const struct moment *moment);

void http_get_explanation(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct explain *explain = arena_alloc(http_arena(request), sizeof *explain);
    struct error err = {0};

    *explain = (struct explain){.asked = http_asked_of(request, state)};
    if (!explain_decode(explain, &err)) {
        http_answer_error(request, &err);
        return;
    }
    explain_read(explain, analytics->parts->pg);
}

/* Those of the city's cases of the period; of days and weeks, of their month. */
static void find_rules(struct explain *explain)
{
    const struct indicator *indicator = explain->asked.indicator;
    struct slice city = {.period = explain->asked.slice.period};
    if (city.period.kind > PERIOD_MONTH) {
        city.period = period_of(PERIOD_MONTH, city.period.first);
    }
    explain->rules_period = city.period;
    if (indicator->rule != 0) {
        slice_find(&explain->rules, indicator->subject, &city, 1u << indicator->rule);
    }
}

static bool explain_decode(struct explain *explain, struct error *err)
{
    struct asked *asked = &explain->asked;
    http_read_indicator(&asked->indicator, asked->request, err);
    if (!http_asked_slice(asked, 0, err)) {
        return false;
    }
    explain->key = slice_cell(&asked->cells, &asked->slice.period);
    find_rules(explain);
    return http_check_public(asked->request, &explain->key, err);
}

enum { CELLS = KNOWN_NEXT, RULES };

static void explain_read(struct explain *explain, struct pg *pg)
{
    struct pg_tx *tx = http_read_known(pg, &explain->asked);
    store_read_slice(tx, &explain->asked.cells, http_asked_part(&explain->asked));
    if (explain->asked.indicator->rule != 0) {
        store_read_slice(tx, &explain->rules, CELL_COUNTS);
    }
    pg_tx_send(tx, on_read, explain);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct explain *explain = arg;
    struct moment moment;
    if (http_take_known(&explain->asked, tx, outcome, &moment)) {
        explain_answer(explain, tx, &moment);
    }
}

/* ---- what it is made of ---- */

static void put_counters(struct json_writer *writer, const char *name, enum subject subject,
                         uint64_t counters, const struct tally *tally)
{
    json_open_array(writer, name);
    for (; counters != 0; counters &= counters - 1) {
        int counter = __builtin_ctzll(counters);
        json_open_object(writer, NULL);
        json_put_text(writer, "counter", subjects[subject]->counter_words[counter]);
        json_put_int(writer, "number", tally->counts[counter]);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_part(struct json_writer *writer, const struct explanation_part *part,
                     enum subject subject, const struct tally *tally)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "part", indicator_part_words[part->part]);
    json_put_int(writer, "sum", part->sum);
    if (!part->is_whole) {
        put_counters(writer, "counters", subject, part->counters, tally);
        put_counters(writer, "less", subject, part->less, tally);
    }
    json_close_object(writer);
}

static void put_made_of(struct json_writer *writer, const struct explain *explain,
                        const struct figure *figure, const struct tally *tally)
{
    struct explanation explanation;
    explanation_of(&explanation, figure, tally, http_sees_all(explain->asked.request));
    json_open_array(writer, "parts");
    for (size_t i = 0; i < explanation.part_count; i++) {
        put_part(writer, &explanation.parts[i], explain->key.subject, tally);
    }
    json_close_array(writer);
    json_open_array(writer, "left_out");
    for (size_t i = 0; i < explanation.left_out_count; i++) {
        const struct left_out *left_out = &explanation.left_out[i];
        json_open_object(writer, NULL);
        json_put_text(writer, "reason", left_out->reason);
        json_put_int(writer, "number", left_out->number);
        bilingual_put(writer, "why", &left_out->why);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* ---- which sums were added up ---- */

static void put_cells(struct json_writer *writer, const struct pg_tx *tx, enum period_kind kind)
{
    json_open_array(writer, "cells");
    for (size_t row = 0; row < pg_rows(tx, CELLS); row++) {
        struct period period = {kind, store_cell_first(tx, CELLS, row)};
        char text[PERIOD_TEXT_SIZE];
        json_put_text(writer, NULL, period_format(&period, text));
    }
    json_close_array(writer);
}

/* Whether there is a cell at all tells whether anything was counted. */
static void put_sums(struct json_writer *writer, const struct explain *explain,
                     const struct pg_tx *tx, bool hidden)
{
    const struct slice_cells *cells = &explain->asked.cells;
    const struct grouping *grouping = &subjects[cells->subject]->groupings[cells->grouping];
    json_open_object(writer, "sums");
    json_put_text(writer, "subject", subjects[cells->subject]->name);
    json_open_array(writer, "dimensions");
    for (size_t i = 0; i < grouping->dimension_count; i++) {
        json_put_text(writer, NULL, dimension_words[grouping->dimensions[i]]);
    }
    json_close_array(writer);
    json_put_text(writer, "kept_by", period_words[cells->kind]);
    if (!hidden) {
        put_cells(writer, tx, cells->kind);
    }
    json_close_object(writer);
}

/* ---- rules ---- */

static const struct bilingual disclosure_text = {
    "Công chúng không xem được số liệu của ít hơn 5 trường hợp, hoặc số liệu mà từ đó suy ra được.",
    "The public sees no sum over fewer than 5, nor what would give one away."};

static void put_disclosure(struct json_writer *writer, const struct explain *explain, bool hidden)
{
    json_open_object(writer, "disclosure");
    json_put_text(writer, "state", hidden ? "hidden" : "shown");
    json_put_bool(writer, "sees_all", http_sees_all(explain->asked.request));
    json_put_int(writer, "least", DISCLOSURE_K);
    bilingual_put(writer, "rule", &disclosure_text);
    json_close_object(writer);
}

static const struct bilingual dues_text = {
    "Hạn xử lý của từng phản ánh theo phiên bản quy tắc có hiệu lực khi mở phản ánh; phiên bản đó "
    "ở "
    "phần giải thích của phản ánh.",
    "A case's due times follow the versions of the rules that it was opened under; the case's own "
    "explanation names them."};

struct applied {
    const char *rule;
    struct tally tally;
};

/* Several months have a cell each. */
static size_t take_applied(const struct explain *explain, const struct pg_tx *tx,
                           struct applied *applied)
{
    struct arena *arena = http_arena(explain->asked.request);
    size_t count = 0;
    for (size_t row = 0; row < pg_rows(tx, RULES); row++) {
        struct cell_row cell;
        size_t i = 0;
        if (!store_take_cell(tx, RULES, row, CELL_COUNTS, arena, &cell)) {
            continue;
        }
        while (i < count && strcmp(applied[i].rule, cell.key.members[0]) != 0) {
            i++;
        }
        if (i == count) {
            applied[count++] = (struct applied){.rule = cell.key.members[0]};
        }
        tally_add(&applied[i].tally, &cell.tally, arena);
    }
    return count;
}

static void put_applied(struct json_writer *writer, const struct explain *explain,
                        const struct pg_tx *tx)
{
    const struct asked *asked = &explain->asked;
    struct applied *applied =
        arena_array(http_arena(asked->request), pg_rows(tx, RULES), sizeof *applied);
    size_t count = take_applied(explain, tx, applied);
    json_open_array(writer, "applied");
    for (size_t i = 0; i < count; i++) {
        struct cell_key key = slice_cell(&explain->rules, &explain->rules_period);
        int64_t cases = applied[i].tally.counts[subjects[key.subject]->size_counter];
        key.members[0] = applied[i].rule;
        if (cases == 0) {
            continue; /* they went over to another one */
        }
        json_open_object(writer, NULL);
        json_put_text(writer, "rule", applied[i].rule);
        if (http_sees_all(asked->request) ||
            !discloser_hides(asked->discloser, &key, &applied[i].tally)) {
            json_put_int(writer, "cases", cases);
        }
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_rules(struct json_writer *writer, const struct explain *explain,
                      const struct pg_tx *tx)
{
    const struct indicator *indicator = explain->asked.indicator;
    json_open_object(writer, "rules");
    json_open_array(writer, "known");
    json_open_object(writer, NULL);
    json_put_text(writer, "code", indicator->code);
    json_put_int(writer, "version", indicator->version);
    json_put_text(writer, "source", indicator->source);
    json_close_object(writer);
    json_close_array(writer);
    if (indicator->rule != 0) {
        put_applied(writer, explain, tx);
        bilingual_put(writer, "not_known", &dues_text);
    }
    json_close_object(writer);
}

static void explain_answer(struct explain *explain, const struct pg_tx *tx,
                           const struct moment *moment)
{
    const struct asked *asked = &explain->asked;
    struct figure figure;
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    struct tally tally;

    http_take_tally(tx, CELLS, http_asked_part(asked), http_arena(asked->request), &tally);
    http_asked_figure(&figure, asked, &explain->key, &tally);
    figure_put_definition(writer, asked->indicator);
    figure_put_slice(writer, &asked->slice);
    figure_put_value(writer, &figure);
    figure_put_window(writer, &asked->slice, moment);
    if (!figure.hidden) {
        put_made_of(writer, explain, &figure, &tally);
    }
    put_sums(writer, explain, tx, figure.hidden);
    put_disclosure(writer, explain, figure.hidden);
    put_rules(writer, explain, tx);
    http_send_body(asked->request, &body, moment);
}
