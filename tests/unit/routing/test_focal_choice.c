/* SPDX-License-Identifier: Apache-2.0 */
/* Who of a unit's people gets a case: by rows, and the same as focal_point_find on random people.
 * SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/routing/focal_choice.h"

#define PERSON(u, f, a, r, from, to)                                                               \
    {                                                                                              \
        .unit = u, .field = f, .account = a, .rank = r, .valid_from = from, .valid_to = to         \
    }

static struct focal_point people[] = {
    PERSON("00070", "*", "anh", 1, 0, 0),
    PERSON("00070", "giao-thong", "binh", 1, 100, 0),
    PERSON("00070", "giao-thong", "chi", 2, 100, 0),
    PERSON("00070", "y-te", "dung", 1, 100, 400),
    PERSON("00082", "*", "em", 1, 0, 0),
    PERSON("SXD", "giao-thong", "giang", 1, 0, 0),
};
static struct focal_absence absences[] = {
    {"00070", "binh", 200, 300},
    {"00070", "chi", 250, 300},
    {"00082", "em", 0, 50},
    {"00082", "anh", 0, 1000}, /* at another unit */
};
static struct focal_points points = {people, sizeof people / sizeof people[0], absences,
                                     sizeof absences / sizeof absences[0]};

static int sort_points(void **state)
{
    (void)state;
    focal_points_sort(&points);
    return 0;
}

static void whoever_is_present_first_gets_the_case(void **state)
{
    static const struct {
        const char *what, *unit, *category, *named;
        int64_t at;
        const char *account;
        enum focal_reason reason;
        size_t asked;
    } rows[] = {
        {"of the category", "00070", "giao-thong", NULL, 150, "binh", FOCAL_FOR_RANK, 1},
        {"for all", "00070", "khac", NULL, 150, "anh", FOCAL_FOR_RANK, 1},
        {"before anybody of the category", "00070", "giao-thong", NULL, 50, "anh", FOCAL_FOR_RANK,
         1},
        {"the substitute", "00070", "giao-thong", NULL, 200, "chi", FOCAL_FOR_SUBSTITUTE, 2},
        {"both away: the one for all", "00070", "giao-thong", NULL, 250, "anh", FOCAL_FOR_RANK, 3},
        {"back again", "00070", "giao-thong", NULL, 300, "binh", FOCAL_FOR_RANK, 1},
        {"all away", "00082", "khac", NULL, 10, NULL, FOCAL_ALL_AWAY, 1},
        {"nobody named", "SXD", "khac", NULL, 10, NULL, FOCAL_NONE_NAMED, 0},
        {"no such unit", "VPUB", "khac", NULL, 10, NULL, FOCAL_NONE_NAMED, 0},
        {"the rule's wish", "00070", "khac", "chi", 150, "chi", FOCAL_FOR_RULE, 1},
        {"the rule's wish is away", "00070", "khac", "binh", 250, "anh", FOCAL_FOR_RANK, 2},
        {"and is not asked twice", "00070", "giao-thong", "binh", 200, "chi", FOCAL_FOR_SUBSTITUTE,
         2},
        {"the rule's wish has left", "00070", "khac", "dung", 400, "anh", FOCAL_FOR_RANK, 1},
        {"the rule's wish sits elsewhere", "00070", "khac", "em", 150, "anh", FOCAL_FOR_RANK, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct focal_choice choice =
            focal_choose(&points, rows[i].unit, rows[i].category, rows[i].named, rows[i].at);
        if (choice.reason != rows[i].reason || choice.asked_count != rows[i].asked ||
            (choice.account == NULL) != (rows[i].account == NULL)) {
            fail_msg("%s: %s, %zu asked", rows[i].what, focal_reason_words[choice.reason],
                     choice.asked_count);
        }
        assert_true(choice.account == NULL || strcmp(choice.account, rows[i].account) == 0);
        for (size_t j = 0; j < choice.asked_count; j++) {
            bool last = j + 1 == choice.asked_count && choice.account != NULL;
            assert_int_equal(choice.asked[j].absent, !last);
        }
    }
}

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % limit);
}

static void without_a_wish_it_is_whom_the_unit_names(void **state)
{
    static const char *const unit_words[] = {"A", "B"}, *const fields[] = {"*", "x", "y"},
                             *const accounts[] = {"k", "l", "m"};
    enum { ROUNDS = 2000, PEOPLE = 8, ABSENCES = 6 };
    const char *text = getenv("SEED");
    random_state = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%llu\n", (unsigned long long)random_state);
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct focal_point some[PEOPLE] = {0};
        struct focal_absence away[ABSENCES];
        struct focal_points all = {some, PEOPLE, away, random_below(ABSENCES + 1)};
        for (int i = 0; i < PEOPLE; i++) {
            some[i] = (struct focal_point)PERSON(unit_words[random_below(2)],
                                                 fields[random_below(3)], accounts[random_below(3)],
                                                 1 + (int)random_below(3), random_below(10),
                                                 random_below(2) * (10 + random_below(10)));
        }
        for (int i = 0; i < ABSENCES; i++) {
            int64_t from = random_below(20);
            away[i] = (struct focal_absence){unit_words[random_below(2)], accounts[random_below(3)],
                                             from, from + 1 + random_below(9)};
        }
        focal_points_sort(&all);
        for (int64_t at = 0; at < 20; at++) {
            const char *field = fields[random_below(3)];
            const char *expected = focal_point_find(&all, "A", field, at);
            const char *account = focal_choose(&all, "A", field, NULL, at).account;
            assert_true(expected == NULL ? account == NULL
                                         : account != NULL && strcmp(account, expected) == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_present_first_gets_the_case),
        cmocka_unit_test(without_a_wish_it_is_whom_the_unit_names),
    };
    return cmocka_run_group_tests(tests, sort_points, NULL);
}
