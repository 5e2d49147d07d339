/* SPDX-License-Identifier: Apache-2.0 */
/* What may still be said about a submission, in every phase; the order of what was; its codecs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "services/intake/case_event_json.h"
#include "services/intake/message_json.h"
#include "services/intake/thread.h"
#include "tests/support/number.h"

enum { NOW_US = 1000000 };
static const struct thread_limits limits = {.total = 5, .hourly = 3};

/* The code of the refusal; "" when it may be sent. */
static const char *refusal(const struct thread_state *state, enum message_kind kind,
                           int32_t case_version)
{
    static struct error err;
    struct message message = {.kind = kind, .case_version = case_version};
    err = (struct error){0};
    bool may = thread_may_send(state, &message, &limits, NOW_US, &err);
    assert_true(may != error_is_set(&err));
    return err.code;
}

/* ---- every phase, every kind ---- */

static const struct {
    const char *phase; /* "-": no case yet */
    const char *codes[MESSAGE_KINDS];
} matrix[] = {
    /*             supplement    answer           withdrawal    rating       reopening */
    {"-", {"", "nothing_asked", "", "no_result", "no_result"}},
    {"received", {"", "nothing_asked", "", "no_result", "no_result"}},
    {"working", {"", "nothing_asked", "", "no_result", "no_result"}},
    {"paused", {"", "", "", "no_result", "no_result"}},
    {"resolved", {"", "nothing_asked", "too_late", "", ""}},
    {"closed", {"case_ended", "nothing_asked", "case_ended", "", "window_over"}},
    {"rejected", {"case_ended", "nothing_asked", "case_ended", "no_result", "case_ended"}},
    {"withdrawn", {"case_ended", "nothing_asked", "case_ended", "no_result", "case_ended"}},
    {"merged", {"merged", "nothing_asked", "merged", "no_result", "merged"}},
};

static struct thread_state state_in(const char *phase)
{
    struct thread_state state = {.version = 1, .asked = true, .rating_asked = true};
    for (int i = 0; i < CASE_PHASES; i++) {
        if (strcmp(case_phase_words[i], phase) == 0) {
            state.phase = (enum case_phase)i;
            state.case_version = 4;
        }
    }
    return state;
}

static void each_kind_has_its_phases(void **state)
{
    (void)state;
    assert_int_equal(sizeof matrix / sizeof matrix[0], CASE_PHASES + 1);
    for (size_t i = 0; i < sizeof matrix / sizeof matrix[0]; i++) {
        struct thread_state now = state_in(matrix[i].phase);
        for (int kind = 0; kind < MESSAGE_KINDS; kind++) {
            const char *code = refusal(&now, (enum message_kind)kind, -1);
            if (strcmp(code, matrix[i].codes[kind]) != 0) {
                fail_msg("%s, %s: %s", matrix[i].phase, message_kind_words[kind], code);
            }
        }
    }
}

static void a_result_is_rated_once_and_contested_in_time(void **state)
{
    struct thread_state now = state_in("resolved");
    (void)state;
    now.timeout_at = NOW_US + 1;
    assert_string_equal(refusal(&now, MESSAGE_REOPENING, -1), "");
    now.timeout_at = NOW_US;
    assert_string_equal(refusal(&now, MESSAGE_REOPENING, -1), "window_over");
    assert_string_equal(refusal(&now, MESSAGE_RATING, -1), "");
    now.rated = true;
    assert_string_equal(refusal(&now, MESSAGE_RATING, -1), "already_rated");
    now.rating_asked = false;
    assert_string_equal(refusal(&now, MESSAGE_RATING, -1), "no_result");
}

static void who_was_not_asked_does_not_answer(void **state)
{
    struct thread_state now = state_in("paused");
    (void)state;
    now.asked = false; /* a third party was */
    assert_string_equal(refusal(&now, MESSAGE_ANSWER, -1), "nothing_asked");
}

