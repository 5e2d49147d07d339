/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/words.h"

static const char *const colours[] = {"red", "green", "blue", NULL};

static void word_has_its_place(void **state)
{
    (void)state;
    assert_int_equal(word_index(colours, "red"), 0);
    assert_int_equal(word_index(colours, "blue"), 2);
}

static void other_words_are_at_the_end(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    assert_null(colours[word_index(colours, "Blue")]);
    assert_int_equal(word_index(colours, ""), 3);
    assert_int_equal(word_index(colours, "blues"), 3);
    assert_int_equal(word_index(none, "red"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word_has_its_place),
        cmocka_unit_test(other_words_are_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
