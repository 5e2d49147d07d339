/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "common/arena.h"
#include "common/base64.h"
#include "services/notification/mail.h"

static void mail_takes_plain_addresses_only(void **state)
{
    static const struct {
        const char *address;
        bool good;
    } rows[] = {
        {"lan@ihanoi.example", true},
        {"lan.nguyen+bao@mail.ihanoi.example", true},
        {"o'hara_1@x", true},
        {"", false},
        {"lan", false},
        {"@ihanoi.example", false},
        {"lan@", false},
        {"lan@a@b", false},
        {"lan nguyen@x.example", false},
        {"lan@x.example>\r\nRCPT TO:<all@x.example", false},
        {"lan@x.example\nBcc: all@x.example", false},
        {"<lan@x.example>", false},
        {"\"lan\"@x.example", false},
        {"lan,minh@x.example", false},
        {"lan@x.example,minh@x.example", false},
        {"lan@[127.0.0.1]", false},
        {".lan@x.example", false},
        {"lan.@x.example", false},
        {"la..n@x.example", false},
        {"lan@.example", false},
        {"lân@x.example", false},
        {"lan@hà-nội.example", false},
        {"a23456789012345678901234567890123456789012345678901234567890123456@x.example", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(mail_address_is_good(rows[i].address), rows[i].good);
    }
}

static struct uuid uuid_of(const char *text)
{
    struct uuid uuid;
    assert_true(uuid_parse(text, strlen(text), &uuid));
    return uuid;
}

static void write_sample(const char *subject, const char *body, struct buffer *out)
{
    struct uuid id = uuid_of("01a20bee-d4b3-7c38-8010-0f98910ae571");
    struct uuid case_id = uuid_of("01a20bee-d4b3-7359-bea9-93498a4323ba");
    struct mail mail = {.from = "no-reply@ihanoi.example",
                        .to = "lan@x.example",
                        .id = &id,
                        .case_id = &case_id,
                        .at = INT64_C(1795496531123456),
                        .language = LANGUAGE_VI,
                        .subject = subject,
                        .body = body};
    buffer_init(out);
    mail_write(&mail, out);
}

static void mail_has_its_headers(void **state)
{
    struct buffer out;
    (void)state;
    write_sample("Hi", "Hello\nyou", &out);
    assert_string_equal(out.data,
                        "Date: Tue, 24 Nov 2026 05:02:11 +0000\r\n"
                        "From: no-reply@ihanoi.example\r\n"
                        "To: lan@x.example\r\n"
                        "Subject: =?UTF-8?B?SGk=?=\r\n"
                        "Message-ID: <01a20bee-d4b3-7c38-8010-0f98910ae571@ihanoi.example>\r\n"
                        "References: <01a20bee-d4b3-7359-bea9-93498a4323ba@ihanoi.example>\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: base64\r\n"
                        "Content-Language: vi\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "\r\n"
                        "SGVsbG8NCnlvdQ==\r\n");
    buffer_finish(&out);
}

/* Whatever comes in, each line is a header of ours or the continuation of the subject. */
static void mail_subject_begins_no_header(void **state)
{
    struct buffer out;
    (void)state;
    write_sample("x\r\nBcc: all@x.example\r\n\r\nbody", "", &out);
    assert_null(strstr(out.data, "Bcc"));
    assert_non_null(strstr(out.data, "Subject: =?UTF-8?B?eCAgQmNjOiBhbGxAeC5leGFtcGxlICAgIGJvZHk="
                                     "?=\r\n"));
    buffer_finish(&out);
}

static void mail_cuts_subject_between_letters(void **state)
{
    const char *subject = "Phản ánh HN-2026-0000123-K đã được chuyển đến đơn vị phụ trách";
    struct arena arena;
    struct buffer out, text;
    (void)state;
    arena_init(&arena);
    buffer_init(&text);
    write_sample(subject, "", &out);
    for (char *word = strstr(out.data, "=?UTF-8?B?"); word != NULL;
         word = strstr(word + 1, "=?UTF-8?B?")) {
        char *end = strstr(word, "?=\r\n");
        void *bytes;
        size_t size;
        assert_non_null(end);
        assert_true(end - word <= 73);
        assert_true(base64_parse(word + 10, (size_t)(end - word - 10), &arena, &bytes, &size));
        assert_true((((unsigned char *)bytes)[0] & 0xc0) != 0x80);
        buffer_put(&text, bytes, size);
    }
    assert_string_equal(text.data, subject);
    buffer_finish(&text);
    buffer_finish(&out);
    arena_finish(&arena);
}

static void mail_keeps_lines_short(void **state)
{
    char body[5000];
    struct buffer out;
    (void)state;
    memset(body, 'a', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    write_sample("Hi", body, &out);
    size_t length = 0;
    for (size_t i = 0; i < out.size; i++) {
        length = out.data[i] == '\n' ? 0 : length + 1;
        assert_true(length <= 77); /* 76 and CR */
        assert_true(out.data[i] != '\n' || out.data[i - 1] == '\r');
    }
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_takes_plain_addresses_only),
        cmocka_unit_test(mail_has_its_headers),
        cmocka_unit_test(mail_subject_begins_no_header),
        cmocka_unit_test(mail_cuts_subject_between_letters),
        cmocka_unit_test(mail_keeps_lines_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
