/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/assessment.h"
#include "services/analytics/catalog.h"

static const char *const codes[] = {"sipas", "par-index"};

static void inputs_are_figures_of_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const struct assessment *assessment = assessment_find(codes[i]);
        size_t known = 0;
        assert_non_null(assessment);
        for (size_t j = 0; j < assessment->count; j++) {
            const struct criterion *criterion = &assessment->criteria[j];
            assert_true(strlen(criterion->how.vi) > 0 && strlen(criterion->how.en) > 0);
            for (size_t k = 0; k < ASSESSMENT_INPUTS && criterion->inputs[k] != NULL; k++) {
                const struct indicator *indicator = indicator_find(criterion->inputs[k]);
                assert_non_null(indicator);
                assert_int_equal(indicator->subject, SUBJECT_CASES);
                assert_int_not_equal(indicator->kind, INDICATOR_TIME);
                known++;
            }
        }
        assert_true(known > 0);
    }
}

static void what_it_is_not_is_said(void **state)
{
    (void)state;
    assert_non_null(strstr(assessment_find("sipas")->notice.vi, "không phải là SIPAS"));
    assert_non_null(strstr(assessment_find("par-index")->notice.vi, "không phải là PAR INDEX"));
    assert_null(assessment_find("SIPAS"));
}

static void no_set_of_the_catalogue_bears_the_name_of_an_index(void **state)
{
    struct catalog_set set;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; catalog_at(&set, i, &arena); i++) {
        assert_null(strstr(set.title.vi, "SIPAS"));
        assert_null(strstr(set.title.en, "SIPAS"));
        assert_null(strstr(set.description.en, "INDEX"));
        assert_non_null(set.places[0].path);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_are_figures_of_cases),
        cmocka_unit_test(what_it_is_not_is_said),
        cmocka_unit_test(no_set_of_the_catalogue_bears_the_name_of_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