static void what_is_on_its_way_is_not_sent_twice(void **state)
{
    (void)state;
    for (int kind = 0; kind < MESSAGE_KINDS; kind++) {
        const char *phase = kind == MESSAGE_ANSWER                                ? "paused"
                            : kind == MESSAGE_RATING || kind == MESSAGE_REOPENING ? "resolved"
                                                                                  : "working";
        struct thread_state now = state_in(phase);
        now.under_way = 1u << kind;
        assert_string_equal(refusal(&now, (enum message_kind)kind, -1),
                            kind == MESSAGE_SUPPLEMENT ? "" : "already_sent");
        now.under_way = 1u << MESSAGE_WITHDRAWAL;
        assert_string_equal(refusal(&now, (enum message_kind)kind, -1), "already_sent");
    }
}

static void a_stale_version_is_told_before_anything_else(void **state)
{
    struct thread_state now = state_in("closed");
    struct thread_state none = state_in("-");
    (void)state;
    assert_string_equal(refusal(&now, MESSAGE_SUPPLEMENT, 3), "stale_version");
    assert_string_equal(refusal(&now, MESSAGE_SUPPLEMENT, 4), "case_ended");
    assert_string_equal(refusal(&none, MESSAGE_SUPPLEMENT, 0), "");
    assert_string_equal(refusal(&none, MESSAGE_SUPPLEMENT, 1), "stale_version");
}

static void messages_are_limited(void **state)
{
    struct thread_state now = state_in("working");
    (void)state;
    now.version = 5;
    assert_string_equal(refusal(&now, MESSAGE_SUPPLEMENT, -1), "");
    now.recent = 3;
    assert_string_equal(refusal(&now, MESSAGE_SUPPLEMENT, -1), "too_fast");
    struct message message = {.kind = MESSAGE_SUPPLEMENT, .case_version = -1};
    assert_false(
        thread_may_send(&now, &message, &limits, NOW_US, NULL)); /* who need not know why */
    now.version = 6;
    assert_string_equal(refusal(&now, MESSAGE_SUPPLEMENT, -1), "too_many_messages");
}

/* ---- one order ---- */

static struct uuid id_of(uint8_t number)
{
    return (struct uuid){{number}};
}

/* "2 w3 4": messages by version, words by w and version. */
static void assert_order(const struct thread_item *items, size_t count, const char *wanted)
{
    char found[128] = "";
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(found);
        const struct thread_item *item = &items[i];
        snprintf(found + size, sizeof found - size, "%s%s%d", size > 0 ? " " : "",
                 item->message != NULL ? "" : "w",
                 (int)(item->message != NULL ? item->message->version : item->word->version));
    }
    assert_string_equal(found, wanted);
}

static void what_was_done_stands_where_it_was_done(void **state)
{
    struct message messages[] = {
        {.id = id_of(2), .version = 2, .at = 20, .state = MESSAGE_DONE},
        {.id = id_of(3), .version = 3, .at = 30, .state = MESSAGE_REFUSED},
        {.id = id_of(4), .version = 4, .at = 60, .state = MESSAGE_SENT},
    };
    struct case_word words[] = {
        {.version = 2, .kind = WORD_QUESTION, .at = 25}, /* before the message came */
        {.version = 3, .kind = WORD_ANSWER, .at = 28, .message = id_of(2)},
        {.version = 5, .kind = WORD_RESULT, .at = 50},
    };
    struct thread_item items[6];
    (void)state;
    size_t count = thread_order(messages, 3, words, 3, items);
    assert_order(items, count, "w2 2 3 w5 4");
    assert_order(items, thread_order(messages, 3, NULL, 0, items), "2 3 4");
    words[1].at = 55; /* the refused one was said meanwhile */
    words[2].at = 56;
    assert_order(items, thread_order(messages, 3, words, 3, items), "w2 2 3 w5 4");
    assert_order(items, thread_order(NULL, 0, words, 3, items), "w2 w3 w5");
    assert_int_equal(thread_order(NULL, 0, NULL, 0, items), 0);
}

