/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/cases: the cases that a part of a figure counts, for those who see all.
 *
 * Taken from the facts as they are counted now, so that there are as many as the figure says. Pages
 * follow each other by day and id: what is counted meanwhile may be missed or come twice. */
#include <string.h>

#include "common/http_page.h"
#include "services/analytics/analytics.h"
#include "services/analytics/case_counter.h"
#include "services/analytics/case_subject.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"
#include "services/analytics/store_evidence.h"

enum { HOURS_DECIMALS = 2 };

struct list {
    struct asked asked;
    enum indicator_part part;
    struct evidence_of of;
    struct http_page page;
};

static bool list_decode(struct list *list, struct error *err);
static void list_read(struct list *list, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void list_answer(struct list *list, const struct pg_tx *tx, const struct moment *moment);

void http_get_cases(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};

    *list = (struct list){.asked = http_asked_of(request, state)};
    if (!list_decode(list, &err)) {
        http_answer_error(request, &err);
        return;
    }
    list_read(list, analytics->parts->pg);
}

/* ---- what is asked for ---- */

static bool read_part(struct list *list, struct error *err)
{
    const char *word = http_query(list->asked.request, "part");
    for (int part = 0; word != NULL && part < INDICATOR_PARTS; part++) {
        if (strcmp(word, indicator_part_words[part]) == 0) {
            list->part = (enum indicator_part)part;
            return true;
        }
    }
    return error_add_field(err, "part", word == NULL ? "required" : "not_allowed",
                           "must be numerator, denominator or pending");
}

/* Numerator and denominator of a time are the cases that have one. */
static bool find_evidence(struct list *list, struct error *err)
{
    const struct indicator *indicator = list->asked.indicator;
    struct evidence_of *of = &list->of;
    const uint64_t amount = COUNTER(case_subject.amount_counters[0]);
    of->slice = &list->asked.slice;
    of->timed = indicator->kind == INDICATOR_TIME && list->part != PART_PENDING;
    of->any = of->timed ? 0 : indicator_counters(indicator, list->part);
    of->none = list->part == PART_DENOMINATOR ? indicator->denominator_less : 0;
    of->amount = (of->any & amount) != 0;
    of->any &= ~amount;
    return of->any != 0 || of->amount || of->timed ||
           error_add_field(err, "part", "not_allowed", "this indicator has none");
}

static bool list_decode(struct list *list, struct error *err)
{
    struct asked *asked = &list->asked;
    http_read_indicator(&asked->indicator, asked->request, err);
    if (asked->indicator != NULL && asked->indicator->subject != SUBJECT_CASES) {
        error_add_field(err, "code", "not_allowed", "counts no cases");
    }
    read_part(list, err);
    http_page_read(&list->page, asked->request, err);
    return http_asked_slice(asked, 0, err) && find_evidence(list, err);
}

/* ---- reading ---- */

enum { EVIDENCE = KNOWN_NEXT };

static void list_read(struct list *list, struct pg *pg)
{
    struct pg_tx *tx = http_read_known(pg, &list->asked);
    struct evidence_place before = {.day = period_end(&list->asked.slice.period)};
    if (list->page.has_cursor) {
        before = (struct evidence_place){period_day(list->page.cursor.at_us), list->page.cursor.id};
    }
    store_read_evidence(tx, &list->of, &before, (int32_t)list->page.limit + 1);
    pg_tx_send(tx, on_read, list);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct list *list = arg;
    struct moment moment;
    if (http_take_known(&list->asked, tx, outcome, &moment)) {
        list_answer(list, tx, &moment);
    }
}

/* ---- what is answered ---- */

static void put_counters(struct json_writer *writer, uint64_t marks)
{
    json_open_array(writer, "counters");
    for (; marks != 0; marks &= marks - 1) {
        json_put_text(writer, NULL, case_subject.counter_words[__builtin_ctzll(marks)]);
    }
    json_close_array(writer);
}

static void put_case(struct json_writer *writer, const struct list *list,
                     const struct evidence *evidence)
{
    const struct period day = {PERIOD_DAY, evidence->place.day};
    char text[PERIOD_TEXT_SIZE];
    json_open_object(writer, NULL);
    json_put_uuid(writer, "case_id", &evidence->place.id);
    json_put_text(writer, "opened_on", period_format(&day, text));
    for (int state = 0; state < CASE_STATES; state++) {
        if ((evidence->marks & COUNTER(CASE_STATE_FIRST + state)) != 0) {
            json_put_text(writer, "state", case_state_words[state]);
        }
    }
    json_put_text(writer, "unit", evidence->unit);
    put_counters(writer, evidence->marks);
    if (list->of.amount) {
        json_put_int(writer, "amount", evidence->amount);
    }
    if (list->of.timed) {
        json_put_real(writer, "hours", sketch_hours(evidence->bucket), HOURS_DECIMALS);
    }
    json_close_object(writer);
}

static void put_next(struct json_writer *writer, const struct evidence_place *last)
{
    struct cursor cursor = {.at_us = period_instant(last->day), .id = last->id};
    char text[CURSOR_TEXT_SIZE];
    json_put_text(writer, "next", cursor_format(&cursor, text));
}

static void put_cases(struct json_writer *writer, const struct list *list, const struct pg_tx *tx)
{
    size_t rows = pg_rows(tx, EVIDENCE), shown = http_page_shown(&list->page, rows);
    struct evidence evidence;
    bool is_end = false;
    json_open_array(writer, "items");
    for (size_t row = 0; row < shown; row++) {
        if (store_take_evidence(tx, EVIDENCE, row, &evidence, &is_end)) {
            put_case(writer, list, &evidence);
        }
    }
    json_close_array(writer);
    if (rows > shown || is_end) {
        put_next(writer, &evidence.place);
    }
}

static void list_answer(struct list *list, const struct pg_tx *tx, const struct moment *moment)
{
    const struct asked *asked = &list->asked;
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);

    json_put_text(writer, "code", asked->indicator->code);
    json_put_int(writer, "definition_version", asked->indicator->version);
    json_put_text(writer, "part", indicator_part_words[list->part]);
    figure_put_slice(writer, &asked->slice);
    figure_put_window(writer, &asked->slice, moment);
    put_cases(writer, list, tx);
    http_send_body(asked->request, &body, moment);
}
