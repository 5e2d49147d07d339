/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "services/intake/media_link.h"
#include "services/intake/media_type.h"
#include "services/intake/press/framing.h"

#define KEY "aWhhbm9pIGRlbW8gbWVkaWEga2V5LCBub3QgZ29vZC4="

/* ---- what is this file? ---- */

#define BYTES(text) text, sizeof(text) - 1

static void type_is_seen_by_the_first_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum media_type type;
    } rows[] = {
        {BYTES(""), MEDIA_UNKNOWN},
        {BYTES("\xff\xd8\xff\xe0"), MEDIA_JPEG},
        {BYTES("\xff\xd8"), MEDIA_UNKNOWN},
        {BYTES("\x89PNG\r\n\x1a\n"), MEDIA_PNG},
        {BYTES("\x89PNG\n\x1a\n"), MEDIA_UNKNOWN}, /* went through a text transfer */
        {BYTES("RIFF\x10\0\0\0WEBPVP8 "), MEDIA_WEBP},
        {BYTES("RIFF\x10\0\0\0WAVE"), MEDIA_UNKNOWN},
        {BYTES("RIFF\x10\0\0\0"), MEDIA_UNKNOWN},
        {BYTES("GIF89a"), MEDIA_GIF},
        {BYTES("\0\0\0\x18"
               "ftypheic"),
         MEDIA_HEIF},
        {BYTES("\0\0\0\x18"
               "ftypmif1"),
         MEDIA_HEIF},
        {BYTES("\0\0\0\x18"
               "ftypavif"),
         MEDIA_HEIF},
        {BYTES("\0\0\0\x18"
               "ftypqt  "),
         MEDIA_QUICKTIME},
        {BYTES("\0\0\0\x18"
               "ftypisom"),
         MEDIA_MP4},
        {BYTES("\x1a\x45\xdf\xa3"), MEDIA_WEBM},
        {BYTES("%PDF-1.7"), MEDIA_PDF},
        {BYTES("\n%PDF-1.7"), MEDIA_UNKNOWN}, /* readers would open it */
        {BYTES("<svg xmlns="), MEDIA_UNKNOWN},
        {BYTES("<!doctype html>"), MEDIA_UNKNOWN},
        {BYTES("PK\x03\x04"), MEDIA_UNKNOWN},
        {BYTES("MZ"), MEDIA_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (media_type_sniff(rows[i].bytes, rows[i].size) != rows[i].type) {
            fail_msg("row %zu", i);
        }
    }
}

static void declared_type_is_compared(void **state)
{
    (void)state;
    assert_true(media_type_is_as_declared(MEDIA_JPEG, NULL));
    assert_true(media_type_is_as_declared(MEDIA_JPEG, "image/jpeg"));
    assert_true(media_type_is_as_declared(MEDIA_JPEG, "Image/JPEG; q=1"));
    assert_true(media_type_is_as_declared(MEDIA_JPEG, "image/jpg"));
    assert_true(media_type_is_as_declared(MEDIA_JPEG, "application/octet-stream"));
    assert_false(media_type_is_as_declared(MEDIA_JPEG, "image/png"));
    assert_false(media_type_is_as_declared(MEDIA_PNG, "image/jpg"));
    assert_false(media_type_is_as_declared(MEDIA_JPEG, "image/jpegs"));
    assert_true(media_type_is_as_declared(MEDIA_MP4, "video/mp4; codecs=avc1"));
    assert_true(media_type_is_as_declared(MEDIA_QUICKTIME, "video/mp4"));
    assert_true(media_type_is_as_declared(MEDIA_WEBM, "video/x-matroska"));
    assert_false(media_type_is_as_declared(MEDIA_WEBM, "video/mp4"));
    assert_false(media_type_is_as_declared(MEDIA_PDF, "video/mp4"));
}

/* ---- headers ---- */

#define PNG(width, height)                                                                         \
    BYTES("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" width height "\x08\x02\0\0\0\0\0\0\0")
#define FRAME(height, width)                                                                       \
    "\xff\xc0\0\x11\x08" height width "\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
#define SCAN "\xff\xda\0\x08\x01\x01\0\0\x3f\0"
#define END  "\xff\xd9"

