/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/utf8.h"

static void utf8_is_judged_byte_by_byte(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"", true},
        {"plain ASCII of some length", true},
        {"12345678Đ", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\xf4\x90\x80\x80", false},
        {"\xf5\x80\x80\x80", false},
        {"\xed\x9f\xbf", true},
        {"\xed\xa0\x80", false},
        {"\xc1\xbf", false},
        {"\xe0\x9f\xbf", false},
        {"\xf0\x8f\xbf\xbf", false},
        {"\x80", false},
        {"12345678\xc4", false},
        {"1234567\xc4\x90", true},
        {"\xc4g", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(utf8_is_valid(rows[i].text, strlen(rows[i].text)), rows[i].good);
    }
}

static void text_is_cut_between_code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_fit("aĐb", 4, 4), 4);
    assert_int_equal(utf8_fit("aĐb", 4, 2), 1);
    assert_int_equal(utf8_fit("aĐb", 4, 3), 3);
    assert_int_equal(utf8_fit("🚧", 4, 3), 0);
}

static void code_points_are_counted(void **state)
{
    (void)state;
    assert_int_equal(utf8_length("", 0), 0);
    assert_int_equal(utf8_length("aĐb🚧", 8), 4);
}

static void control_characters_are_c0_del_and_c1(void **state)
{
    (void)state;
    for (unsigned point = 0; point < 0x100; point++) {
        const char text[] = {'a', (char)(point < 0x80 ? point : 0xc0 | point >> 6),
                             (char)(0x80 | (point & 0x3f))};
        bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
        size_t size = point < 0x80 ? 2 : 3;
        assert_int_equal(utf8_has_control(text, size, ""), control);
        assert_int_equal(utf8_has_control(text, size, "\t\n"),
                         control && point != '\t' && point != '\n');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_judged_byte_by_byte),
        cmocka_unit_test(text_is_cut_between_code_points),
        cmocka_unit_test(code_points_are_counted),
        cmocka_unit_test(control_characters_are_c0_del_and_c1),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