static void nothing_is_lost_and_nothing_told_twice(void **state)
{
    (void)state;
    unsigned seed = getenv("SEED") != NULL ? (unsigned)number_of(getenv("SEED"), '\0') : 1;
    srand(seed);
    for (int run = 0; run < 2000; run++) {
        struct message messages[8] = {0};
        struct case_word words[8] = {0};
        struct thread_item items[16];
        size_t message_count = (size_t)rand() % 9, word_count = (size_t)rand() % 9, done = 0;
        for (size_t i = 0; i < message_count; i++) {
            messages[i] = (struct message){
                .id = id_of((uint8_t)(i + 1)), .version = (int32_t)i + 2, .at = rand() % 50};
        }
        for (size_t i = 0; i < word_count; i++) {
            words[i] = (struct case_word){.version = (int32_t)i + 1, .at = rand() % 50};
            if (done < message_count && rand() % 2 == 0) {
                words[i].message = messages[done++].id;
            }
        }
        size_t count = thread_order(messages, message_count, words, word_count, items);
        if (count != message_count + word_count - done) {
            fail_msg("seed %u, run %d: %zu items", seed, run, count);
        }
        int32_t last = 0;
        for (size_t i = 0; i < count; i++) {
            if (items[i].word != NULL) {
                assert_true(items[i].word->version > last);
                last = items[i].word->version;
            }
        }
    }
}

/* ---- codecs ---- */

static void read_example(struct message *message, const json_t *data, enum message_kind kind,
                         struct arena *arena)
{
    json_t *body = json_object();
    static const char *const members[] = {"text", "media", "rating"};
    struct error err = {0};
    for (size_t i = 0; i < 3; i++) {
        json_t *member = json_object_get(data, members[i]);
        if (member != NULL) {
            json_object_set(body, members[i], member);
        }
    }
    char *text = json_dumps(body, 0);
    if (!message_read(message, kind, text, strlen(text), arena, &err)) {
        fail_msg("%s: %s", text, err.fields[0].field);
    }
    free(text);
    json_decref(body);
    const char *id = json_string_value(json_object_get(data, "message_id"));
    uuid_parse(id, strlen(id), &message->id);
    id = json_string_value(json_object_get(data, "submission_id"));
    uuid_parse(id, strlen(id), &message->submission_id);
    const char *at = json_string_value(json_object_get(data, "at"));
    clock_parse(at, strlen(at), &message->at);
    message->version = (int32_t)json_integer_value(json_object_get(data, "version"));
    message->case_version = (int32_t)json_integer_value(json_object_get(data, "case_version"));
}

static void bodies_become_the_events_of_the_examples(void **state)
{
    (void)state;
    for (int kind = 0; kind < MESSAGE_KINDS; kind++) {
        char pattern[128];
        glob_t found;
        snprintf(pattern, sizeof pattern, "proto/examples/%s/*.json",
                 message_event_type((enum message_kind)kind));
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        for (size_t i = 0; i < found.gl_pathc; i++) {
            struct arena arena;
            struct message message;
            struct buffer out;
            json_t *root = json_load_file(found.gl_pathv[i], 0, NULL);
            json_t *data = json_object_get(root, "data");
            bool answers = json_is_true(json_object_get(data, "is_answer"));
            arena_init(&arena);
            buffer_init(&out);
            read_example(&message, data, (enum message_kind)kind, &arena);
            message_write_event(&message, &out);
            json_t *written = json_loads(out.data, 0, NULL);
            bool same = json_equal(written, data);
            if (kind <= MESSAGE_ANSWER ? same != (answers == (kind == MESSAGE_ANSWER)) : !same) {
                fail_msg("%s became %s", found.gl_pathv[i], out.data);
            }
            json_decref(written);
            json_decref(root);
            buffer_finish(&out);
            arena_finish(&arena);
        }
        globfree(&found);
    }
}

