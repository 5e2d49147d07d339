/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sample.h"
#include "services/notification/letter.h"

enum { SECOND = 1000000 };
static const int64_t now = INT64_C(1795496531000000);
static const char notice[] =
    "{\"ticket\":\"HN-2026-0000123-K\",\"category\":\"giao-thong\",\"level\":\"normal\","
    "\"at\":\"2026-11-24T05:02:11.123Z\"}";

static void letter_ends_as_the_server_answers(void **state)
{
    static const struct {
        const char *what;
        int attempts;
        bool taken;
        long reply;
        enum letter_end end;
        const char *reason;
    } rows[] = {
        {"taken", 0, true, 250, LETTER_SENT, NULL},
        {"taken after some tries", 7, true, 250, LETTER_SENT, NULL},
        {"refused", 0, false, 550, LETTER_FAILED, "refused_by_server"},
        {"deferred", 0, false, 451, LETTER_AGAIN, "deferred_by_server"},
        {"not reached", 0, false, 0, LETTER_AGAIN, "server_not_reached"},
        {"lost after it had said yes to the recipient", 0, false, 250, LETTER_AGAIN,
         "server_not_reached"},
        {"deferred the last time", 7, false, 451, LETTER_FAILED, "deferred_by_server"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct letter letter = {.attempts = rows[i].attempts};
        letter_answered(&letter, rows[i].taken, rows[i].reply, now, 0);
        assert_int_equal(letter.attempts, rows[i].attempts + 1);
        assert_int_equal(letter.end, rows[i].end);
        if (rows[i].reason != NULL) {
            assert_string_equal(letter.reason, rows[i].reason);
        } else {
            assert_null(letter.reason);
        }
        assert_int_equal(letter.next_attempt_at > now, rows[i].end == LETTER_AGAIN);
    }
}

struct fixture {
    struct reference reference;
    struct arena arena;
    struct seal *seal;
    struct letter_context context;
};

static int open_fixture(void **state)
{
    static struct fixture fixture;
    struct error err = {0};
    sample_reference(&fixture.reference);
    arena_init(&fixture.arena);
    assert_true(seal_open(&fixture.seal, "aWhhbm9pIGRlbW8gY29udGFjdCBrZXksIG5vIGdvb2Q=", &err));
    fixture.context = (struct letter_context){.reference = &fixture.reference,
                                              .seal = fixture.seal,
                                              .from = "no-reply@ihanoi.example",
                                              .site = "https://ihanoi.example",
                                              .now = now};
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    seal_close(fixture->seal);
    arena_finish(&fixture->arena);
    arena_finish(&fixture->reference.snapshot.arena);
    return 0;
}

static void letter_is_written_to_whom_the_contact_names(void **state)
{
    static const struct {
        const char *what, *contact, *sealed_for;
        const char *reason; /* NULL: written */
    } rows[] = {
        {"an address", "{\"email\":\"lan@x.example\",\"name\":\"Lan\"}", "lan", NULL},
        {"no address", "{\"phone\":\"+84900000000\"}", "lan", "no_address"},
        {"a bad one", "{\"email\":\"lan@x.example\\nBcc: a@x.example\"}", "lan", "bad_address"},
        {"another's contact", "{\"email\":\"lan@x.example\"}", "minh", "contact_unreadable"},
        {"not a contact", "[]", "lan", "contact_unreadable"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct envelope envelope;
        const char *contact = rows[i].contact;
        const char *sealed =
            seal_text(fixture->seal, contact, strlen(contact), rows[i].sealed_for, &fixture->arena);
        struct letter *letter = letter_new("lan", sealed, notice, sizeof notice - 1);
        bool written = letter_write(letter, &fixture->context, &fixture->arena, &envelope);
        assert_int_equal(written, rows[i].reason == NULL);
        if (written) {
            assert_string_equal(envelope.to, "lan@x.example");
            buffer_finish(&envelope.message);
        } else {
            assert_int_equal(letter->end, LETTER_SKIPPED);
            assert_string_equal(letter->reason, rows[i].reason);
        }
        letter_free(letter);
    }
}

static void letter_waits_for_its_contact(void **state)
{
    struct fixture *fixture = *state;
    struct envelope envelope;
    struct letter *letter = letter_new("c-1", NULL, notice, sizeof notice - 1);
    letter->created_at = now - 2 * SECOND;
    assert_false(letter_write(letter, &fixture->context, &fixture->arena, &envelope));
    assert_int_equal(letter->end, LETTER_AGAIN);
    assert_int_equal(letter->next_attempt_at, letter->created_at + 6 * SECOND);
    letter->created_at = now - 40 * SECOND;
    assert_false(letter_write(letter, &fixture->context, &fixture->arena, &envelope));
    assert_int_equal(letter->end, LETTER_SKIPPED);
    assert_string_equal(letter->reason, "no_contact");
    letter_free(letter);
}

static void letter_to_an_official_goes_where_the_reference_says(void **state)
{
    struct fixture *fixture = *state;
    struct envelope envelope;
    struct letter *letter = letter_new("an", NULL, notice, sizeof notice - 1);
    letter->lane = LANE_OFFICIALS;
    letter->template = TEMPLATE_OPENED;
    assert_true(letter_write(letter, &fixture->context, &fixture->arena, &envelope));
    assert_string_equal(envelope.to, "an@x.example");
    buffer_finish(&envelope.message);
    letter_free(letter);
    letter = letter_new("giang", NULL, notice, sizeof notice - 1);
    letter->lane = LANE_OFFICIALS;
    assert_false(letter_write(letter, &fixture->context, &fixture->arena, &envelope));
    assert_string_equal(letter->reason, "no_address");
    letter_free(letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letter_ends_as_the_server_answers),
        cmocka_unit_test(letter_is_written_to_whom_the_contact_names),
        cmocka_unit_test(letter_waits_for_its_contact),
        cmocka_unit_test(letter_to_an_official_goes_where_the_reference_says),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
