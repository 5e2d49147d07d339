/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/content_type.h"

static void a_type_is_known_in_any_case_and_with_parameters(void **state)
{
    static const struct {
        const char *content_type;
        bool same;
    } rows[] = {
        {"application/json", true},       {"Application/JSON", true},
        {"application/json;q=1", true},   {"application/json ; charset=utf-8", true},
        {"application/json\t;a=b", true}, {"application/jsonl", false},
        {"application/js", false},        {"", false},
        {" application/json", false},     {"text/application/json", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(content_type_is(rows[i].content_type, "application/json"), rows[i].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_type_is_known_in_any_case_and_with_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
