/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/likeness.h"
#include "services/intake/sender_history.h"

#define NOW    INT64_C(1795838400000000)
#define MINUTE INT64_C(60000000)

static const struct sender_rules rules = {.per_hour = 4,
                                          .proof_per_hour = 2,
                                          .duplicate_us = 60 * MINUTE,
                                          .duplicate_m = 50,
                                          .likeness = 0.8};
static const struct submission filed = {.submitted_at = NOW,
                                        .has_point = true,
                                        .lat = 21.0287,
                                        .lon = 105.8524,
                                        .description = "Hố sụt lún giữa đường Hàng Bài."};

static struct earlier_filing earlier_at(int64_t minutes_ago, const char *description)
{
    return (struct earlier_filing){.id = {{(uint8_t)minutes_ago}},
                                   .idempotency = {{(uint8_t)minutes_ago}},
                                   .at = NOW - minutes_ago * MINUTE,
                                   .same_category = description != NULL,
                                   .has_point = true,
                                   .lat = 21.0288,
                                   .lon = 105.8524,
                                   .description = description};
}

static enum sender_verdict verdict(const struct earlier_filing *earlier, size_t count)
{
    const struct uuid key = {{200}};
    return sender_judge(&rules, earlier, count, &filed, &key, false).verdict;
}

static void likeness_is_of_words(void **state)
{
    static const struct {
        const char *a, *b;
        int percent;
    } rows[] = {
        {"Hố sụt giữa đường", "hố sụt, GIỮA đường!", 100},
        {"Hố sụt giữa đường", "Ho sut giua duong", 100}, /* written without accents */
        {"một hai ba bốn năm sáu", "một hai ba bốn năm bảy", 66},
        {"Hố sụt giữa đường", "Đèn đường hỏng", 0},
        {"rác", "rác", 100},
        {"rác", "rác rưởi", 0},
        {"!", "?", 100},
        {"", "rác", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal((int)(100 * text_likeness(rows[i].a, rows[i].b)), rows[i].percent);
        assert_int_equal((int)(100 * text_likeness(rows[i].b, rows[i].a)), rows[i].percent);
    }
}

static void the_same_words_at_the_same_place_are_a_duplicate(void **state)
{
    struct earlier_filing same = earlier_at(10, "hố sụt lún giữa đường Hàng Bài");
    (void)state;
    assert_int_equal(verdict(&same, 1), SENDER_DUPLICATES);
    struct earlier_filing far = same, old = earlier_at(61, same.description), without = same;
    far.lat += 0.01;
    without.has_point = false;
    assert_int_equal(verdict(&far, 1), SENDER_MAY);
    assert_int_equal(verdict(&old, 1), SENDER_MAY);
    assert_int_equal(verdict(&without, 1), SENDER_MAY);
    struct earlier_filing other = earlier_at(10, "Đèn giao thông hỏng"),
                          foreign = earlier_at(9, NULL);
    assert_int_equal(verdict(&other, 1), SENDER_MAY);
    assert_int_equal(verdict(&foreign, 1), SENDER_MAY);
}

static void who_insists_may(void **state)
{
    const struct earlier_filing same = earlier_at(10, filed.description);
    const struct uuid key = {{200}};
    (void)state;
    assert_int_equal(sender_judge(&rules, &same, 1, &filed, &key, true).verdict, SENDER_MAY);
}

static void a_repeat_is_neither_counted_nor_a_duplicate(void **state)
{
    const struct earlier_filing earlier[] = {earlier_at(1, filed.description), earlier_at(2, "a b"),
                                             earlier_at(3, "c d"), earlier_at(4, "e f"),
                                             earlier_at(5, "g h")};
    const struct uuid key = {{3}};
    (void)state;
    assert_int_equal(sender_judge(&rules, earlier, 5, &filed, &key, false).verdict, SENDER_REPEATS);
}

static void past_the_numbers_a_proof_then_waiting(void **state)
{
    const struct earlier_filing earlier[] = {earlier_at(1, "a b"),  earlier_at(20, "c d"),
                                             earlier_at(40, "e f"), earlier_at(50, "g h"),
                                             earlier_at(59, "i j"), earlier_at(70, "k l")};
    const struct uuid key = {{200}};
    (void)state;
    assert_int_equal(verdict(earlier, 1), SENDER_MAY);
    assert_int_equal(verdict(earlier, 2), SENDER_PROVES);
    assert_int_equal(verdict(earlier, 3), SENDER_PROVES);
    assert_int_equal(verdict(earlier, 4), SENDER_WAITS);
    const struct sender_judgement waits = sender_judge(&rules, earlier, 6, &filed, &key, true);
    assert_int_equal(waits.verdict, SENDER_WAITS);
    assert_int_equal(waits.wait_s, 10 * 60 + 1); /* the fourth falls out of the hour */
    assert_int_equal(verdict(earlier + 4, 2), SENDER_MAY);
}

static void rules_of_nought_do_not_apply(void **state)
{
    const struct sender_rules none = {.likeness = 0.8};
    const struct uuid key = {{200}};
    struct earlier_filing earlier[50];
    (void)state;
    for (int i = 0; i < 50; i++) {
        earlier[i] = earlier_at(i / 10, filed.description);
    }
    assert_int_equal(sender_judge(&none, earlier, 50, &filed, &key, false).verdict, SENDER_MAY);
    assert_int_equal(sender_judge(&rules, NULL, 0, &filed, &key, false).verdict, SENDER_MAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likeness_is_of_words),
        cmocka_unit_test(the_same_words_at_the_same_place_are_a_duplicate),
        cmocka_unit_test(who_insists_may),
        cmocka_unit_test(a_repeat_is_neither_counted_nor_a_duplicate),
        cmocka_unit_test(past_the_numbers_a_proof_then_waiting),
        cmocka_unit_test(rules_of_nought_do_not_apply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
