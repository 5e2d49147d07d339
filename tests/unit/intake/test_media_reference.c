/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "services/intake/media_reference.h"

#define ID   "0c6d1f2e-8b3a-8d47-9e15-2a7b4c9d0e3f"
#define SITE "https://ihanoi.example"

static void only_its_own_form_is_a_reference(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"media:" ID, true},
        {"", false},
        {"media:", false},
        {ID, false},
        {"MEDIA:" ID, false},
        {"media:0C6D1F2E-8b3a-8d47-9e15-2a7b4c9d0e3f", false},
        {"media:" ID "0", false},
        {"media:0c6d1f2e-8b3a-8d47-9e15-2a7b4c9d0e3", false},
        {"media:0c6d1f2e-8b3a-8d47-9e15-2a7b4c9d0e3g", false},
        {"media:0c6d1f2e08b3a-8d47-9e15-2a7b4c9d0e3f", false},
        {"https://media.example/" ID, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uuid id;
        char text[UUID_TEXT_SIZE];
        assert_int_equal(media_reference_parse(rows[i].text, &id), rows[i].good);
        if (rows[i].good) {
            assert_string_equal(uuid_format(&id, text), ID);
        }
    }
}

static void links_of_ours_become_references(void **state)
{
    static const char reference[] = "media:" ID;
    static const struct {
        const char *text, *same; /* NULL: stays as it is */
    } rows[] = {
        {SITE "/api/intake/media/" ID "?variant=full&expires=1&signature=x", reference},
        {SITE "/api/intake/media/" ID, reference},
        {"/api/intake/media/" ID "?variant=small", reference},
        {reference, reference},
        {SITE "/api/intake/media/" ID "/links", NULL},
        {SITE "/api/intake/media/" ID "0", NULL},
        {SITE "/api/intake/media/", NULL},
        {SITE "/api/intake/media/0c6d", NULL},
        {SITE "x/api/intake/media/" ID, NULL},
        {"https://elsewhere.example/api/intake/media/" ID, NULL},
        {"https://elsewhere.example/1.jpg", NULL},
        {"", NULL},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *same = rows[i].same != NULL ? rows[i].same : rows[i].text;
        assert_string_equal(media_reference_of_link(rows[i].text, SITE, &arena), same);
    }
    arena_finish(&arena);
}

static void uploads_are_picked_in_their_order(void **state)
{
    static const char *const media[] = {"https://a.example/1", "media:" ID, "https://a.example/2",
                                        "media:1c6d1f2e-8b3a-8d47-9e15-2a7b4c9d0e3f"};
    struct uuid ids[4];
    (void)state;
    assert_int_equal(media_reference_ids(media, 4, ids), 2);
    assert_int_equal(ids[0].bytes[0], 0x0c);
    assert_int_equal(ids[1].bytes[0], 0x1c);
    assert_int_equal(media_reference_ids(media, 1, ids), 0);
    assert_int_equal(media_reference_ids(NULL, 0, ids), 0);
}

static void what_is_shown_has_links_where_it_was_uploaded(void **state)
{
    static const char *const media[] = {"https://a.example/1", "media:" ID};
    struct media_keys keys;
    struct json_writer writer;
    struct buffer out;
    struct arena arena;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    assert_true(media_keys_read(&keys, "aWhhbm9pIGRlbW8gbWVkaWEga2V5LCBub3QgZ29vZC4=", &err));
    struct media_linker linker = {&keys, 1000, &arena};
    json_write_start(&writer, &out);
    media_reference_write_list(&writer, NULL, media, 2, &linker);
    assert_non_null(strstr(out.data, "[{\"url\":\"https://a.example/1\"},{\"reference\":\"media:" ID
                                     "\",\"links\":{\"full\":\"/api/intake/media/" ID
                                     "?variant=full&expires=1000&signature="));
    assert_non_null(strstr(out.data, "\"expires_at\":\"1970-01-01T00:16:40.000Z\"}}]"));
    buffer_finish(&out);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_its_own_form_is_a_reference),
        cmocka_unit_test(links_of_ours_become_references),
        cmocka_unit_test(uploads_are_picked_in_their_order),
        cmocka_unit_test(what_is_shown_has_links_where_it_was_uploaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