static void size_is_read_from_the_header(void **state)
{
    static const struct {
        const char *what, *bytes;
        size_t size;
        uint32_t width, height; /* 0: refused */
    } rows[] = {
        {"png", PNG("\0\0\x01\x02", "\0\0\x03\x04"), 0x102, 0x304},
        {"png without width", PNG("\0\0\0\0", "\0\0\x03\x04"), 0, 0},
        {"png cut off", BYTES("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"), 0, 0},
        {"png of another chunk",
         BYTES("\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT\0\0\0\1\0\0\0\1\x08\x02\0\0\0\0\0\0\0"), 0, 0},
        {"webp", BYTES("RIFF\x20\0\0\0WEBPVP8 \x10\0\0\0\0\0\0\x9d\x01\x2a\x02\x01\x04\x43"), 0x102,
         0x304},
        {"webp of no frame",
         BYTES("RIFF\x20\0\0\0WEBPVP8 \x10\0\0\0\0\0\0\x9d\x01\x2b\x02\x01\x04\x43"), 0, 0},
        {"webp without loss", BYTES("RIFF\x20\0\0\0WEBPVP8L\x10\0\0\0\x2f\x01\x41\xc0\0\0\0\0\0\0"),
         258, 770},
        {"webp extended", BYTES("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x01\x01\0\x03\x03\0"),
         258, 772},
        {"webp cut off", BYTES("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x01\x01\0\x03\x03"), 0, 0},
        {"jpeg", BYTES("\xff\xd8" FRAME("\x03\x04", "\x01\x02") SCAN "\x11\xff\0\x22\xff\xd0" END),
         0x102, 0x304},
        {"jpeg with fill bytes",
         BYTES("\xff\xd8\xff\xff\xff"
               "\xe0\0\x02" FRAME("\x03\x04", "\x01\x02") SCAN END),
         0x102, 0x304},
        {"jpeg without its end", BYTES("\xff\xd8" FRAME("\x03\x04", "\x01\x02") SCAN "\x11"), 0x102,
         0x304},
        {"jpeg without a scan", BYTES("\xff\xd8" FRAME("\x03\x04", "\x01\x02") END), 0, 0},
        {"jpeg of two frames",
         BYTES("\xff\xd8" FRAME("\0\1", "\0\1") FRAME("\x7f\xff", "\x7f\xff") SCAN END), 0, 0},
        {"jpeg whose scan comes first", BYTES("\xff\xd8" SCAN FRAME("\0\1", "\0\1") END), 0, 0},
        {"jpeg of no height", BYTES("\xff\xd8" FRAME("\0\0", "\x01\x02") SCAN END), 0, 0},
        {"jpeg of a segment past its end", BYTES("\xff\xd8\xff\xe0\xff\xff"), 0, 0},
        {"jpeg of a segment too short",
         BYTES("\xff\xd8\xff\xe0\0\x01" FRAME("\0\1", "\0\1") SCAN END), 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct picture_header header = {0};
        struct error err = {0};
        bool good = picture_header_read(media_type_sniff(rows[i].bytes, rows[i].size),
                                        rows[i].bytes, rows[i].size, &header, &err);
        if (good != (rows[i].width > 0) ||
            (good && (header.width != rows[i].width || header.height != rows[i].height))) {
            fail_msg("%s: %d, %u x %u", rows[i].what, good, header.width, header.height);
        }
        assert_int_equal(err.kind, good ? ERR_NONE : ERR_UNPROCESSABLE);
    }
}

static const char *refusal_of(const void *bytes, size_t size, const char *declared)
{
    static struct error err;
    error_clear(&err);
    return media_type_check(bytes, size, declared, &err) ? "" : err.code;
}

/* 30,000 × 30,000 is on no side too long, and 900 million pixels. */
static void bombs_are_seen_in_the_header(void **state)
{
    (void)state;
    assert_string_equal(refusal_of(PNG("\0\0\x75\x30", "\0\0\x75\x30"), NULL), "picture_too_large");
    assert_string_equal(refusal_of(PNG("\xff\xff\xff\xff", "\0\0\0\1"), NULL), "picture_too_large");
    assert_string_equal(refusal_of(PNG("\0\0\x1f\x40", "\0\0\x17\x70"), "image/png"), "");
    assert_string_equal(refusal_of(PNG("\0\0\x1f\x40", "\0\0\x17\x70"), "image/jpeg"),
                        "type_mismatch");
    assert_string_equal(refusal_of(BYTES("GIF89a"), "image/png"), "unsupported_type");
    assert_string_equal(refusal_of(BYTES("<html><script>"), "image/png"), "unsupported_type");
}

static void paper_is_taken_as_what_it_is(void **state)
{
    (void)state;
    assert_string_equal(refusal_of(BYTES("%PDF-1.7"), NULL), "");
    assert_string_equal(refusal_of(BYTES("%PDF-1.7"), "application/pdf"), "");
    assert_string_equal(refusal_of(BYTES("%PDF-1.7"), "image/png"), "type_mismatch");
    assert_string_equal(refusal_of(BYTES(" %PDF-1.7"), "application/pdf"), "unsupported_type");
}

static void file_over_what_its_type_may_have_is_too_large(void **state)
{
    static const struct {
        const char *head;
        size_t size_max;
    } rows[] = {{"\xff\xd8\xff\xe0", PICTURE_BYTES_MAX},
                {"%PDF-1.7", PAPER_BYTES_MAX},
                {"\x1a\x45\xdf\xa3", FILM_BYTES_MAX}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *bytes = memory_zero(1, rows[i].size_max + 1);
        memcpy(bytes, rows[i].head, strlen(rows[i].head));
        assert_string_not_equal(refusal_of(bytes, rows[i].size_max, NULL), "file_too_large");
        assert_string_equal(refusal_of(bytes, rows[i].size_max + 1, NULL), "file_too_large");
        free(bytes);
    }
}

static void name_of_a_type_leads_back_to_it(void **state)
{
    (void)state;
    for (enum media_type type = 0; type < MEDIA_TYPES; type++) {
        assert_int_equal(media_type_of_name(media_type_name(type)), type);
    }
    assert_int_equal(media_type_of_name("text/html"), MEDIA_UNKNOWN);
}

/* Each scan of a progressive JPEG may go through all of its pixels. */
static void jpeg_of_thousand_scans_is_refused(void **state)
{
    static const char head[] = "\xff\xd8" FRAME("\x20\0", "\x10\0"), scan[] = SCAN;
    (void)state;
    for (size_t scans = PICTURE_SCANS_MAX; scans <= PICTURE_SCANS_MAX + 1; scans++) {
        char bytes[4096];
        size_t size = sizeof head - 1;
        memcpy(bytes, head, size);
        for (size_t i = 0; i < scans; i++) {
            memcpy(bytes + size, scan, sizeof scan - 1);
            size += sizeof scan - 1;
        }
        assert_string_equal(refusal_of(bytes, size, NULL),
                            scans > PICTURE_SCANS_MAX ? "broken_picture" : "");
    }
}

/* ---- names and links ---- */

static struct media_keys keys_of(const char *key)
{
    struct media_keys keys;
    struct error err = {0};
    assert_true(media_keys_read(&keys, key, &err));
    return keys;
}

static void name_is_of_uploader_content_and_key(void **state)
{
    struct media_keys keys = keys_of(KEY);
    struct media_keys other = keys_of("AWhhbm9pIGRlbW8gbWVkaWEga2V5LCBub3QgZ29vZC4=");
    (void)state;
    struct uuid name = media_name(&keys, "person a", "xyz", 3);
    struct uuid same = media_name(&keys, "person a", "xyz", 3);
    struct uuid of_another = media_name(&keys, "person b", "xyz", 3);
    struct uuid of_content = media_name(&keys, "person a", "xyy", 3);
    struct uuid of_key = media_name(&other, "person a", "xyz", 3);
    assert_true(uuid_equal(&name, &same));
    assert_false(uuid_equal(&name, &of_another));
    assert_false(uuid_equal(&name, &of_content));
    assert_false(uuid_equal(&name, &of_key));
    assert_int_equal(name.bytes[6] >> 4, 8);
    assert_int_equal(name.bytes[8] >> 6, 2);
}

static void key_must_have_32_bytes(void **state)
{
    static const char *const rows[] = {"", "x", "aWhhbm9p", "not base64, not at all, not base64"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct media_keys keys;
        struct error err = {0};
        assert_false(media_keys_read(&keys, rows[i], &err));
        assert_string_equal(err.code, "bad_key");
    }
}

static const char *judged(const struct uuid *id, enum media_variant variant, int64_t expires_s,
                          const char *signature, int64_t now_s)
{
    static struct error err;
    struct media_keys keys = keys_of(KEY);
    error_clear(&err);
    return media_link_check(&keys, id, variant, expires_s, signature, now_s, &err) ? "" : err.code;
}

static void link_is_good_for_one_variant_until_it_expires(void **state)
{
    struct media_keys keys = keys_of(KEY);
    struct arena arena;
    struct uuid id = media_name(&keys, "person a", "xyz", 3), other = id;
    (void)state;
    arena_init(&arena);
    const char *link = media_link(&keys, &id, MEDIA_FULL, 1000, &arena);
    const char *signature = strstr(link, "&signature=") + strlen("&signature=");
    char *forged = arena_text(&arena, signature);
    forged[0] = forged[0] == 'A' ? 'B' : 'A';
    other.bytes[15] ^= 1;
    assert_non_null(strstr(link, "?variant=full&expires=1000&"));
    assert_string_equal(judged(&id, MEDIA_FULL, 1000, signature, 999), "");
    assert_string_equal(judged(&id, MEDIA_FULL, 1000, signature, 1000), "expired_link");
    assert_string_equal(judged(&id, MEDIA_FULL, 1001, signature, 999), "bad_link");
    assert_string_equal(judged(&id, MEDIA_SMALL, 1000, signature, 999), "bad_link");
    assert_string_equal(judged(&other, MEDIA_FULL, 1000, signature, 999), "bad_link");
    assert_string_equal(judged(&id, MEDIA_FULL, 1000, forged, 999), "bad_link");
    assert_string_equal(judged(&id, MEDIA_FULL, 1000, "", 999), "bad_link");
    assert_string_equal(judged(&id, MEDIA_FULL, 1000, forged, 2000), "bad_link");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_is_seen_by_the_first_bytes),
        cmocka_unit_test(declared_type_is_compared),
        cmocka_unit_test(size_is_read_from_the_header),
        cmocka_unit_test(bombs_are_seen_in_the_header),
        cmocka_unit_test(jpeg_of_thousand_scans_is_refused),
        cmocka_unit_test(paper_is_taken_as_what_it_is),
        cmocka_unit_test(file_over_what_its_type_may_have_is_too_large),
        cmocka_unit_test(name_of_a_type_leads_back_to_it),
        cmocka_unit_test(name_is_of_uploader_content_and_key),
        cmocka_unit_test(key_must_have_32_bytes),
        cmocka_unit_test(link_is_good_for_one_variant_until_it_expires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
