/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/date.h"
#include "services/analytics/account_counter.h"
#include "services/analytics/adoption_json.h"

static const struct moment moment = {.as_of = INT64_C(1795496531123000)};

static struct coverage of(int64_t accounts, int64_t headcount)
{
    return (struct coverage){.code = "SXD",
                             .accounts = accounts,
                             .basis = {.kind = BASIS_ROSTER,
                                       .code = "SXD",
                                       .since = (int32_t)date_day(2024, 6, 28),
                                       .number = headcount,
                                       .source = "assumption"}};
}

static void before_a_day_is_strictly_before(void **state)
{
    (void)state;
    assert_int_equal(adoption_rule.before, date_day(2024, 7, 30));
    assert_int_equal(adoption_last_day(&adoption_rule), date_day(2024, 7, 29));
}

static void each_kind_has_its_indicator(void **state)
{
    (void)state;
    assert_string_equal(coverage_indicator(BASIS_ROSTER)->code, "activated_of_roster");
    assert_string_equal(coverage_indicator(BASIS_POPULATION)->code, "accounts_of_population");
}

static void closed_accounts_are_left_out(void **state)
{
    static const struct tally tally = {.counts = {[ACCOUNT_ALL] = 10,
                                                  [ACCOUNT_FIRST_USED] = 7,
                                                  [ACCOUNT_GONE] = 3,
                                                  [ACCOUNT_GONE_USED] = 2}};
    (void)state;
    assert_int_equal(coverage_accounts(BASIS_ROSTER, &tally), 5);
    assert_int_equal(coverage_accounts(BASIS_POPULATION, &tally), 7);
}

static void a_share_needs_somebody_who_is_to_have_one(void **state)
{
    struct coverage none = {.code = "SXD", .accounts = 3}, nobody = of(0, 0), half = of(1, 2);
    struct coverage all = of(2, 2), more = of(3, 2);
    (void)state;
    assert_false(coverage_has_share(&none));
    assert_false(coverage_has_share(&nobody));
    assert_true(coverage_has_share(&half) && coverage_share(&half) == 0.5);
    assert_false(coverage_is_full(&half));
    assert_true(coverage_is_full(&all) && coverage_is_full(&more));
}

static void few_people_are_no_matter_of_the_public(void **state)
{
    static const struct {
        int64_t accounts, headcount;
        bool small;
    } rows[] = {{0, 0, false}, {0, 5, false}, {0, 4, true},   {4, 96, true},
                {5, 5, false}, {5, 4, true},  {94, 96, false}};
    struct coverage untold = {.code = "SXD", .accounts = 5};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct coverage coverage = of(rows[i].accounts, rows[i].headcount);
        assert_int_equal(coverage_is_small(&coverage), rows[i].small);
    }
    assert_false(coverage_is_small(&untold));
}

static void days_of_single_persons_are_none_either(void **state)
{
    int32_t today = (int32_t)date_day(2026, 11, 24);
    (void)state;
    assert_true(coverage_day_is_public(today, today));
    assert_false(coverage_day_is_public(today - 1, today));
    assert_true(coverage_day_is_public((int32_t)date_day(2026, 10, 31), today));
    assert_true(coverage_day_is_public((int32_t)date_day(2024, 2, 29), today));
    assert_false(coverage_day_is_public((int32_t)date_day(2024, 2, 28), today));
    assert_true(coverage_day_is_public((int32_t)date_day(2024, 7, 29), today));
    assert_false(coverage_day_is_public((int32_t)date_day(2024, 7, 30), today));
}

static void one_is_found_by_its_code(void **state)
{
    static const struct coverage list[] = {{.code = "00070"}, {.code = "SCT"}, {.code = "SXD"}};
    (void)state;
    assert_ptr_equal(coverage_find(list, 3, "SCT"), &list[1]);
    assert_ptr_equal(coverage_find(list, 3, "SXD"), &list[2]);
    assert_null(coverage_find(list, 3, "SYT"));
    assert_null(coverage_find(list, 0, "SXD"));
}

static void an_event_tells_the_duty(void **state)
{
    struct coverage then = of(1, 2);
    struct adoption adoption = {.kind = BASIS_ROSTER,
                                .day = (int32_t)date_day(2026, 11, 24),
                                .now = of(2, 2),
                                .then = &then};
    struct buffer out;
    (void)state;
    buffer_init(&out);
    size_t stable = adoption_event_write(&out, &adoption, &moment, 7);
    assert_string_equal(
        out.data,
        "{\"code\":\"activated_of_roster\",\"definition_version\":1,\"unit\":\"SXD\","
        "\"numerator\":2,\"denominator\":2,\"value\":1,\"roster\":{\"as_of\":\"2024-06-28\","
        "\"headcount\":2,\"source\":\"assumption\"},\"duty\":{\"rule\":{\"code\":"
        "\"officials_have_accounts\",\"version\":1,\"source\":\"Công điện 05/CĐ-UBND\"},"
        "\"before\":\"2024-07-30\",\"numerator\":1,\"denominator\":2,\"value\":0.5,\"roster\":{"
        "\"as_of\":\"2024-06-28\",\"headcount\":2,\"source\":\"assumption\"},\"met\":false},"
        "\"at\":\"2026-11-24\",\"as_of\":\"2026-11-24T05:02:11.123Z\",\"sequence\":7}");
    assert_memory_equal(out.data + stable, ",\"at\"", 5);
    buffer_finish(&out);
}

static void what_nobody_told_is_left_out(void **state)
{
    struct adoption adoption = {.kind = BASIS_POPULATION,
                                .day = (int32_t)date_day(2026, 11, 24),
                                .now = {.code = "00082", .accounts = 3}};
    struct arena arena;
    struct buffer out;
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    adoption_event_write(&out, &adoption, &moment, 1);
    assert_string_equal(out.data, "{\"code\":\"accounts_of_population\",\"definition_version\":1,"
                                  "\"area\":\"00082\",\"numerator\":3,\"at\":\"2026-11-24\","
                                  "\"as_of\":\"2026-11-24T05:02:11.123Z\",\"sequence\":1}");
    assert_string_equal(adoption_key(BASIS_POPULATION, "00082", &arena), "area:00082");
    buffer_finish(&out);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_a_day_is_strictly_before),
        cmocka_unit_test(each_kind_has_its_indicator),
        cmocka_unit_test(closed_accounts_are_left_out),
        cmocka_unit_test(a_share_needs_somebody_who_is_to_have_one),
        cmocka_unit_test(few_people_are_no_matter_of_the_public),
        cmocka_unit_test(days_of_single_persons_are_none_either),
        cmocka_unit_test(one_is_found_by_its_code),
        cmocka_unit_test(an_event_tells_the_duty),
        cmocka_unit_test(what_nobody_told_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
