/* SPDX-License-Identifier: Apache-2.0 */
/* The codecs of accounts, outreach, rosters and populations, on every example of proto/. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/event.h"
#include "common/json.h"
#include "services/analytics/account_fact_json.h"
#include "services/analytics/basis_json.h"
#include "services/analytics/installation_fact_json.h"
#include "services/analytics/outreach_json.h"

typedef bool read_event(const struct event_in *event, struct arena *arena, struct error *err);

static bool holds(const struct fact_body *body, const char *text)
{
    const char *bytes = body->bytes;
    size_t size = strlen(text);
    for (size_t i = 0; i + size <= body->size; i++) {
        if (memcmp(bytes + i, text, size) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_account(const struct event_in *event, struct arena *arena, struct error *err)
{
    struct account_fact account, stored;
    struct told_fact told[ACCOUNT_STEPS];
    if (!account_fact_read(&account, event->type, event->data, event->data_size, arena, err)) {
        return false;
    }
    size_t count = account_tell(&account, told, arena);
    assert_true(count >= 1);
    for (size_t i = 0; i < count; i++) {
        assert_true(account_unpack(&stored, told[i].body.bytes, told[i].body.size, arena));
        assert_int_equal(stored.kind, account.kind);
        assert_int_equal(stored.method, account.method);
        assert_true(stored.created_at == account.created_at && stored.at == account.at);
        assert_null(stored.ref);
        assert_false(holds(&told[i].body, account.ref)); /* whose it is stays out */
        assert_false(account_unpack(&stored, told[i].body.bytes, told[i].body.size - 1, arena));
    }
    return true;
}

static bool read_installation(const struct event_in *event, struct arena *arena, struct error *err)
{
    struct installation_fact installation, stored;
    if (!installation_fact_read(&installation, event->data, event->data_size, arena, err)) {
        return false;
    }
    struct told_fact told = installation_tell(&installation, arena);
    assert_true(installation_unpack(&stored, told.body.bytes, told.body.size, arena));
    assert_int_equal(stored.at, installation.at);
    assert_int_equal(stored.team == NULL, installation.team == NULL);
    assert_false(installation_unpack(&stored, told.body.bytes, told.body.size - 1, arena));
    return true;
}

static bool read_outreach(const struct event_in *event, struct arena *arena, struct error *err)
{
    struct outreach_fact outreach, stored;
    if (!outreach_fact_read(&outreach, event->data, event->data_size, arena, err)) {
        return false;
    }
    struct told_fact told = outreach_tell(&outreach, arena);
    assert_true(outreach_unpack(&stored, told.body.bytes, told.body.size, arena));
    assert_string_equal(stored.team, outreach.team);
    assert_true(stored.told == outreach.told && stored.helped == outreach.helped);
    assert_false(outreach_unpack(&stored, told.body.bytes, told.body.size - 1, arena));
    return true;
}

static bool read_training(const struct event_in *event, struct arena *arena, struct error *err)
{
    struct training_fact training, stored;
    if (!training_fact_read(&training, event->data, event->data_size, arena, err)) {
        return false;
    }
    struct told_fact told = training_tell(&training, arena);
    assert_true(training_unpack(&stored, told.body.bytes, told.body.size, arena));
    assert_string_equal(stored.unit, training.unit);
    assert_int_equal(stored.completed, training.completed);
    assert_false(training_unpack(&stored, told.body.bytes, told.body.size - 1, arena));
    return true;
}

static bool read_call(const struct event_in *event, struct arena *arena, struct error *err)
{
    struct call_fact call, stored;
    if (!call_fact_read(&call, event->data, event->data_size, arena, err)) {
        return false;
    }
    struct told_fact told = call_tell(&call, arena);
    assert_true(call_unpack(&stored, told.body.bytes, told.body.size, arena));
    assert_true(stored.branch == call.branch && stored.waited_s == call.waited_s);
    assert_true(stored.abandoned == call.abandoned && stored.first_contact == call.first_contact);
    assert_false(call_unpack(&stored, told.body.bytes, told.body.size - 1, arena));
    return true;
}

static bool read_roster(const struct event_in *event, struct arena *arena, struct error *err)
{
    struct basis basis, by_key;
    if (!basis_read(&basis, BASIS_ROSTER, event->data, event->data_size, arena, err)) {
        return false;
    }
    assert_true(basis_parse_key(&by_key, event->subject, arena));
    assert_true(by_key.kind == BASIS_ROSTER && by_key.since == basis.since);
    assert_string_equal(by_key.code, basis.code);
    return true;
}

