/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "sample.h"
#include "services/notification/plan.h"

enum { NOW = 5000 };

static void says(const struct news *news, const char *expected)
{
    struct reference reference;
    struct planned planned[PLAN_MAX];
    char text[512] = "";
    size_t end = 0;
    sample_reference(&reference);
    size_t count = plan_deliveries(news, &reference, NOW, planned);
    for (size_t i = 0; i < count; i++) {
        const struct planned *row = &planned[i];
        assert_int_equal(row->lane, row->template >= TEMPLATE_OPENED);
        end += (size_t)snprintf(text + end, sizeof text - end, "%s%s %s %s%s", i > 0 ? ", " : "",
                                row->recipient, row->channel == CHANNEL_EMAIL ? "email" : "inapp",
                                template_words[row->template],
                                row->language == LANGUAGE_EN ? " en" : "");
        assert_true(end < sizeof text);
    }
    assert_string_equal(text, expected);
    arena_finish(&reference.snapshot.arena);
}

/* By inbox and, as they may have an address, by mail. */
static void reporter_hears(const struct news *news, const char *template)
{
    char expected[128] = "";
    if (template != NULL) {
        snprintf(expected, sizeof expected, "lan inapp %s, lan email %s", template, template);
    }
    says(news, expected);
}

static void plan_tells_reporters(void **state)
{
    static const struct {
        enum news_type type;
        const char *template; /* NULL: nothing */
    } rows[] = {
        {NEWS_ACCEPTED, "accepted"},   {NEWS_ASSIGNED, "assigned"},
        {NEWS_STARTED, "started"},     {NEWS_RESOLVED, "resolved"},
        {NEWS_REJECTED, "rejected"},   {NEWS_INFO_REQUESTED, "info_requested"},
        {NEWS_EXTENDED, "extended"},   {NEWS_CLOSED, "closed"},
        {NEWS_WITHDRAWN, "withdrawn"}, {NEWS_MERGED, "merged"},
        {NEWS_SEPARATED, "separated"}, {NEWS_TASK_CHANGED, NULL},
        {NEWS_AUDITED, NULL},          {NEWS_ADVANCED, NULL},
        {NEWS_OPENED, NULL},
    };
    struct news news = {.type = NEWS_SUBMITTED,
                        .reporter = "lan",
                        .language = LANGUAGE_EN,
                        .notice = {.category = "giao-thong", .unit = "00082"}};
    (void)state;
    says(&news, "lan inapp acknowledged en, lan email acknowledged en");
    news.language = LANGUAGE_VI;
    news.reporter = "c-0123";
    says(&news, "c-0123 email acknowledged");
    news.reporter = "k-demo";
    says(&news, "");
    news.reporter = "lan";
    news.focal_point = "an";
    news.actor = "an"; /* so that no official hears of it */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        news.type = rows[i].type;
        if (news.type == NEWS_OPENED) {
            news.actor = NULL; /* the system opens what intake has acknowledged */
            says(&news, "an inapp opened, an email opened");
        } else {
            reporter_hears(&news, rows[i].template);
        }
    }
}

static void plan_tells_only_the_reporter_what_was_refused_from_the_start(void **state)
{
    struct news news = {.type = NEWS_OPENED,
                        .reporter = "lan",
                        .focal_point = "an",
                        .notice = {.category = "giao-thong",
                                   .unit = "00070",
                                   .reason_class = "other",
                                   .reason = "Không còn chỗ."}};
    (void)state;
    says(&news, "lan inapp rejected, lan email rejected");
}

static void plan_acknowledges_what_was_opened_here(void **state)
{
    struct news news = {.type = NEWS_OPENED,
                        .reporter = "lan",
                        .focal_point = "an",
                        .actor = "an",
                        .notice = {.category = "giao-thong", .unit = "00070"}};
    (void)state;
    reporter_hears(&news, "acknowledged"); /* a call, noted for a resident */
    news.actor = "lan";
    news.focal_point = "lan";
    news.actor_is_citizen = news.notice.by_reporter = true;
    reporter_hears(&news, "acknowledged"); /* a booking of their own */
    news.actor_is_citizen = false;
    says(&news, ""); /* a petition that an official has put in */
}

static void plan_reminds_visitors(void **state)
{
    struct news news = {.type = NEWS_ADVANCED,
                        .reporter = "lan",
                        .notice = {.category = "khac", .unit = "VPUB", .slot_at = 9000}};
    (void)state;
    reporter_hears(&news, "appointment");
}

