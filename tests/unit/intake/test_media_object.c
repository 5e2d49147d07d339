/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "services/intake/media_object.h"
#include "services/intake/media_store_private.h"

static void base_is_endpoint_bucket_and_prefix(void **state)
{
    static const struct {
        const char *endpoint, *place, *base;
    } rows[] = {
        {"https://s3.example", "media", "https://s3.example/media/"},
        {"https://s3.example/", "media", "https://s3.example/media/"},
        {"http://10.0.0.7:9000", "city-media/iha.noi", NULL},
        {"http://10.0.0.7:9000", "city.media/ihanoi", "http://10.0.0.7:9000/city.media/ihanoi/"},
        {"http://[::1]:9000", "abc/d/e-F_9", "http://[::1]:9000/abc/d/e-F_9/"},
        {"s3.example", "media", NULL},
        {"", "media", NULL},
        {"https://", "media", NULL},
        {"ftp://s3.example", "media", NULL},
        {"https://key:secret@s3.example", "media", NULL},
        {"https://s3.example/path", "media", NULL},
        {"https://s3.example?x", "media", NULL},
        {"https://s3.example", "ab", NULL},
        {"https://s3.example", "Media", NULL},
        {"https://s3.example", "my media", NULL},
        {"https://s3.example", "media/", NULL},
        {"https://s3.example", "media//a", NULL},
        {"https://s3.example", "media/a/", NULL},
        {"https://s3.example", "media/../other", NULL},
        {"https://s3.example", "media/a%2Fb", NULL},
        {"https://s3.example", "media/a?acl", NULL},
        {"https://s3.example", "/media", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char base[OBJECT_BASE_SIZE];
        struct error err = {0};
        bool good = media_object_base(rows[i].endpoint, rows[i].place, base, &err);
        assert_int_equal(good, rows[i].base != NULL);
        if (good) {
            assert_string_equal(base, rows[i].base);
        } else {
            assert_int_equal(err.kind, ERR_FATAL);
            assert_non_null(strstr(err.text, "MEDIA_S3_"));
            assert_null(strstr(err.text, "secret"));
        }
    }
}

static void base_has_room_for_the_longest_settings(void **state)
{
    char place[600], base[OBJECT_BASE_SIZE];
    struct error err = {0};
    (void)state;
    memset(place, 'a', sizeof place);
    memcpy(place, "media/", 6);
    place[sizeof place - 1] = '\0';
    assert_false(media_object_base("https://s3.example", place, base, &err));
    assert_int_equal(err.kind, ERR_FATAL);
}

#define S3(code)                                                                                   \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" code                               \
    "</Code><Message>of 0d/secret.full</Message></Error>"

static void answers_tell_whom_to_ask(void **state)
{
    static const struct {
        enum object_act act;
        long status;
        const char *answer;
        enum error_kind kind;
        const char *text;
    } rows[] = {
        {OBJECT_PUT, 200, "", ERR_NONE, ""},
        {OBJECT_GET, 200, "", ERR_NONE, ""},
        {OBJECT_REMOVE, 204, "", ERR_NONE, ""},
        {OBJECT_GET, 404, S3("NoSuchKey"), ERR_NOT_FOUND, "there is no such file"},
        {OBJECT_REMOVE, 404, S3("NoSuchKey"), ERR_NONE, ""},
        /* a bucket that is gone is not a file that is gone */
        {OBJECT_GET, 404, S3("NoSuchBucket"), ERR_FATAL, "the storage answered 404 NoSuchBucket"},
        {OBJECT_REMOVE, 404, S3("NoSuchBucket"), ERR_FATAL,
         "the storage answered 404 NoSuchBucket"},
        /* neither is a page of something else that listens there */
        {OBJECT_REMOVE, 404, "<html>not here</html>", ERR_FATAL,
         "the storage answered 404 in no form of S3"},
        {OBJECT_GET, 404, "", ERR_FATAL, "the storage answered 404 in no form of S3"},
        {OBJECT_GET, 204, "", ERR_FATAL, "the storage answered 204 in no form of S3"},
        {OBJECT_PUT, 403, S3("SignatureDoesNotMatch"), ERR_FATAL,
         "the storage answered 403 SignatureDoesNotMatch"},
        {OBJECT_GET, 403, S3("RequestTimeTooSkewed"), ERR_FATAL,
         "the storage answered 403 RequestTimeTooSkewed"},
        {OBJECT_PUT, 301, S3("PermanentRedirect"), ERR_FATAL,
         "the storage answered 301 PermanentRedirect"},
        {OBJECT_PUT, 500, S3("InternalError"), ERR_RETRY, "the storage answered 500 InternalError"},
        {OBJECT_PUT, 503, S3("SlowDown"), ERR_RETRY, "the storage answered 503 SlowDown"},
        {OBJECT_GET, 502, "<html>bad gateway</html>", ERR_RETRY, "the storage answered 502"},
        {OBJECT_GET, 429, "", ERR_RETRY, "the storage answered 429"},
        {OBJECT_PUT, 400, S3("RequestTimeout"), ERR_RETRY,
         "the storage answered 400 RequestTimeout"},
        {OBJECT_PUT, 400, S3("XAmzContentSHA256Mismatch"), ERR_RETRY,
         "the storage answered 400 XAmzContentSHA256Mismatch"},
        {OBJECT_PUT, 403, S3("QuotaExceeded"), ERR_RETRY, "the storage answered 403 QuotaExceeded"},
        {OBJECT_PUT, 400, S3("AuthorizationHeaderMalformed"), ERR_FATAL,
         "the storage answered 400 AuthorizationHeaderMalformed"},
        /* no code is let through that is none */
        {OBJECT_PUT, 403, S3("0d/secret.full"), ERR_FATAL,
         "the storage answered 403 in no form of S3"},
        {OBJECT_PUT, 403, "<Error><Code>Cut", ERR_FATAL,
         "the storage answered 403 in no form of S3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        bool done = media_object_judge(rows[i].act, rows[i].status, rows[i].answer,
                                       strlen(rows[i].answer), &err);
        assert_int_equal(done, rows[i].kind == ERR_NONE);
        assert_int_equal(err.kind, rows[i].kind);
        assert_string_equal(err.text, rows[i].text);
        assert_int_equal(err.retry_after_s > 0, rows[i].kind == ERR_RETRY);
    }
}

static void names_are_those_of_the_volume(void **state)
{
    struct uuid id;
    char name[MEDIA_NAME_SIZE];
    (void)state;
    assert_true(uuid_parse("0d5f6a7b-8c9d-8e0f-a1b2-c3d4e5f60718", 36, &id));
    media_name_file(&id, MEDIA_FULL, name);
    assert_string_equal(name, "0d/0d5f6a7b-8c9d-8e0f-a1b2-c3d4e5f60718.full");
    media_name_file(&id, MEDIA_SMALL, name);
    assert_string_equal(name, "0d/0d5f6a7b-8c9d-8e0f-a1b2-c3d4e5f60718.small");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_is_endpoint_bucket_and_prefix),
        cmocka_unit_test(base_has_room_for_the_longest_settings),
        cmocka_unit_test(answers_tell_whom_to_ask),
        cmocka_unit_test(names_are_those_of_the_volume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
