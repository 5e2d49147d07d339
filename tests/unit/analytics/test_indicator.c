/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/indicator.h"

static void definitions_are_whole(void **state)
{
    (void)state;
    const struct indicator *indicator;
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        assert_ptr_equal(indicator_find(indicator->code), indicator);
        assert_true(indicator->version >= 1);
        assert_true(strlen(indicator->label.vi) > 0 && strlen(indicator->label.en) > 0);
        assert_true(strlen(indicator->formula.vi) > 0 && strlen(indicator->formula.en) > 0);
        assert_true(strlen(indicator->source) > 0);
        bool is_sum = indicator->subject != SUBJECT_ADOPTION;
        assert_true((indicator->denominator != 0) == is_sum && indicator->threshold > 0);
        assert_true((indicator->numerator != 0) == (is_sum && indicator->kind != INDICATOR_TIME));
    }
    assert_null(indicator_find("sipas"));
}

/* What is met is among what is judged: no share is over 1. */
static void numerators_are_among_their_denominators(void **state)
{
    (void)state;
    const struct indicator *indicator;
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        assert_int_equal(indicator->numerator & indicator->pending, 0);
        assert_int_equal(indicator->numerator & indicator->denominator_less, 0);
    }
}

static void counters_have_names(void **state)
{
    (void)state;
    const struct indicator *indicator;
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        uint64_t counters = indicator->numerator | indicator->denominator |
                            indicator->denominator_less | indicator->pending;
        for (; counters != 0; counters &= counters - 1) {
            const char *const *words = subjects[indicator->subject]->counter_words;
            assert_non_null(words[__builtin_ctzll(counters)]);
        }
    }
}

/* Domain 4.1, 4.2: these are surveyed and scored by others; no figure may bear their names. */
static void no_figure_bears_the_name_of_an_index(void **state)
{
    static const char *const names[] = {"SIPAS", "PAR INDEX", "PAR-INDEX", "PARINDEX"};
    (void)state;
    const struct indicator *indicator;
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        const char *const texts[] = {indicator->code, indicator->label.vi, indicator->label.en,
                                     indicator->formula.vi, indicator->formula.en};
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++) {
            for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
                assert_null(strstr(texts[j], names[k]));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_are_whole),
        cmocka_unit_test(numerators_are_among_their_denominators),
        cmocka_unit_test(counters_have_names),
        cmocka_unit_test(no_figure_bears_the_name_of_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
