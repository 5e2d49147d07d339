/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/date.h"
#include "services/analytics/account_counter.h"
#include "services/analytics/indicator.h"

static int64_t instant(const char *text)
{
    int64_t at;
    assert_true(clock_parse(text, strlen(text), &at));
    return at;
}

static struct account_fact official(void)
{
    return (struct account_fact){.kind = ACCOUNT_OFFICIAL,
                                 .method = METHOD_SSO,
                                 .unit = "SXD",
                                 .created_at = instant("2024-07-01T01:00:00.000Z"),
                                 .activated_at = instant("2024-07-29T16:59:00.000Z")};
}

static struct contribution count(struct account_fact account, enum account_step step)
{
    struct contribution counts;
    account.step = step;
    account_count(&counts, &account);
    assert_true(counts.counts);
    return counts;
}

static void shares_count_on_the_day_it_was_made(void **state)
{
    struct contribution made = count(official(), ACCOUNT_MADE);
    (void)state;
    assert_int_equal(made.day, date_day(2024, 7, 1));
    assert_int_equal(made.marks, COUNTER(ACCOUNT_ALL) | COUNTER(ACCOUNT_OFFICIALS) |
                                     COUNTER(ACCOUNT_ACTIVATED));
    assert_string_equal(made.members[DIMENSION_UNIT], "SXD");
    assert_string_equal(made.members[DIMENSION_PROCESS], "official");
    assert_string_equal(made.members[DIMENSION_CHANNEL], "sso");
    assert_null(made.members[DIMENSION_AREA]);
}

static void first_use_counts_on_its_own_city_day(void **state)
{
    static const struct {
        const char *at;
        int day;
    } rows[] = {
        {"2024-07-29T16:59:59.999Z", 29}, /* 23:59:59 in Hanoi */
        {"2024-07-29T17:00:00.000Z", 30},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct account_fact account = official();
        account.activated_at = instant(rows[i].at);
        struct contribution used = count(account, ACCOUNT_USED);
        assert_int_equal(used.day, date_day(2024, 7, rows[i].day));
        assert_int_equal(used.marks, COUNTER(ACCOUNT_FIRST_USED));
    }
}

static void an_end_takes_away_what_there_was(void **state)
{
    struct account_fact account = official();
    (void)state;
    account.closed_at = instant("2025-01-31T18:00:00.000Z");
    struct contribution ended = count(account, ACCOUNT_ENDED);
    assert_int_equal(ended.day, date_day(2025, 2, 1));
    assert_int_equal(ended.marks, COUNTER(ACCOUNT_GONE) | COUNTER(ACCOUNT_GONE_USED));
    assert_true(count(account, ACCOUNT_MADE).marks & COUNTER(ACCOUNT_CLOSED));
    account.activated_at = 0;
    assert_int_equal(count(account, ACCOUNT_ENDED).marks, COUNTER(ACCOUNT_GONE));
}

static void a_fact_for_each_step_taken(void **state)
{
    struct told_fact told[ACCOUNT_STEPS];
    struct arena arena;
    struct account_fact account = official();
    (void)state;
    arena_init(&arena);
    account.ref = "an";
    account.version = 2;
    assert_int_equal(account_tell(&account, told, &arena), 2);
    assert_false(uuid_equal(&told[0].id, &told[1].id));
    assert_true(told[0].version == 2 && told[1].subject == SUBJECT_ACCOUNTS);
    account.closed_at = account.activated_at + 1;
    assert_int_equal(account_tell(&account, told, &arena), 3);
    account.activated_at = 0;
    assert_int_equal(account_tell(&account, told, &arena), 2);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_count_on_the_day_it_was_made),
        cmocka_unit_test(first_use_counts_on_its_own_city_day),
        cmocka_unit_test(an_end_takes_away_what_there_was),
        cmocka_unit_test(a_fact_for_each_step_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
