/* SPDX-License-Identifier: Apache-2.0 */
/* Every byte in an id, alone and after others: those of the pattern of opaque_ref are allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/opaque_ref.h"

static void only_visible_ascii_without_at_is_allowed(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        char text[8];
        bool allowed = byte > ' ' && byte < 127 && byte != '@';
        snprintf(text, sizeof text, "%c", byte);
        assert_int_equal(opaque_ref_has_form(text), allowed);
        snprintf(text, sizeof text, "a-%c9", byte);
        assert_int_equal(opaque_ref_has_form(text), allowed);
    }
}

static void any_text_is_judged_with_its_length(void **state)
{
    char text[OPAQUE_REF_MAX + 2];
    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(opaque_ref_is_valid(text));
    assert_true(opaque_ref_is_valid(text + 1));
    assert_false(opaque_ref_is_valid(""));
    assert_false(opaque_ref_is_valid("a@b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_visible_ascii_without_at_is_allowed),
        cmocka_unit_test(any_text_is_judged_with_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
