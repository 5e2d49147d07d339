/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base64.h"
#include "common/cursor.h"
#include "common/digest.h"
#include "common/seal.h"

#define KEY "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

static void base64_matches_rfc_4648(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[16];
        void *bytes;
        size_t size;
        base64_format(rows[i][0], strlen(rows[i][0]), text);
        assert_string_equal(text, rows[i][1]);
        assert_true(base64_parse(text, strlen(text), &arena, &bytes, &size));
        assert_int_equal(size, strlen(rows[i][0]));
        assert_memory_equal(bytes, rows[i][0], size);
    }
    arena_finish(&arena);
}

static void base64_refuses_what_is_not(void **state)
{
    static const char *const rows[] = {
        "A", "AB=", "A===", "Zh", "Zm9=", "Z m8", "Zm8\n", "====", "Zm9v="};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        void *bytes;
        size_t size;
        if (base64_parse(rows[i], strlen(rows[i]), &arena, &bytes, &size)) {
            fail_msg("%s was taken", rows[i]);
        }
    }
    arena_finish(&arena);
}

static void digest_matches_known_answers(void **state)
{
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    (void)state;
    digest_sha256("abc", 3, digest); /* FIPS 180-4, example 1 */
    assert_string_equal(digest_hex(digest, hex),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, digest); /* RFC 4231, case 2 */
    assert_string_equal(digest_hex(digest, hex),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void digest_of_pieces_is_that_of_the_whole(void **state)
{
    uint8_t digest[DIGEST_SIZE], read[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    const struct digest_piece pieces[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
    (void)state;
    for (int again = 0; again < 2; again++) {
        digest_sha256_pieces(pieces, sizeof pieces / sizeof pieces[0], digest);
        assert_string_equal(digest_hex(digest, hex),
                            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
    assert_true(digest_parse(hex, read));
    assert_memory_equal(read, digest, sizeof read);
    hex[5] = 'F'; /* not as we write it */
    assert_false(digest_parse(hex, read));
    assert_false(digest_parse("ab", read));
}

static void seal_is_read_only_in_its_context(void **state)
{
    struct seal *seal;
    struct arena arena;
    struct error err = {0};
    const char *plain;
    size_t size;
    (void)state;
    arena_init(&arena);
    assert_true(seal_open(&seal, KEY, &err));
    const char *sealed = seal_text(seal, "{\"email\":\"a@b\"}", 15, "person-1", &arena);
    const char *again = seal_text(seal, "{\"email\":\"a@b\"}", 15, "person-1", &arena);
    assert_string_not_equal(sealed, again);
    assert_true(seal_read(seal, sealed, "person-1", &arena, &plain, &size));
    assert_int_equal(size, 15);
    assert_string_equal(plain, "{\"email\":\"a@b\"}");
    assert_false(seal_read(seal, sealed, "person-2", &arena, &plain, &size));
    char *tampered = arena_text(&arena, sealed);
    tampered[20] = tampered[20] == 'A' ? 'B' : 'A';
    assert_false(seal_read(seal, tampered, "person-1", &arena, &plain, &size));
    assert_false(seal_read(seal, "", "person-1", &arena, &plain, &size));
    seal_close(seal);
    arena_finish(&arena);
}

static void seal_refuses_a_short_key(void **state)
{
    struct seal *seal;
    struct error err = {0};
    (void)state;
    assert_false(seal_open(&seal, "c2hvcnQ=", &err));
    assert_string_equal(err.code, "bad_key");
}

static void cursor_comes_back(void **state)
{
    struct cursor cursor = {.at_us = 1795842131123000, .id = {{1, 2, 3, 255}}}, read = {0};
    char text[CURSOR_TEXT_SIZE];
    bool given;
    struct error err = {0};
    (void)state;
    cursor_format(&cursor, text);
    assert_int_equal(strlen(text), CURSOR_TEXT_SIZE - 1);
    assert_true(cursor_parse(text, &read, &given, &err));
    assert_true(given);
    assert_memory_equal(&read, &cursor, sizeof cursor);
    assert_true(cursor_parse("", &read, &given, &err));
    assert_false(given);
    assert_false(cursor_parse("x", &read, &given, &err));
    assert_false(
        cursor_parse(cursor_format(&(struct cursor){.at_us = -1}, text), &read, &given, NULL));
    assert_false(cursor_parse(cursor_format(&(struct cursor){.at_us = INT64_MAX}, text), &read,
                              &given, NULL));
    assert_string_equal(err.fields[0].field, "cursor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_matches_rfc_4648),
        cmocka_unit_test(base64_refuses_what_is_not),
        cmocka_unit_test(digest_matches_known_answers),
        cmocka_unit_test(digest_of_pieces_is_that_of_the_whole),
        cmocka_unit_test(seal_is_read_only_in_its_context),
        cmocka_unit_test(seal_refuses_a_short_key),
        cmocka_unit_test(cursor_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
