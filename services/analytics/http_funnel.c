/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/funnel: know, install, have an account (Công điện 05/CĐ-UBND), beside the
 * population.
 *
 * Three counts of different things from different sources, so none is a part of another: who was
 * told twice counts twice, one person may install it on two phones. Of what nobody has told
 * anything, there is no number: that is not the same as nobody. */
#include <string.h>

#include "common/clock.h"
#include "services/analytics/account_counter.h"
#include "services/analytics/adoption_json.h"
#include "services/analytics/analytics.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"
#include "services/analytics/installation_subject.h"
#include "services/analytics/outreach_subject.h"

enum { PARTS = 3, SHARE_DECIMALS = 6 };

/* In the order of the way to an account. */
static const struct part {
    const char *name;
    enum subject subject;
    int counter;
    const char *process; /* NULL: whatever it is */
    const char *source;
    struct bilingual meaning;
} parts[PARTS] = {
    {.name = "told",
     .subject = SUBJECT_OUTREACH,
     .counter = OUTREACH_TOLD,
     .source = "vn.hanoi.outreach.recorded.v1",
     .meaning = {"Số lượt người được tuyên truyền, do các tổ công tác ghi nhận.",
                 "People who were told, as the teams recorded; whoever is told twice counts "
                 "twice."}},
    {.name = "installed",
     .subject = SUBJECT_INSTALLATIONS,
     .counter = INSTALLATION_ALL,
     .source = "vn.hanoi.installation.first_opened.v1",
     .meaning = {"Số lần cài đặt đã mở ứng dụng; theo xã, phường chỉ khi người dùng cho biết.",
                 "Installations in which the app was opened; by area only where that was told."}},
    {.name = "accounts",
     .subject = SUBJECT_ACCOUNTS,
     .counter = ACCOUNT_ALL,
     .process = "citizen",
     .source = "vn.hanoi.account.created.v1",
     .meaning = {"Số tài khoản công dân đã tạo, kể cả tài khoản đã đóng.",
                 "Citizens' accounts that were made, closed ones among them."}},
};

struct get {
    struct http_request *request;
    const char *area; /* NULL: the city */
    struct period period;
    int32_t today;
    bool sees_all;
    struct slice_cells cells[PARTS]; /* of the period */
    struct slice_cells ever[PARTS];  /* since the beginning */
};

static bool get_decode(struct get *get, struct error *err);
static void get_read(struct get *get, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment);

void http_get_funnel(struct http_request *request, void *state)
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

static bool find_cells(struct get *get, struct error *err)
{
    for (size_t i = 0; i < PARTS; i++) {
        struct slice slice = {
            .members = {[DIMENSION_AREA] = get->area, [DIMENSION_PROCESS] = parts[i].process},
            .period = get->period};
        if (slice_find(&get->cells[i], parts[i].subject, &slice, 0) != SLICE_KEPT) {
            return error_add_field(err, "period", "not_kept", "of areas no weeks are kept");
        }
        slice.period = (struct period){PERIOD_ALL, 0};
        slice_find(&get->ever[i], parts[i].subject, &slice, 0);
    }
    return true;
}

/* Days would tell of single persons, and so would an area's months: citizens among all. */
static bool is_public(const struct get *get)
{
    bool is_short = get->period.kind == PERIOD_WEEK || get->period.kind == PERIOD_DAY;
    return get->area != NULL ? get->period.kind == PERIOD_ALL : !is_short;
}

static bool get_decode(struct get *get, struct error *err)
{
    const char *area = http_query(get->request, "area");
    bool is_city = area != NULL && strcmp(area, COVERAGE_CITY) == 0;
    http_check_unit("area", area, err);
    get->area = is_city ? NULL : area;
    get->today = period_day(clock_now_us());
    get->sees_all = http_sees_all(get->request);
    get->period = http_read_period(get->request, err);
    if (error_is_set(err) || !find_cells(get, err)) {
        return false;
    }
    return get->sees_all || is_public(get) ||
           error_set(err, ERR_FORBIDDEN, "not_public",
                     "the public sees the city by month and longer, an area since the beginning");
}