static void a_comment_is_told_once_to_the_other_side(void **state)
{
    struct news news = {.type = NEWS_COMMENTED,
                        .reporter = "lan",
                        .assignee = "binh",
                        .actor = "lan",
                        .notice = {.category = "giao-thong", .unit = "00070", .by_reporter = true}};
    (void)state;
    says(&news, "binh inapp remark");
    news.assignee = NULL;
    says(&news, "binh inapp remark"); /* who sits there for the category */
    news.actor = "binh";
    news.notice.by_reporter = false;
    says(&news, "lan inapp commented");
    news.reporter = "c-0123";
    says(&news, "c-0123 email commented"); /* has no app */
}

static void who_works_on_it_hears_that_it_is_called_off(void **state)
{
    struct news news = {.type = NEWS_WITHDRAWN,
                        .reporter = "lan",
                        .assignee = "an",
                        .actor = "lan",
                        .notice = {.category = "giao-thong", .unit = "00070", .by_reporter = true}};
    (void)state;
    says(&news, "lan inapp withdrawn, lan email withdrawn, "
                "an inapp called_off, an email called_off");
    news.actor = "an"; /* a visitor's booking, cancelled by the office */
    news.notice.by_reporter = false;
    reporter_hears(&news, "withdrawn");
}

struct told {
    const char *what;
    struct news news;
    const char *expected;
};

static void check(const struct told *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct news news = rows[i].news;
        news.reporter = "k-demo";
        if (news.notice.category == NULL) {
            news.notice.category = "giao-thong";
        }
        says(&news, rows[i].expected);
    }
}

static void plan_tells_who_must_act(void **state)
{
    static const struct told rows[] = {
        {"the focal point that routing named",
         {.type = NEWS_OPENED, .focal_point = "an", .notice = {.unit = "00070"}},
         "an inapp opened, an email opened"},
        {"one without an address",
         {.type = NEWS_OPENED, .focal_point = "giang", .notice = {.unit = "00070"}},
         "giang inapp opened"},
        {"none named: who sits there for the category, and still does",
         {.type = NEWS_OPENED, .notice = {.unit = "00070", .category = "giao-thong"}},
         "binh inapp opened, binh email opened"},
        {"nobody for the category: who sits there for all",
         {.type = NEWS_OPENED, .notice = {.unit = "00070", .category = "moi-truong"}},
         "an inapp opened, an email opened"},
        {"no unit: the city office",
         {.type = NEWS_OPENED, .notice = {.category = "giao-thong"}},
         "em inapp opened, em email opened"},
        {"routed by hand: the new focal point",
         {.type = NEWS_ROUTED, .focal_point = "an", .actor = "em", .notice = {.unit = "00070"}},
         "an inapp opened, an email opened"},
        {"returned: the unit that has it now",
         {.type = NEWS_RETURNED, .focal_point = "an", .actor = "son", .notice = {.unit = "00070"}},
         "an inapp opened, an email opened"},
        {"returned too often: the city office",
         {.type = NEWS_RETURNED,
          .focal_point = "an",
          .actor = "an",
          .notice = {.unit = "00070", .disputed = true}},
         "em inapp disputed, em email disputed"},
        {"given to an officer",
         {.type = NEWS_ASSIGNED, .assignee = "an", .actor = "binh", .notice = {.unit = "00070"}},
         "an inapp given, an email given"},
        {"taken by the officer", {.type = NEWS_ASSIGNED, .assignee = "an", .actor = "an"}, ""},
        {"parts of two units",
         {.type = NEWS_ACCEPTED,
          .task_units = {"00070", "SXD"},
          .task_count = 2,
          .notice = {.unit = "00082"}},
         "binh inapp task, binh email task, son inapp task, son email task"},
        {"answered: the officer",
         {.type = NEWS_INFO_SUPPLIED, .assignee = "an", .focal_point = "binh"},
         "an inapp answered, an email answered"},
        {"reopened: the officer and the desk",
         {.type = NEWS_REOPENED, .assignee = "an", .focal_point = "binh"},
         "an inapp contested, an email contested, binh inapp contested, binh email contested"},
        {"a check that failed",
         {.type = NEWS_AUDITED,
          .assignee = "an",
          .notice = {.check_failed = true, .unit = "00070"}},
         "an inapp contested, an email contested, binh inapp contested, binh email contested"},
        {"a check that passed", {.type = NEWS_AUDITED, .assignee = "an"}, ""},
        {"rated",
         {.type = NEWS_RATED, .focal_point = "binh"},
         "binh inapp rated, binh email rated"},
        {"declined: the officer",
         {.type = NEWS_DECLINED, .assignee = "an", .actor = "hoa"},
         "an inapp declined, an email declined"},
    };
    (void)state;
    check(rows, sizeof rows / sizeof rows[0]);
}

