/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analytics/example.h"

#include <math.h>

#include "services/analytics/survey_json.h"

static bool read(const struct example *example, struct arena *arena, struct error *err)
{
    struct survey survey;
    struct survey_answer answer;
    struct survey_end end;
    if (strcmp(example->type, "vn.hanoi.survey.opened.v1") == 0) {
        return survey_read(&survey, example->data, example->data_size, arena, err);
    }
    if (strcmp(example->type, "vn.hanoi.survey.closed.v1") == 0) {
        return survey_end_read(&end, example->data, example->data_size, arena, err);
    }
    return survey_answer_read(&answer, example->data, example->data_size, arena, err);
}

static void every_example_of_a_survey_is_judged_right(void **state)
{
    (void)state;
    examples_check("vn.hanoi.survey.*.v1", 7 + 24, read);
}

static void a_survey_is_read_whole(void **state)
{
    struct example example;
    struct survey survey;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    example_read(&example, "proto/examples/vn.hanoi.survey.opened.v1/maximal.json", &arena);
    assert_true(survey_read(&survey, example.data, example.data_size, &arena, NULL));
    assert_int_equal(survey.version, 2);
    assert_int_equal(survey.question_count, 3);
    assert_string_equal(survey.questions[2].code, "ease");
    assert_int_equal(survey.questions[2].kind, SURVEY_SCALE);
    assert_int_equal(survey.questions[2].choice_count, 5);
    assert_string_equal(survey.questions[1].choices[2].name.en, "Friends");
    assert_true(survey.invited == 1200 && survey.stratum_count == 2);
    assert_true(survey.strata[1].population == 41870);
    example_read(&example, "proto/examples/vn.hanoi.survey.opened.v1/minimal.json", &arena);
    assert_true(survey_read(&survey, example.data, example.data_size, &arena, NULL));
    assert_true(survey.invited == SURVEY_ANYBODY && survey.stratum_count == 0);
    arena_finish(&arena);
}

static void an_answer_is_its_questions_and_choices(void **state)
{
    static const char *const items[] = {"knows_app",       "knows_app=yes",      "heard_from",
                                        "heard_from=team", "heard_from=friends", "ease",
                                        "ease=4"};
    struct example example;
    struct survey_answer answer, other;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    example_read(&example, "proto/examples/vn.hanoi.survey.answered.v1/maximal.json", &arena);
    assert_true(survey_answer_read(&answer, example.data, example.data_size, &arena, NULL));
    assert_int_equal(answer.item_count, sizeof items / sizeof items[0]);
    for (size_t i = 0; i < answer.item_count; i++) {
        assert_string_equal(answer.items[i], items[i]);
    }
    assert_string_equal(answer.stratum, "00070");
    example_read(&example, "proto/examples/vn.hanoi.survey.answered.v1/taken_back.json", &arena);
    assert_true(survey_answer_read(&other, example.data, example.data_size, &arena, NULL));
    assert_int_equal(other.item_count, 0);
    assert_true(uuid_equal(&answer.respondent, &other.respondent));
    arena_finish(&arena);
}

static void a_choice_counts_once_however_often_it_is_told(void **state)
{
    static const char json[] =
        "{\"survey_id\":\"01a1dcee-cd00-7811-b2a1-4b9850c9d9c7\",\"answer_id\":"
        "\"01a1e960-d600-70db-92f4-076c08251841\",\"version\":1,\"respondent\":"
        "\"00e3874b77243522c34e36a8daf98c2154b04630bce913e30854c13822aa1213\","
        "\"answers\":{\"q\":[\"a\",\"b\",\"a\"]},\"at\":\"2026-11-17T12:00:00.000Z\"}";
    struct survey_answer answer;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(survey_answer_read(&answer, json, strlen(json), &arena, NULL));
    assert_int_equal(answer.item_count, 3);
    arena_finish(&arena);
}

/* ---- shares ---- */

static const struct survey_stratum strata[] = {{"old", 300}, {"young", 700}};
static const struct survey asked = {.strata = strata, .stratum_count = 2};

