/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

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

static void plan_tells_reporters(void **state)
{
    struct news news = {.type = NEWS_SUBMITTED,
                        .reporter = "lan",
                        .language = LANGUAGE_EN,
                        .notice = {.category = "giao-thong", .unit = "00070"}};
    (void)state;
    says(&news, "lan inapp acknowledged en, lan email acknowledged en");
    news.language = LANGUAGE_VI;
    news.reporter = "c-0123";
    says(&news, "c-0123 email acknowledged");
    news.reporter = "k-demo";
    says(&news, "");
    news.reporter = "lan";
    news.actor = "an";
    for (news.type = NEWS_ACCEPTED; news.type <= NEWS_REJECTED; news.type++) {
        static const char *const expected[] = {
            "lan inapp accepted, lan email accepted", "lan inapp assigned, lan email assigned",
            "lan inapp started, lan email started", "lan inapp resolved, lan email resolved",
            "lan inapp rejected, lan email rejected"};
        says(&news, expected[news.type - NEWS_ACCEPTED]);
    }
}

static void plan_tells_who_must_act(void **state)
{
    static const struct {
        const char *what;
        struct news news;
        const char *expected;
    } rows[] = {
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
        {"given to an officer",
         {.type = NEWS_ASSIGNED, .assignee = "an", .actor = "binh", .notice = {.unit = "00070"}},
         "an inapp given, an email given"},
        {"taken by the officer", {.type = NEWS_ASSIGNED, .assignee = "an", .actor = "an"}, ""},
        {"reminder to the officer",
         {.type = NEWS_REMINDED, .assignee = "an", .focal_point = "binh"},
         "an inapp reminded, an email reminded"},
        {"reminder to the focal point",
         {.type = NEWS_REMINDED, .focal_point = "binh"},
         "binh inapp reminded, binh email reminded"},
        {"one level up",
         {.type = NEWS_ESCALATED, .escalation = 1, .notice = {.unit = "00070"}},
         "dung inapp escalated, dung email escalated"},
        {"higher than the tree: the city office",
         {.type = NEWS_ESCALATED, .escalation = 3, .notice = {.unit = "00070"}},
         "em inapp escalated, em email escalated"},
        {"of an unknown unit: the city office",
         {.type = NEWS_ESCALATED, .escalation = 1, .notice = {.unit = "99999"}},
         "em inapp escalated, em email escalated"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct news news = rows[i].news;
        news.reporter = "k-demo";
        if (news.notice.category == NULL) {
            news.notice.category = "giao-thong";
        }
        says(&news, rows[i].expected);
    }
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
        cmocka_unit_test(plan_tells_who_must_act),
        cmocka_unit_test(plan_tells_nobody_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