static void plan_tells_who_may_approve(void **state)
{
    static const struct told rows[] = {
        {"the head",
         {.type = NEWS_PROPOSED, .actor = "son", .notice = {.unit = "SXD"}},
         "hoa inapp proposed"},
        {"no head known: the desk",
         {.type = NEWS_PROPOSED, .actor = "an", .notice = {.unit = "00070"}},
         "binh inapp proposed, binh email proposed"},
        {"who sits there has proposed it: those above",
         {.type = NEWS_PROPOSED, .actor = "binh", .notice = {.unit = "00070"}},
         "dung inapp proposed, dung email proposed"},
        {"no unit: the city office",
         {.type = NEWS_PROPOSED, .actor = "an"},
         "em inapp proposed, em email proposed"},
    };
    (void)state;
    check(rows, sizeof rows / sizeof rows[0]);
}

static void alerts_go_by_clock_and_level(void **state)
{
    static const struct told rows[] = {
        {"reminder to the officer",
         {.type = NEWS_REMINDED, .assignee = "an", .focal_point = "binh"},
         "an inapp reminded, an email reminded"},
        {"reminder to the focal point",
         {.type = NEWS_REMINDED, .focal_point = "binh", .notice = {.clock = "receive"}},
         "binh inapp reminded, binh email reminded"},
        {"of the city office's own duty",
         {.type = NEWS_REMINDED,
          .focal_point = "an",
          .notice = {.clock = "dispatch", .unit = "SXD"}},
         "em inapp reminded, em email reminded"},
        {"of another unit's part",
         {.type = NEWS_REMINDED,
          .assignee = "an",
          .notice = {.clock = "task", .unit = "SXD", .task_unit = "00070"}},
         "binh inapp reminded, binh email reminded"},
        {"level 1: its own people",
         {.type = NEWS_ESCALATED, .escalation = 1, .notice = {.unit = "00070"}},
         "binh inapp escalated, binh email escalated"},
        {"level 1: the focal point, and the head",
         {.type = NEWS_ESCALATED,
          .escalation = 1,
          .focal_point = "son",
          .notice = {.clock = "resolve", .unit = "SXD"}},
         "son inapp escalated, son email escalated, hoa inapp escalated"},
        {"level 1 where nobody sits: those above",
         {.type = NEWS_ESCALATED, .escalation = 1, .notice = {.unit = "00082"}},
         "dung inapp escalated, dung email escalated"},
        {"level 1 of another unit's part",
         {.type = NEWS_ESCALATED,
          .escalation = 1,
          .focal_point = "son",
          .notice = {.clock = "task", .unit = "SXD", .task_unit = "00070"}},
         "binh inapp escalated, binh email escalated"},
        {"level 2: its parent",
         {.type = NEWS_ESCALATED, .escalation = 2, .notice = {.unit = "00070"}},
         "dung inapp escalated, dung email escalated"},
        {"level 2 of the highest: the city office",
         {.type = NEWS_ESCALATED, .escalation = 2, .notice = {.unit = "HN"}},
         "em inapp escalated, em email escalated"},
        {"level 3: the city office",
         {.type = NEWS_ESCALATED, .escalation = 3, .notice = {.unit = "00070"}},
         "em inapp escalated, em email escalated"},
        {"the city office's own duty, at any level",
         {.type = NEWS_ESCALATED, .escalation = 1, .notice = {.clock = "dispatch", .unit = "SXD"}},
         "em inapp escalated, em email escalated"},
        {"of an unknown unit: the city office",
         {.type = NEWS_ESCALATED, .escalation = 1, .notice = {.unit = "99999"}},
         "em inapp escalated, em email escalated"},
    };
    (void)state;
    check(rows, sizeof rows / sizeof rows[0]);
}