/* Ten old ones of whom eight say yes, five young ones of whom one does, and one of no stratum. */
static const struct survey_count rows[] = {{"old", "", 10},  {"old", "q", 10},  {"old", "q=y", 8},
                                           {"young", "", 5}, {"young", "q", 5}, {"young", "q=y", 1},
                                           {"", "", 1},      {"", "q", 1},      {"", "q=y", 1}};
static const struct survey_counts counts = {rows, sizeof rows / sizeof rows[0]};

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void answers_of_a_stratum_stand_for_its_population(void **state)
{
    struct survey_weights weights;
    struct survey_share share;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_int_equal(survey_respondents(&counts), 16);
    survey_weigh(&weights, &asked, &counts, &arena);
    assert_int_equal(weights.weighing, SURVEY_WEIGHED);
    assert_int_equal(weights.left_out, 1);
    assert_true(near(weights.weights[0], 0.3 / (10.0 / 15)));
    assert_true(near(weights.weights[1], 0.7 / (5.0 / 15)));
    survey_share_of(&share, &asked, &weights, &counts, "q", "y", &arena);
    assert_int_equal(share.chosen, 10);
    assert_int_equal(share.answered, 16);
    assert_true(near(share.weighed_share, 0.3 * 0.8 + 0.7 * 0.2));
    assert_true(near(share.effective, 15.0 * 15 / (10 * 0.45 * 0.45 + 5 * 2.1 * 2.1)));
    assert_true(share.weighed_interval.low < share.weighed_share &&
                share.weighed_share < share.weighed_interval.high);
    survey_share_of(&share, &asked, &weights, &counts, "q", "n", &arena);
    assert_true(share.chosen == 0 && share.weighed_share == 0 && share.weighed_interval.low == 0);
    survey_share_of(&share, &asked, &weights, &counts, "r", "y", &arena);
    assert_true(share.answered == 0 && share.effective == 0);
    arena_finish(&arena);
}

/* As many answers of each as there are people of it: then weighing changes nothing. */
static void equal_weights_change_nothing(void **state)
{
    static const struct survey_stratum even[] = {{"old", 200}, {"young", 100}};
    static const struct survey survey = {.strata = even, .stratum_count = 2};
    static const struct survey_counts placed = {rows, 6};
    struct survey_weights weights;
    struct survey_share share;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    survey_weigh(&weights, &survey, &placed, &arena);
    survey_share_of(&share, &survey, &weights, &placed, "q", "y", &arena);
    assert_true(near(share.share, share.weighed_share) && near(share.effective, 15));
    assert_true(near(share.interval.low, share.weighed_interval.low));
    assert_true(near(share.interval.high, share.weighed_interval.high));
    arena_finish(&arena);
}

static void without_weights_it_is_said_why(void **state)
{
    static const struct survey_stratum empty[] = {{"old", 0}, {"young", 0}};
    static const struct survey_count few[] = {{"old", "", 10}, {"young", "", 4}};
    const struct survey none = {.stratum_count = 0}, nobody = {.strata = empty, .stratum_count = 2};
    const struct survey_counts small = {few, 2};
    struct survey_weights weights;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    survey_weigh(&weights, &none, &counts, &arena);
    assert_int_equal(weights.weighing, SURVEY_NO_STRATA);
    survey_weigh(&weights, &nobody, &counts, &arena);
    assert_int_equal(weights.weighing, SURVEY_NO_POPULATION);
    survey_weigh(&weights, &asked, &small, &arena);
    assert_int_equal(weights.weighing, SURVEY_STRATUM_SMALL);
    assert_null(weights.weights);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_of_a_survey_is_judged_right),
        cmocka_unit_test(a_survey_is_read_whole),
        cmocka_unit_test(an_answer_is_its_questions_and_choices),
        cmocka_unit_test(a_choice_counts_once_however_often_it_is_told),
        cmocka_unit_test(answers_of_a_stratum_stand_for_its_population),
        cmocka_unit_test(equal_weights_change_nothing),
        cmocka_unit_test(without_weights_it_is_said_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
