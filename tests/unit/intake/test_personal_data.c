/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buffer.h"
#include "common/utf8.h"
#include "services/intake/personal_data.h"

/* The spans of a text in one line: "phone 0912345678|email a@b.vn". */
static const char *found(const char *text)
{
    static char line[4096];
    struct personal_span spans[PERSONAL_SPANS_MAX];
    size_t count = personal_data_find(text, spans), used = 0;
    line[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%s %.*s", i > 0 ? "|" : "",
                                 personal_kind_words[spans[i].kind], (int)spans[i].size,
                                 text + spans[i].at);
    }
    return line;
}

static const struct {
    const char *text, *found;
} rows[] = {
    {"Gọi cho tôi 0912345678.", "phone 0912345678"},
    {"gọi 0912 345 678 nhé", "phone 0912 345 678"},
    {"(0912).345.678", "phone 0912).345.678"},
    {"SĐT:+84912345678", "phone +84912345678"},
    {"+84 (0)912-345-678", "phone +84 (0)912-345-678"},
    {"84912345678", "phone 84912345678"},
    {"nhà 024 3825 1234", "phone 024 3825 1234"},
    {"ngõ 5 0912345678", "phone 0912345678"},
    {"số 12, 0912345678, 0987654321", "phone 0912345678|phone 0987654321"},
    {"đường dây nóng 1022, 19001234, 1800 1234", ""},
    {"ngày 28/6/2024, 08:00", ""},
    {"1.000.000.000 đồng", ""},
    {"100.000.000 đồng", ""},
    {"0012345678901234", ""}, /* longer than any */
    {"a0912345678", ""},
    {"0912345678a", ""},
    {"0112345678", ""}, /* no such prefix */
    {"CCCD 001099012345", "id_number 001099012345"},
    {"001 099 012 345", "id_number 001 099 012 345"},
    {"001999012345", ""}, /* century of the 24th and later */
    {"CMND 012345678.", "id_number 012345678"},
    {"thư: lan.nguyen+x@ihanoi.example.", "email lan.nguyen+x@ihanoi.example"},
    {"<a@b.vn>", "email a@b.vn"},
    {"a@b, @lan, a@, a@b.1", ""},
    {"Địa chỉ:a_b%c@sub-1.x.com!", "email a_b%c@sub-1.x.com"},
    {"xe 29A-123.45 đỗ sai", "plate 29A-123.45"},
    {"30F 12345", "plate 30F 12345"},
    {"29-B1 123.45", "plate 29-B1 123.45"},
    {"29B1-12345", "plate 29B1-12345"},
    {"29LD-1234", "plate 29LD-1234"},
    {"29a-12345", "plate 29a-12345"},
    {"30e12345", "plate 30e12345"},
    {"dài 20m 15000 đồng", ""},
    {"số 29A", ""},
    {"29A-123.456", ""},
    {"129A-12345", ""},
    {"29A-12345b", ""},
    {"xe 29A-123.45, chủ 0912345678, x@y.vn", "plate 29A-123.45|phone 0912345678|email x@y.vn"},
    {"", ""},
};

static void finds_the_forms_in_use(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(found(rows[i].text), rows[i].found);
    }
}

static void spans_count_code_points(void **state)
{
    struct personal_span spans[PERSONAL_SPANS_MAX];
    (void)state;
    assert_int_equal(personal_data_find("Gọi: 0912345678 và xe đỗ 30F-123.45", spans), 2);
    assert_int_equal(spans[0].start, 5);
    assert_int_equal(spans[0].length, 10);
    assert_int_equal(spans[1].start, 25);
    assert_int_equal(spans[1].length, 10);
}

static const char *const pieces[] = {"Hố sụt ", "ngõ ", "Đường", " – ", "\n",
                                     "rác, ",   "(",    ") ",    "x ",  "ế"};

static void put_piece(struct buffer *text)
{
    buffer_put_text(text, pieces[(size_t)rand() % (sizeof pieces / sizeof pieces[0])]);
}

enum { SECRET_SIZE = 64 };

static void write_secret(char text[SECRET_SIZE])
{
    static const char gaps[][2] = {"", " ", ".", "-"};
    const char *gap = gaps[rand() % 4];
    int kind = rand() % 4;
    if (kind == 0) {
        snprintf(text, SECRET_SIZE, "09%02d%s%03d%s%03d", rand() % 100, gap, rand() % 1000, gap,
                 rand() % 1000);
    } else if (kind == 1) {
        snprintf(text, SECRET_SIZE, "%03d%d%02d%06d", 1 + rand() % 96, rand() % 4, rand() % 100,
                 rand() % 1000000);
    } else if (kind == 2) {
        snprintf(text, SECRET_SIZE, "u%d@mail%d.example", rand() % 1000, rand() % 10);
    } else {
        snprintf(text, SECRET_SIZE, "%d%c-%03d.%02d", 11 + rand() % 89, 'A' + rand() % 26,
                 rand() % 1000, rand() % 100);
    }
}

/* Wherever it stands in whatever words, as a whole and only it. */
static void finds_what_is_planted(void **state)
{
    struct buffer text;
    (void)state;
    srand(20261129);
    buffer_init(&text);
    for (int round = 0; round < 20000; round++) {
        char secret[SECRET_SIZE];
        struct personal_span spans[PERSONAL_SPANS_MAX];
        buffer_reset(&text);
        write_secret(secret);
        for (int i = rand() % 6; i > 0; i--) {
            put_piece(&text);
        }
        buffer_put_text(&text, " ");
        size_t at = text.size;
        buffer_put_text(&text, secret);
        buffer_put_text(&text, ", ");
        for (int i = rand() % 6; i > 0; i--) {
            put_piece(&text);
        }
        assert_int_equal(personal_data_find(text.data, spans), 1);
        assert_int_equal(spans[0].at, at);
        assert_int_equal(spans[0].size, strlen(secret));
        assert_int_equal(spans[0].start, utf8_length(text.data, at));
    }
    buffer_finish(&text);
}

/* Any text at all: spans lie within it, in order, none over another; where they are taken out by
 * words, nothing is left of them. */
static void spans_are_sound(void **state)
{
    static const char letters[] = "0123456789 09@.-+()aB8429A\n";
    struct buffer rest;
    (void)state;
    srand(7);
    buffer_init(&rest);
    for (int round = 0; round < 50000; round++) {
        char text[101] = "";
        struct personal_span spans[PERSONAL_SPANS_MAX], left[PERSONAL_SPANS_MAX];
        size_t size = (size_t)rand() % 100, end = 0;
        for (size_t i = 0; i < size; i++) {
            text[i] = letters[(size_t)rand() % (sizeof letters - 1)];
        }
        buffer_reset(&rest);
        size_t count = personal_data_find(text, spans);
        for (size_t i = 0; i < count; i++) {
            assert_true(spans[i].at >= end && spans[i].size > 0);
            buffer_put(&rest, text + end, spans[i].at - end);
            buffer_put_text(&rest, " [che] ");
            end = spans[i].at + spans[i].size;
            assert_true(end <= size);
        }
        buffer_put_text(&rest, text + end);
        for (size_t i = 0, more = personal_data_find(rest.data, left); i < more; i++) {
            assert_null(memchr(rest.data + left[i].at, '[', left[i].size));
        }
    }
    buffer_finish(&rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_forms_in_use),
        cmocka_unit_test(spans_count_code_points),
        cmocka_unit_test(finds_what_is_planted),
        cmocka_unit_test(spans_are_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