static void bad_bodies_are_refused_by_field(void **state)
{
    static const struct {
        enum message_kind kind;
        const char *body, *field;
    } rows[] = {
        {MESSAGE_SUPPLEMENT, "{}", "text"},
        {MESSAGE_SUPPLEMENT, "", "text"},
        {MESSAGE_SUPPLEMENT, "{\"text\":\"\"}", "text"},
        {MESSAGE_SUPPLEMENT, "{\"text\":\"x\",\"media\":[\"http://a/b\"]}", "media[0]"},
        {MESSAGE_ANSWER, "{\"text\":\"x\",\"media\":[\"https://a/b\",\"media:0c6d1f2e\"]}",
         "media[1]"},
        {MESSAGE_ANSWER, "{\"text\":\"x\",\"answer\":\"y\"}", "answer"},
        {MESSAGE_WITHDRAWAL, "{\"media\":[]}", "media"},
        {MESSAGE_RATING, "{}", "rating"},
        {MESSAGE_RATING, "{\"rating\":\"good\"}", "rating"},
        {MESSAGE_RATING, "{\"rating\":\"satisfied\",\"text\":7}", "text"},
        {MESSAGE_REOPENING, "{\"media\":[]}", "text"},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct message message;
        struct error err = {0};
        if (message_read(&message, rows[i].kind, rows[i].body, strlen(rows[i].body), &arena,
                         &err)) {
            fail_msg("%s was taken", rows[i].body);
        }
        assert_string_equal(err.fields[0].field, rows[i].field);
    }
    struct message message;
    assert_true(message_read(&message, MESSAGE_WITHDRAWAL, "", 0, &arena, NULL));
    arena_finish(&arena);
}

static struct case_word word_of(const char *name, struct arena *arena)
{
    char path[128];
    struct case_event event;
    struct error err = {0};
    snprintf(path, sizeof path, "proto/examples/vn.hanoi.case.%s.json", name);
    json_t *root = json_load_file(path, 0, NULL);
    char *data = json_dumps(json_object_get(root, "data"), 0);
    const char *type = json_string_value(json_object_get(root, "type"));
    assert_true(case_event_read(&event, type, data, strlen(data), arena, &err));
    free(data);
    json_decref(root);
    return event.word;
}

static void a_case_says_what_is_for_its_reporter(void **state)
{
    static const struct {
        const char *example;
        int kind; /* -1: nothing */
        bool speaks, names;
    } rows[] = {
        {"opened.v1/minimal", -1, false, false},
        {"accepted.v1/minimal", -1, false, false},
        {"proposed.v1/maximal", -1, false, false},
        {"task_changed.v1/maximal", -1, false, false},
        {"info_requested.v1/maximal", WORD_QUESTION, true, false},
        {"info_supplied.v1/maximal", WORD_ANSWER, true, true},
        {"resolved.v1/maximal", WORD_RESULT, true, false},
        {"rejected.v1/maximal", WORD_REJECTION, true, false},
        {"reopened.v1/maximal", WORD_REOPENING, true, true},
        {"commented.v1/maximal", WORD_COMMENT, true, true},
        {"rated.v1/maximal", WORD_RATING, false, true},
        {"withdrawn.v1/maximal", WORD_WITHDRAWAL, false, true},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_word word = word_of(rows[i].example, &arena);
        if ((word.version > 0) != (rows[i].kind >= 0)) {
            fail_msg("%s: version %d", rows[i].example, (int)word.version);
        }
        if (rows[i].kind >= 0) {
            assert_int_equal(word.kind, rows[i].kind);
            assert_true(word.text != NULL || !rows[i].speaks);
            assert_int_equal(!uuid_is_nil(&word.message), rows[i].names);
        }
    }
    assert_true(word_of("resolved.v1/maximal", &arena).media_count > 0);
    assert_int_equal(word_of("commented.v1/maximal", &arena).media_count, 1);
    assert_non_null(word_of("rated.v1/maximal", &arena).rating);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_phases),
        cmocka_unit_test(a_result_is_rated_once_and_contested_in_time),
        cmocka_unit_test(who_was_not_asked_does_not_answer),
        cmocka_unit_test(what_is_on_its_way_is_not_sent_twice),
        cmocka_unit_test(a_stale_version_is_told_before_anything_else),
        cmocka_unit_test(messages_are_limited),
        cmocka_unit_test(what_was_done_stands_where_it_was_done),
        cmocka_unit_test(nothing_is_lost_and_nothing_told_twice),
        cmocka_unit_test(bodies_become_the_events_of_the_examples),
        cmocka_unit_test(bad_bodies_are_refused_by_field),
        cmocka_unit_test(a_case_says_what_is_for_its_reporter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