static bool read_population(const struct event_in *event, struct arena *arena, struct error *err)
{
    struct basis basis, by_key;
    if (!basis_read(&basis, BASIS_POPULATION, event->data, event->data_size, arena, err)) {
        return false;
    }
    assert_true(basis_parse_key(&by_key, event->subject, arena));
    assert_true(by_key.kind == BASIS_POPULATION && by_key.since == basis.since);
    assert_string_equal(by_key.code, basis.code);
    return true;
}

static const struct {
    const char *type;
    read_event *read;
} types[] = {
    {"vn.hanoi.account.created.v1", read_account},
    {"vn.hanoi.account.activated.v1", read_account},
    {"vn.hanoi.account.changed.v1", read_account},
    {"vn.hanoi.account.closed.v1", read_account},
    {"vn.hanoi.installation.first_opened.v1", read_installation},
    {"vn.hanoi.outreach.recorded.v1", read_outreach},
    {"vn.hanoi.training.held.v1", read_training},
    {"vn.hanoi.hotline_call.ended.v1", read_call},
    {"vn.hanoi.roster.published.v1", read_roster},
    {"vn.hanoi.population.published.v1", read_population},
};

enum { TYPES = sizeof types / sizeof types[0], FILE_MAX = 1 << 16 };

static char *file_text(const char *path, size_t *size, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = arena_array(arena, FILE_MAX, 1);
    *size = fread(text, 1, FILE_MAX - 1, file);
    fclose(file);
    return text;
}

static void parse_event(struct event_in *event, const char *text, size_t size, struct arena *arena)
{
    static const struct kafka_header structured = {"content-type", "application/cloudevents+json",
                                                   28};
    assert_true(event_parse(event, &structured, 1, text, size, arena, NULL));
}

static void check_valid(const char *path, read_event *read)
{
    struct event_in event;
    struct arena arena;
    struct error err = {0};
    size_t size;
    arena_init(&arena);
    const char *text = file_text(path, &size, &arena);
    parse_event(&event, text, size, &arena);
    if (!read(&event, &arena, &err)) {
        fail_msg("%s: %s", path, err.field_count > 0 ? err.fields[0].field : err.text);
    }
    arena_finish(&arena);
}

/* {field, why, event} */
static void check_invalid(const char *path, read_event *read)
{
    struct json_document document;
    struct json_reader reader;
    struct event_in event;
    struct arena arena;
    struct error err = {0};
    size_t size;
    arena_init(&arena);
    const char *text = file_text(path, &size, &arena);
    assert_true(json_document_parse(&document, text, size, NULL));
    json_read_root(&reader, &document, &arena, JSON_SKIP_UNKNOWN, NULL);
    const char *field = json_read_text(&reader, "field", JSON_REQUIRED, 1, 64);
    text = json_read_raw(&reader, "event", JSON_REQUIRED, &size);
    parse_event(&event, text, size, &arena);
    assert_false(read(&event, &arena, &err));
    if (err.field_count != 1 || strcmp(err.fields[0].field, field) != 0) {
        fail_msg("%s: %zu, %s", path, err.field_count, err.fields[0].field);
    }
    json_document_free(&document);
    arena_finish(&arena);
}

static size_t each(const char *pattern, void check(const char *path, read_event *read),
                   read_event *read)
{
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        check(found.gl_pathv[i], read);
    }
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}

static void every_example_is_read(void **state)
{
    char pattern[256];
    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        snprintf(pattern, sizeof pattern, "proto/examples/%s/*.json", types[i].type);
        assert_true(each(pattern, check_valid, types[i].read) >= 2);
    }
}

static void every_fault_is_named(void **state)
{
    char pattern[256];
    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        snprintf(pattern, sizeof pattern, "proto/examples/invalid/%s/*.json", types[i].type);
        assert_true(each(pattern, check_invalid, types[i].read) >= 3);
    }
}

static void keys_of_other_things_are_no_bases(void **state)
{
    static const char *const keys[] = {"",
                                       "unit:00070",
                                       "roster:00070",
                                       "roster",
                                       "roster:00070:2026",
                                       "population:HN:2026-01-01",
                                       "roster::2026-01-01"};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct basis basis;
        assert_false(basis_parse_key(&basis, keys[i], &arena));
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_is_read),
        cmocka_unit_test(every_fault_is_named),
        cmocka_unit_test(keys_of_other_things_are_no_bases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
