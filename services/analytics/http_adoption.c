/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/adoption: who of those who are to have an account has one, on a day.
 *
 * Of every unit, or of every area, or of one of them. A unit's item says, too, whether its duty was
 * met in time. */
#include <string.h>

#include "common/clock.h"
#include "services/analytics/adoption_csv.h"
#include "services/analytics/adoption_json.h"
#include "services/analytics/analytics.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct get {
    struct http_request *request;
    enum basis_kind kind;
    const char *code; /* NULL: all */
    int32_t day;
    bool sees_all;
    bool is_table;
};

static bool get_decode(struct get *get, struct error *err);
static void get_read(struct get *get, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment);

void http_get_adoption(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};

    *get = (struct get){.request = request};
    if (!get_decode(get, &err)) {
        http_answer_error(request, &err);
        return;
    }
    get_read(get, analytics->parts->pg);
}

/* ---- what is asked for ---- */

static const char *const members[BASIS_KINDS] = {
    [BASIS_ROSTER] = "unit", [BASIS_POPULATION] = "area"};

static void read_member(struct get *get, struct error *err)
{
    const char *unit = http_query(get->request, "unit"), *area = http_query(get->request, "area");
    const char *by = http_query(get->request, "by");
    if (unit != NULL && area != NULL) {
        error_add_field(err, "area", "not_allowed", "a unit is asked for");
    }
    get->code = unit != NULL ? unit : area;
    get->kind = area != NULL ? BASIS_POPULATION : BASIS_ROSTER;
    http_check_unit(members[get->kind], get->code, err);
    if (by == NULL) {
        return;
    }
    if (get->code != NULL) {
        error_add_field(err, "by", "not_allowed", "one is asked for");
    } else if (strcmp(by, members[BASIS_POPULATION]) == 0) {
        get->kind = BASIS_POPULATION;
    } else if (strcmp(by, members[BASIS_ROSTER]) != 0) {
        error_add_field(err, "by", "not_allowed", "must be unit or area");
    }
}

static bool get_decode(struct get *get, struct error *err)
{
    const char *at = http_query(get->request, "at");
    struct period day = {PERIOD_DAY, period_day(clock_now_us())};
    read_member(get, err);
    if (at != NULL && (!period_parse(at, &day) || day.kind != PERIOD_DAY)) {
        error_add_field(err, "at", "bad_period", "must be a day like 2026-11-24");
    }
    get->day = day.first;
    get->sees_all = http_sees_all(get->request);
    get->is_table = http_wants_table(get->request, err);
    if (!error_is_set(err) && !get->sees_all &&
        !coverage_day_is_public(get->day, period_day(clock_now_us()))) {
        error_set(err, ERR_FORBIDDEN, "not_public",
                  "the public sees today, the last day of each month, and the last day in time");
    }
    return !error_is_set(err);
}

/* Each coverage is two statements. */
enum { NAMES = FIGURES_MOMENT + 1, NOW, THEN = NOW + 2 };

static void get_read(struct get *get, struct pg *pg)
{
    size_t count = get->code != NULL;
    const char *const *codes = count > 0 ? &get->code : NULL;
    struct pg_tx *tx = http_read_figures(pg);
    store_read_names(tx, NAME_UNIT);
    store_read_coverages(tx, get->kind, get->day, codes, count);
    if (get->kind == BASIS_ROSTER) {
        store_read_coverages(tx, get->kind, adoption_last_day(&adoption_rule), codes, count);
    }
    pg_tx_send(tx, on_read, get);
}

static bool is_known(const struct get *get, const struct pg_tx *tx)
{
    struct bilingual name;
    return get->code == NULL || store_find_name(tx, NAMES, get->code, &name) ||
           pg_rows(tx, NOW) > 0 || pg_rows(tx, NOW + 1) > 0;
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;

    if (http_is_read(tx, outcome, &err) && !is_known(get, tx)) {
        error_set(&err, ERR_NOT_FOUND, get->kind == BASIS_ROSTER ? "unknown_unit" : "unknown_area",
                  "nothing is known of it");
    }
    if (http_take_moment(get->request, tx, &moment, &err)) {
        get_answer(get, tx, &moment);
    }
}

/* ---- what is answered ---- */

struct coverages {
    struct coverage *items;
    size_t count;
};

static struct coverages take_coverages(const struct get *get, const struct pg_tx *tx,
                                       size_t statement)
{
    struct coverages coverages;
    struct arena *arena = http_arena(get->request);
    coverages.count = store_take_coverages(tx, statement, get->kind, arena, &coverages.items);
    return coverages;
}

