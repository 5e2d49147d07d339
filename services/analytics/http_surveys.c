/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/surveys/{id}: what the answers to a survey say. */
#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"
#include "services/analytics/store_survey.h"

enum { SHARE_DECIMALS = 6, WEIGHT_DECIMALS = 4, NUMBER_DECIMALS = 1 };

struct get {
    struct http_request *request;
    struct survey survey;
    struct survey_results results;
    struct survey_weights weights;
};

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static bool get_take(struct get *get, const struct pg_tx *tx, struct error *err);
static void get_answer(struct get *get, const struct moment *moment);

enum { SURVEY = FIGURES_MOMENT + 1 };

void http_get_survey(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};
    const char *text = http_param(request, "id");
    struct uuid id;

    *get = (struct get){.request = request};
    if (!uuid_parse(text, strlen(text), &id)) {
        error_add_field(&err, "id", "bad_uuid", "must be the id of a survey");
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = http_read_figures(analytics->parts->pg);
    store_read_survey(tx, &id);
    pg_tx_send(tx, on_read, get);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;

    http_is_read(tx, outcome, &err);
    if (!http_take_moment(get->request, tx, &moment, &err)) {
        return;
    }
    if (get_take(get, tx, &err)) {
        get_answer(get, &moment);
    } else {
        http_answer_error(get->request, &err);
    }
}

/* The definition is as it came, and was read before: it is good. */
static bool get_take(struct get *get, const struct pg_tx *tx, struct error *err)
{
    struct arena *arena = http_arena(get->request);
    if (!store_take_survey(tx, SURVEY, arena, &get->results)) {
        return error_set(err, ERR_NOT_FOUND, "unknown_survey", "there is no such survey");
    }
    if (!survey_read(&get->survey, get->results.definition, strlen(get->results.definition), arena,
                     err)) {
        return false;
    }
    survey_weigh(&get->weights, &get->survey, &get->results.counts, arena);
    return true;
}

/* ---- the answer ---- */

static void put_interval(struct json_writer *writer, const char *name,
                         const struct interval *interval)
{
    json_open_object(writer, name);
    json_put_real(writer, "low", interval->low, SHARE_DECIMALS);
    json_put_real(writer, "high", interval->high, SHARE_DECIMALS);
    json_close_object(writer);
}

static void put_response(struct json_writer *writer, const struct get *get)
{
    int64_t respondents = survey_respondents(&get->results.counts);
    json_put_int(writer, "respondents", respondents);
    if (get->survey.invited != SURVEY_ANYBODY) {
        json_put_int(writer, "invited", get->survey.invited);
    }
    if (get->survey.invited > 0) {
        json_put_real(writer, "response_rate", (double)respondents / (double)get->survey.invited,
                      SHARE_DECIMALS);
    }
}

static void put_weighing(struct json_writer *writer, const struct get *get)
{
    bool weighed = get->weights.weighing == SURVEY_WEIGHED;
    json_open_object(writer, "weighing");
    json_put_bool(writer, "weighed", weighed);
    if (!weighed) {
        json_put_text(writer, "why_not", survey_weighing_words[get->weights.weighing]);
    } else {
        json_put_int(writer, "left_out", get->weights.left_out);
        json_open_array(writer, "strata");
        for (size_t i = 0; i < get->survey.stratum_count; i++) {
            json_open_object(writer, NULL);
            json_put_text(writer, "code", get->survey.strata[i].code);
            json_put_int(writer, "population", get->survey.strata[i].population);
            json_put_real(writer, "weight", get->weights.weights[i], WEIGHT_DECIMALS);
            json_close_object(writer);
        }
        json_close_array(writer);
    }
    json_close_object(writer);
}

static void put_share(struct json_writer *writer, const struct survey_share *share)
{
    json_put_int(writer, "count", share->chosen);
    if (share->answered > 0) {
        json_put_real(writer, "share", share->share, SHARE_DECIMALS);
        put_interval(writer, "interval", &share->interval);
    }
    if (share->effective > 0) {
        json_put_real(writer, "weighed_share", share->weighed_share, SHARE_DECIMALS);
        put_interval(writer, "weighed_interval", &share->weighed_interval);
    }
}

/* shown: else only what was asked. */
static void put_question(struct json_writer *writer, const struct get *get,
                         const struct survey_question *question, bool shown)
{
    struct survey_share share = {.answered = 0};
    json_open_object(writer, NULL);
    json_put_text(writer, "code", question->code);
    json_put_text(writer, "kind", survey_kind_words[question->kind]);
    bilingual_put(writer, "prompt", &question->prompt);
    json_open_array(writer, "choices");
    for (size_t i = 0; i < question->choice_count; i++) {
        const struct survey_choice *choice = &question->choices[i];
        survey_share_of(&share, &get->survey, &get->weights, &get->results.counts, question->code,
                        choice->key, http_arena(get->request));
        json_open_object(writer, NULL);
        json_put_text(writer, "key", choice->key);
        bilingual_put(writer, "name", &choice->name);
        if (shown) {
            put_share(writer, &share);
        }
        json_close_object(writer);
    }
    json_close_array(writer);
    if (shown) {
        json_put_int(writer, "answered", share.answered);
    }
    if (shown && share.effective > 0) {
        json_put_real(writer, "effective_answers", share.effective, NUMBER_DECIMALS);
    }
    json_close_object(writer);
}

static void put_members(struct json_writer *writer, const struct get *get)
{
    bool shown = survey_respondents(&get->results.counts) >= SURVEY_ANSWERS_MIN;
    json_put_uuid(writer, "survey_id", &get->survey.survey_id);
    json_put_int(writer, "version", get->survey.version);
    bilingual_put(writer, "title", &get->survey.title);
    json_put_instant(writer, "opens_at", get->survey.opens_at);
    json_put_instant(writer, "closes_at", get->survey.closes_at);
    json_put_instant_if(writer, "closed_at", get->results.closed_at);
    json_put_int(writer, "answers_min", SURVEY_ANSWERS_MIN);
    json_put_bool(writer, "shown", shown);
    if (shown) {
        put_response(writer, get);
        put_weighing(writer, get);
    }
    json_open_array(writer, "questions");
    for (size_t i = 0; i < get->survey.question_count; i++) {
        put_question(writer, get, &get->survey.questions[i], shown);
    }
    json_close_array(writer);
    json_put_instant_if(writer, "as_of", get->results.counted_at);
    json_put_instant_if(writer, "cutoff", shown ? get->results.cutoff : 0);
}

static void get_answer(struct get *get, const struct moment *moment)
{
    struct figures_body body;
    put_members(http_open_body(&body), get);
    http_send_body(get->request, &body, moment);
}
