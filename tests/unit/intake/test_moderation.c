/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "services/intake/public_view.h"

static const char *const pictures[] = {"https://a.example/1.jpg", "https://a.example/2.jpg"};
static const struct submission report = {
    .title = "Hố sụt", .description = "Gọi 0912345678.", .media = pictures, .media_count = 2};

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const char *read_fault(const char *json)
{
    static struct error err;
    struct moderation_wish wish;
    error_clear(&err);
    return moderation_wish_read(&wish, json, strlen(json), &arena, &err) ? "" : err.fields[0].field;
}

static struct moderation decide(const char *json, const struct submission *submission)
{
    struct moderation_wish wish;
    struct moderation next, now = {0};
    struct error err = {0};
    assert_true(moderation_wish_read(&wish, json, strlen(json), &arena, &err));
    assert_true(moderation_decide(&next, &now, &wish, submission, PHASE_WORKING, &arena, &err));
    assert_int_equal(next.version, 1);
    return next;
}

static void a_bad_wish_is_told_by_field(void **state)
{
    static const struct {
        const char *json, *field;
    } rows[] = {
        {"{\"decision\":\"approve\"}", ""},
        {"{\"decision\":\"approve\",\"exact_place\":false,\"note\":\"x\"}", ""},
        {"{\"decision\":\"approve_redacted\",\"description\":\"x\"}", ""},
        {"{\"decision\":\"reject\",\"class\":\"offensive\"}", ""},
        {"{}", "decision"},
        {"{\"decision\":\"maybe\"}", "decision"},
        {"{\"decision\":\"approve\",\"description\":\"x\"}", "description"},
        {"{\"decision\":\"approve\",\"title\":\"x\"}", "title"},
        {"{\"decision\":\"approve\",\"class\":\"other\"}", "class"},
        {"{\"decision\":\"approve_redacted\"}", "description"},
        {"{\"decision\":\"reject\"}", "class"},
        {"{\"decision\":\"reject\",\"class\":\"rude\"}", "class"},
        {"{\"decision\":\"reject\",\"class\":\"other\",\"exact_place\":false}", "exact_place"},
        {"{\"decision\":\"reject\",\"class\":\"other\",\"withheld_media\":[\"x\"]}",
         "withheld_media"},
        {"{\"decision\":\"approve\",\"exact_place\":1}", "exact_place"},
        {"{\"decision\":\"approve\",\"extra\":1}", "extra"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(read_fault(rows[i].json), rows[i].field);
    }
}

static void approval_shows_what_was_written(void **state)
{
    (void)state;
    struct moderation next = decide("{\"decision\":\"approve\"}", &report);
    assert_int_equal(next.decision, MODERATION_APPROVED);
    assert_string_equal(next.title, "Hố sụt");
    assert_string_equal(next.description, "Gọi 0912345678.");
    assert_int_equal(next.media_count, 2);
    assert_true(next.exact_place);
}

static void pictures_may_be_withheld(void **state)
{
    (void)state;
    struct moderation next = decide(
        "{\"decision\":\"approve\",\"withheld_media\":[\"https://a.example/1.jpg\"]}", &report);
    assert_int_equal(next.media_count, 1);
    assert_string_equal(next.media[0], "https://a.example/2.jpg");
}

static void other_words_replace_the_title_too(void **state)
{
    (void)state;
    struct moderation next =
        decide("{\"decision\":\"approve_redacted\",\"description\":\"Gọi [số].\"}", &report);
    assert_null(next.title);
    assert_string_equal(next.description, "Gọi [số].");
}

static void a_rejection_shows_nothing(void **state)
{
    (void)state;
    struct moderation next =
        decide("{\"decision\":\"reject\",\"class\":\"personal_data\"}", &report);
    assert_null(next.title);
    assert_null(next.description);
    assert_int_equal(next.media_count, 0);
    assert_false(next.exact_place);
}

static void the_place_of_the_anonymous_stays_coarse(void **state)
{
    struct submission anonymous = report;
    (void)state;
    anonymous.anonymous = true;
    assert_false(decide("{\"decision\":\"approve\"}", &anonymous).exact_place);
    assert_true(decide("{\"decision\":\"approve\",\"exact_place\":true}", &anonymous).exact_place);
    assert_false(decide("{\"decision\":\"approve\",\"exact_place\":false}", &report).exact_place);
}

static void what_is_withdrawn_or_merged_is_not_decided(void **state)
{
    const struct moderation_wish wish = {.decision = MODERATION_APPROVED, .exact_place = -1};
    const struct moderation now = {0};
    (void)state;
    for (int phase = 0; phase < CASE_PHASES; phase++) {
        struct moderation next;
        struct error err = {0};
        bool open = phase != PHASE_WITHDRAWN && phase != PHASE_MERGED;
        assert_int_equal(
            moderation_decide(&next, &now, &wish, &report, (enum case_phase)phase, &arena, &err),
            open);
        assert_string_equal(err.code, open ? "" : "not_open");
    }
}

static void a_foreign_picture_is_a_fault(void **state)
{
    static const char *const foreign[] = {"https://a.example/1.jpg", "https://b.example/1.jpg"};
    const struct moderation_wish wish = {.withheld = foreign, .withheld_count = 2};
    struct moderation next, now = {0};
    struct error err = {0};
    (void)state;
    assert_false(moderation_decide(&next, &now, &wish, &report, PHASE_RECEIVED, &arena, &err));
    assert_string_equal(err.fields[0].field, "withheld_media[1]");
}

/* ---- what everybody may see ---- */

static struct submission_view view_of(const char *json, const char *answer)
{
    struct submission_view view = {.submission = report};
    view.state.version = 3;
    view.state.phase = PHASE_RESOLVED;
    view.state.result_text = answer;
    if (json != NULL) {
        view.moderation = decide(json, &report);
    }
    return view;
}

static void nothing_is_shown_before_somebody_looked(void **state)
{
    struct submission_view view = view_of(NULL, "Đã xong.");
    struct public_view shown = public_view_of(&view);
    (void)state;
    assert_false(shown.words);
    assert_null(shown.title);
    assert_null(shown.description);
    assert_null(shown.answer);
    assert_int_equal(shown.media_count, 0);
    assert_int_equal(shown.place_decimals, PLACE_COARSE);
}

static void what_was_approved_is_shown(void **state)
{
    struct submission_view view = view_of("{\"decision\":\"approve\"}", "Đã xong.");
    struct public_view shown = public_view_of(&view);
    (void)state;
    assert_true(shown.words);
    assert_string_equal(shown.description, report.description);
    assert_string_equal(shown.answer, "Đã xong.");
    assert_int_equal(shown.media_count, 2);
    assert_int_equal(shown.place_decimals, PLACE_EXACT);
    view.state.phase = PHASE_WITHDRAWN;
    assert_false(public_view_of(&view).words);
    assert_int_equal(public_view_of(&view).place_decimals, PLACE_COARSE);
}

static void an_answer_about_a_person_stays_back(void **state)
{
    struct submission_view view =
        view_of("{\"decision\":\"approve\"}", "Đã gọi cho bà Lan, 0912 345 678.");
    (void)state;
    assert_null(public_view_of(&view).answer);
    assert_non_null(public_view_whole(&view).answer);
}

static void a_rejection_hides_all(void **state)
{
    struct submission_view view =
        view_of("{\"decision\":\"reject\",\"class\":\"other\"}", "Đã xong.");
    (void)state;
    assert_false(public_view_of(&view).words);
    assert_null(public_view_of(&view).answer);
    assert_string_equal(public_view_whole(&view).description, report.description);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_wish_is_told_by_field),
        cmocka_unit_test(approval_shows_what_was_written),
        cmocka_unit_test(pictures_may_be_withheld),
        cmocka_unit_test(other_words_replace_the_title_too),
        cmocka_unit_test(a_rejection_shows_nothing),
        cmocka_unit_test(the_place_of_the_anonymous_stays_coarse),
        cmocka_unit_test(what_is_withdrawn_or_merged_is_not_decided),
        cmocka_unit_test(a_foreign_picture_is_a_fault),
        cmocka_unit_test(nothing_is_shown_before_somebody_looked),
        cmocka_unit_test(what_was_approved_is_shown),
        cmocka_unit_test(an_answer_about_a_person_stays_back),
        cmocka_unit_test(a_rejection_hides_all),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