/* Those that are listed: one that is named also when nobody there has an account. */
static struct coverages take_now(const struct get *get, const struct pg_tx *tx)
{
    struct coverages now = take_coverages(get, tx, NOW);
    if (now.count == 0 && get->code != NULL) {
        now.items = arena_alloc(http_arena(get->request), sizeof *now.items);
        now.items[now.count++] = (struct coverage){.code = get->code};
    }
    return now;
}

static struct coverages take_then(const struct get *get, const struct pg_tx *tx)
{
    return get->kind == BASIS_ROSTER ? take_coverages(get, tx, THEN)
                                     : (struct coverages){.count = 0};
}

static bool is_hidden(const struct get *get, const struct coverage *coverage)
{
    return !get->sees_all && coverage_is_small(coverage);
}

static void put_item(struct json_writer *writer, const struct get *get, const struct pg_tx *tx,
                     const struct coverage *coverage, const struct coverages *then)
{
    const struct coverage *in_time = coverage_find(then->items, then->count, coverage->code);
    struct bilingual name = {0};
    json_open_object(writer, NULL);
    json_put_text(writer, members[get->kind], coverage->code);
    if (store_find_name(tx, NAMES, coverage->code, &name)) {
        http_put_name(writer, &name);
    }
    adoption_put_coverage(writer, coverage, is_hidden(get, coverage));
    if (get->kind == BASIS_ROSTER) {
        adoption_put_duty(writer, in_time, in_time != NULL && is_hidden(get, in_time));
    }
    json_close_object(writer);
}

enum { TOTAL_DECIMALS = 6 };

/* Of those who have a basis, so that numerator and denominator are about the same ones, and are
 * shown, so that it gives nobody away; the city is no area among others. */
static void put_total(struct json_writer *writer, const struct get *get,
                      const struct coverages *now)
{
    struct coverage total = {.basis = {.code = ""}};
    int64_t counted = 0;
    for (size_t i = 0; i < now->count; i++) {
        const struct coverage *coverage = &now->items[i];
        if (coverage->basis.code != NULL && !is_hidden(get, coverage) &&
            strcmp(coverage->code, COVERAGE_CITY) != 0) {
            total.accounts += coverage->accounts;
            total.basis.number += coverage->basis.number;
            counted++;
        }
    }
    json_open_object(writer, "total");
    json_put_int(writer, "counted", counted);
    json_put_int(writer, "numerator", total.accounts);
    json_put_int(writer, "denominator", total.basis.number);
    if (coverage_has_share(&total)) {
        json_put_real(writer, "value", coverage_share(&total), TOTAL_DECIMALS);
    }
    json_close_object(writer);
}

static void put_items(struct json_writer *writer, const struct get *get, const struct pg_tx *tx)
{
    struct coverages now = take_now(get, tx), then = take_then(get, tx);
    if (get->code == NULL) {
        put_total(writer, get, &now);
    }
    json_open_array(writer, "items");
    for (size_t i = 0; i < now.count; i++) {
        put_item(writer, get, tx, &now.items[i], &then);
    }
    json_close_array(writer);
}

static void put_rule(struct json_writer *writer)
{
    json_open_object(writer, "rule");
    json_put_text(writer, "code", adoption_rule.code);
    json_put_int(writer, "version", adoption_rule.version);
    json_put_text(writer, "source", adoption_rule.source);
    bilingual_put(writer, "text", &adoption_rule.text);
    adoption_put_day(writer, "before", adoption_rule.before);
    json_close_object(writer);
}

static void answer_table(const struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    struct coverages now = take_now(get, tx), then = take_then(get, tx);
    struct figures_body body;
    struct csv *csv = http_open_table(&body);

    adoption_csv_header(csv);
    for (size_t i = 0; i < now.count; i++) {
        const struct coverage *coverage = &now.items[i];
        const struct coverage *in_time = coverage_find(then.items, then.count, coverage->code);
        struct adoption_line line = {.adoption = {get->kind, get->day, *coverage, in_time},
                                     .hidden = is_hidden(get, coverage),
                                     .then_hidden = in_time != NULL && is_hidden(get, in_time)};
        store_find_name(tx, NAMES, coverage->code, &line.name);
        adoption_csv_line(csv, &line, moment);
    }
    http_send_table(get->request, &body, moment, "adoption");
}

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    if (get->is_table) {
        answer_table(get, tx, moment);
        return;
    }
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);

    figure_put_definition(writer, coverage_indicator(get->kind));
    adoption_put_day(writer, "at", get->day);
    json_put_instant(writer, "as_of", moment->as_of);
    json_put_instant_if(writer, "cutoff", moment->cutoff);
    if (get->kind == BASIS_ROSTER) {
        put_rule(writer);
    }
    put_items(writer, get, tx);
    http_send_body(get->request, &body, moment);
}