/* The population of the latest year that is not after the period. */
static int32_t last_day(const struct get *get)
{
    int32_t end = period_end(&get->period);
    return end <= get->today ? end - 1 : get->today;
}

/* A part has two statements, coverage too. */
enum { NAMES = FIGURES_MOMENT + 1, PARTS_FIRST, COVERAGE = PARTS_FIRST + 2 * PARTS };

static void get_read(struct get *get, struct pg *pg)
{
    const char *const code = get->area != NULL ? get->area : COVERAGE_CITY;
    struct pg_tx *tx = http_read_figures(pg);
    store_read_names(tx, NAME_UNIT);
    for (size_t i = 0; i < PARTS; i++) {
        store_read_slice(tx, &get->cells[i], CELL_COUNTS);
        store_read_slice(tx, &get->ever[i], CELL_COUNTS);
    }
    store_read_coverages(tx, BASIS_POPULATION, last_day(get), &code, 1);
    pg_tx_send(tx, on_read, get);
}

static bool is_known(const struct get *get, const struct pg_tx *tx)
{
    struct bilingual name;
    bool known = get->area == NULL || store_find_name(tx, NAMES, get->area, &name) ||
                 pg_rows(tx, COVERAGE + 1) > 0;
    for (size_t i = 0; i < PARTS; i++) {
        known = known || pg_rows(tx, PARTS_FIRST + 2 * i + 1) > 0;
    }
    return known;
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;

    if (http_is_read(tx, outcome, &err) && !is_known(get, tx)) {
        error_set(&err, ERR_NOT_FOUND, "unknown_area", "there is no such ward or commune");
    }
    if (http_take_moment(get->request, tx, &moment, &err)) {
        get_answer(get, tx, &moment);
    }
}

/* ---- what is answered ---- */

/* False: nobody ever told anything of it. */
static bool take_part(const struct get *get, const struct pg_tx *tx, size_t number, int64_t *sum)
{
    struct tally tally;
    size_t statement = PARTS_FIRST + 2 * number;
    http_take_tally(tx, statement, CELL_COUNTS, http_arena(get->request), &tally);
    *sum = tally.counts[parts[number].counter];
    return pg_rows(tx, statement + 1) > 0;
}

static void put_part(struct json_writer *writer, const struct get *get, const struct pg_tx *tx,
                     size_t number, const struct basis *population)
{
    int64_t sum;
    if (!take_part(get, tx, number, &sum)) {
        return;
    }
    json_open_object(writer, parts[number].name);
    if (!get->sees_all && disclosure_is_small(sum)) {
        json_put_bool(writer, "hidden", true);
    } else {
        json_put_int(writer, "number", sum);
        if (population->code != NULL && population->number > 0) {
            json_put_real(writer, "of_population", (double)sum / (double)population->number,
                          SHARE_DECIMALS);
        }
    }
    bilingual_put(writer, "meaning", &parts[number].meaning);
    json_put_text(writer, "source", parts[number].source);
    json_close_object(writer);
}

static void put_place(struct json_writer *writer, const struct get *get, const struct pg_tx *tx)
{
    struct bilingual name = {0};
    char period[PERIOD_TEXT_SIZE];
    const char *code = get->area != NULL ? get->area : COVERAGE_CITY;
    json_put_text(writer, "area", code);
    if (store_find_name(tx, NAMES, code, &name)) {
        http_put_name(writer, &name);
    }
    json_put_text(writer, "period", period_format(&get->period, period));
}

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    struct coverage *list;
    struct basis population = {.code = NULL};
    const struct slice slice = {.members = {[DIMENSION_AREA] = get->area}, .period = get->period};
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);

    if (store_take_coverages(tx, COVERAGE, BASIS_POPULATION, http_arena(get->request), &list) > 0) {
        population = list[0].basis;
    }
    put_place(writer, get, tx);
    for (size_t i = 0; i < PARTS; i++) {
        put_part(writer, get, tx, i, &population);
    }
    if (population.code != NULL) {
        adoption_put_basis(writer, &population);
    }
    figure_put_window(writer, &slice, moment);
    http_send_body(get->request, &body, moment);
}