static void who_is_away_is_stood_in_for(void **state)
{
    static const struct told rows[] = {
        {"the first substitute",
         {.type = NEWS_OPENED, .notice = {.unit = "STC"}},
         "kim inapp opened"},
        {"the one of the category is away: who sits there for all",
         {.type = NEWS_OPENED, .notice = {.unit = "STC", .category = "moi-truong"}},
         "kim inapp opened"},
        {"all are away: the focal point, so that somebody is told",
         {.type = NEWS_OPENED, .notice = {.unit = "STP"}},
         "nga inapp opened"},
        {"whose case it is, and who is present",
         {.type = NEWS_OPENED, .focal_point = "ha", .notice = {.unit = "STC"}},
         "ha inapp opened, kim inapp opened"},
        {"present at another unit",
         {.type = NEWS_OPENED, .focal_point = "ha", .notice = {.unit = "STP"}},
         "ha inapp opened"},
        {"an assignee who is away",
         {.type = NEWS_REMINDED, .assignee = "ha", .notice = {.unit = "STC", .clock = "resolve"}},
         "ha inapp reminded, kim inapp reminded"},
        {"level 1",
         {.type = NEWS_ESCALATED,
          .escalation = 1,
          .focal_point = "ha",
          .notice = {.unit = "STC", .clock = "receive"}},
         "ha inapp escalated, kim inapp escalated"},
    };
    (void)state;
    check(rows, sizeof rows / sizeof rows[0]);
}

static void who_is_present_needs_no_substitute(void **state)
{
    struct reference reference;
    const struct focal_point *found[PLAN_OFFICIALS_MAX];
    (void)state;
    sample_reference(&reference);
    for (int64_t now = 500; now < 7000; now += 500) {
        bool away = (now >= 1000 && now < 2000) || (now >= 4000 && now < 6000);
        assert_int_equal(reference_focal_points(&reference, "STC", "khac", now, found, 5), 1);
        assert_string_equal(found[0]->account, away ? "kim" : "ha");
        assert_int_equal(reference_is_away(&reference, "STC", "ha", now), away);
        assert_false(reference_is_away(&reference, "STC", "kim", now));
    }
    arena_finish(&reference.snapshot.arena);
}

/* As many co-operating units as a case can have, all with a full desk. */
static void the_longest_plan_fits(void **state)
{
    static struct focal_point points[8 * PLAN_OFFICIALS_MAX];
    static char accounts[8 * PLAN_OFFICIALS_MAX][8], units[8][4];
    struct reference reference = {.focal_points = points,
                                  .focal_point_count = 8 * PLAN_OFFICIALS_MAX};
    struct planned planned[PLAN_MAX];
    struct news news = {.type = NEWS_ASSIGNED,
                        .reporter = "lan",
                        .assignee = "x",
                        .task_count = 8,
                        .notice = {.category = "khac"}};
    (void)state;
    for (size_t i = 0; i < 8 * PLAN_OFFICIALS_MAX; i++) {
        size_t unit = i / PLAN_OFFICIALS_MAX;
        snprintf(accounts[i], sizeof accounts[i], "a%02zu", i);
        snprintf(units[unit], sizeof units[unit], "U%zu", unit);
        points[i] = (struct focal_point){.unit = units[unit],
                                         .field = "*",
                                         .account = accounts[i],
                                         .name = "N",
                                         .email = "n@x.example",
                                         .rank = 1};
        news.task_units[unit] = units[unit];
    }
    arena_init(&reference.snapshot.arena);
    reference_index_people(&reference);
    assert_int_equal(plan_deliveries(&news, &reference, NOW, planned),
                     2 + 1 + 2 * 8 * PLAN_OFFICIALS_MAX);
    arena_finish(&reference.snapshot.arena);
}

static void plan_tells_nobody_twice(void **state)
{
    struct news news = {.type = NEWS_ROUTED,
                        .reporter = "an",
                        .focal_point = "an",
                        .notice = {.unit = "00070", .category = "giao-thong"}};
    (void)state;
    says(&news, "an inapp routed, an email routed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_tells_reporters),
        cmocka_unit_test(plan_tells_only_the_reporter_what_was_refused_from_the_start),
        cmocka_unit_test(plan_acknowledges_what_was_opened_here),
        cmocka_unit_test(plan_reminds_visitors),
        cmocka_unit_test(a_comment_is_told_once_to_the_other_side),
        cmocka_unit_test(who_works_on_it_hears_that_it_is_called_off),
        cmocka_unit_test(plan_tells_who_must_act),
        cmocka_unit_test(plan_tells_who_may_approve),
        cmocka_unit_test(alerts_go_by_clock_and_level),
        cmocka_unit_test(who_is_away_is_stood_in_for),
        cmocka_unit_test(who_is_present_needs_no_substitute),
        cmocka_unit_test(the_longest_plan_fits),
        cmocka_unit_test(plan_tells_nobody_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
