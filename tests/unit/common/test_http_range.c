/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/http_range.h"

static void range_is_read_as_the_standard_has_it(void **state)
{
    static const struct {
        const char *header;
        uint64_t file_size;
        enum http_range_kind kind;
        uint64_t first, size;
    } rows[] = {
        {NULL, 10, HTTP_RANGE_WHOLE, 0, 0},
        {"", 10, HTTP_RANGE_WHOLE, 0, 0},
        {"bytes 0-1", 10, HTTP_RANGE_WHOLE, 0, 0},
        {"pages=1-2", 10, HTTP_RANGE_WHOLE, 0, 0},
        {"bytes=0-1,4-5", 10, HTTP_RANGE_WHOLE, 0, 0},
        {"bytes=0-0", 10, HTTP_RANGE_PART, 0, 1},
        {"bytes=0-9", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=0-10", 10, HTTP_RANGE_PART, 0, 10},
        {"Bytes= 3-4 ", 10, HTTP_RANGE_PART, 3, 2},
        {"bytes=9-", 10, HTTP_RANGE_PART, 9, 1},
        {"bytes=-1", 10, HTTP_RANGE_PART, 9, 1},
        {"bytes=-10", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=-11", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=1-99999999999999999999999", 10, HTTP_RANGE_PART, 1, 9},
        {"bytes=-99999999999999999999999", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=10-", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=99999999999999999999999-", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=-0", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=2-1", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=-", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=1", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=1-2x", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=+1-2", 10, HTTP_RANGE_BAD, 0, 0},
        {"bytes=0-", 0, HTTP_RANGE_BAD, 0, 0},
        {"bytes=-1", 0, HTTP_RANGE_BAD, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_range range = {0};
        enum http_range_kind kind = http_range_read(rows[i].header, rows[i].file_size, &range);
        if (kind != rows[i].kind || range.first != rows[i].first || range.size != rows[i].size) {
            fail_msg("row %zu: %d, %ju + %ju", i, (int)kind, (uintmax_t)range.first,
                     (uintmax_t)range.size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(range_is_read_as_the_standard_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
