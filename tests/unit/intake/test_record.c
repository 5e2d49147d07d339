/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of the events of other city systems. The examples of proto/ are read in
 * test_codecs.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "services/intake/record.h"
#include "services/intake/warning_area.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

/* The data of an example of proto/, with some members changed: "{…}". */
static json_t *example(const char *name, const char *changes)
{
    char path[256];
    snprintf(path, sizeof path, "proto/examples/vn.hanoi.%s.json", name);
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    json_t *data = json_incref(json_object_get(root, "data"));
    json_t *change = json_loads(changes, 0, NULL);
    assert_non_null(change);
    assert_int_equal(json_object_update(data, change), 0);
    json_decref(change);
    json_decref(root);
    return data;
}

/* type.v1/name */
static struct record record_of(const char *name, const char *changes)
{
    json_t *data = example(name, changes);
    char *text = json_dumps(data, 0);
    const char *type = arena_format(&arena, "vn.hanoi.%.*s", (int)strcspn(name, "/"), name);
    const struct record_said said = {"urn:example", "7", arena_text(&arena, text), strlen(text)};
    struct record record;
    struct error err = {0};
    if (!record_read(&record, record_type_of_event(type), &said, &arena, &err)) {
        fail_msg("%s %s: %s", name, changes, err.field_count ? err.fields[0].field : err.code);
    }
    free(text);
    json_decref(data);
    return record;
}

static void refuses(const char *name, const char *changes, const char *field, const char *code)
{
    json_t *data = example(name, changes);
    char *text = json_dumps(data, 0);
    const char *type = arena_format(&arena, "vn.hanoi.%.*s", (int)strcspn(name, "/"), name);
    const struct record_said said = {"urn:example", "7", text, strlen(text)};
    struct record record;
    struct error err = {0};
    assert_false(record_read(&record, record_type_of_event(type), &said, &arena, &err));
    assert_int_equal(err.field_count, 1);
    assert_string_equal(err.fields[0].field, field);
    assert_string_equal(err.fields[0].code, code);
    free(text);
    json_decref(data);
}

static int64_t at(const char *text)
{
    int64_t instant;
    assert_true(clock_parse(text, strlen(text), &instant));
    return instant;
}

/* What was checked, as it was said; instants in our own form. */
static void the_known_members_are_kept_and_no_others(void **state)
{
    static const char *const names[] = {
        "parking.counted.v1/maximal",       "bus_alert.published.v1/maximal",
        "school_record.issued.v1/maximal",  "bill.issued.v1/maximal",
        "warning.issued.v1/maximal",        "parking.counted.v1/minimal",
        "bus_alert.published.v1/minimal",   "school_record.issued.v1/minimal",
        "warning.issued.v1/minimal",        "warning.issued.v1/cancel",
        "bus_alert.published.v1/withdrawn",
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct record record = record_of(names[i], "{\"secret\": \"x\"}");
        json_t *kept = json_loadb(record.data, record.data_size, 0, NULL);
        json_t *said = example(names[i], "{}");
        assert_non_null(kept);
        assert_null(json_object_get(kept, "secret"));
        assert_int_equal(json_object_size(kept), json_object_size(said));
        const char *name;
        json_t *value;
        json_object_foreach(said, name, value)
        {
            json_t *now = json_object_get(kept, name);
            bool is_instant = strcmp(name, "at") == 0 || strcmp(name, "sent") == 0 ||
                              strcmp(name, "info") == 0 || strcmp(name, "periods") == 0;
            if (now == NULL || (!is_instant && !json_equal(now, value))) {
                fail_msg("%s: %s", names[i], name);
            }
        }
        json_decref(kept);
        json_decref(said);
    }
}

static void a_false_that_was_said_is_kept(void **state)
{
    (void)state;
    struct record record = record_of("parking.counted.v1/minimal", "{\"open\": false}");
    assert_non_null(strstr(record.data, "\"open\":false"));
    record = record_of("parking.counted.v1/minimal", "{}");
    assert_null(strstr(record.data, "open"));
}

static void things_are_named_by_type_source_subject_and_part(void **state)
{
    (void)state;
    struct record car = record_of("parking.counted.v1/maximal", "{}");
    struct record any = record_of("parking.counted.v1/minimal", "{}");
    struct record later =
        record_of("parking.counted.v1/minimal", "{\"free\": 3, \"at\": \"2026-11-24T12:00:00Z\"}");
    assert_string_equal(car.subject, "P-023");
    assert_string_equal(car.part, "car");
    assert_string_equal(any.part, "");
    assert_false(uuid_equal(&car.id, &any.id));
    assert_true(uuid_equal(&later.id, &any.id));
    struct uuid other = record_id(any.type, "urn:other", any.subject, any.part);
    assert_false(uuid_equal(&other, &any.id));
    struct record bill = record_of("bill.issued.v1/minimal", "{}");
    assert_string_equal(bill.subject, "kh-55d0a1");
    assert_string_equal(bill.part, "EVN-2026-11-0042");
    struct record school = record_of("school_record.issued.v1/minimal", "{}");
    assert_string_equal(school.part, "2026-2027/1");
}

static void who_may_see_it_follows_from_type_status_and_scope(void **state)
{
    static const struct {
        const char *name, *changes;
        bool is_public;
    } rows[] = {
        {"parking.counted.v1/minimal", "{}", true},
        {"bus_alert.published.v1/minimal", "{}", true},
        {"school_record.issued.v1/minimal", "{}", false},
        {"bill.issued.v1/minimal", "{}", false},
        {"warning.issued.v1/minimal", "{}", true},
        {"warning.issued.v1/minimal", "{\"status\": \"Exercise\"}", false},
        {"warning.issued.v1/minimal", "{\"status\": \"Test\"}", false},
        {"warning.issued.v1/minimal", "{\"scope\": \"Restricted\"}", false},
        {"warning.issued.v1/minimal", "{\"scope\": \"Private\"}", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(record_of(rows[i].name, rows[i].changes).is_public, rows[i].is_public);
    }
}

static void a_version_is_old_by_rule_or_by_what_it_says(void **state)
{
    (void)state;
    struct record record =
        record_of("parking.counted.v1/minimal", "{\"at\": \"2026-11-24T04:00:00Z\"}");
    assert_int_equal(record.expires_us, at("2026-11-24T04:15:00Z"));
    record = record_of("bus_alert.published.v1/maximal", "{}");
    assert_int_equal(record.expires_us, at("2026-11-30T22:30:00+07:00"));
    record = record_of("bus_alert.published.v1/maximal",
                       "{\"periods\": [{\"until\": \"2026-11-30T22:30:00+07:00\"}, {}]}");
    assert_int_equal(record.expires_us, 0);
    record = record_of("warning.issued.v1/maximal", "{}");
    assert_int_equal(record.expires_us, at("2026-11-24T18:00:00+07:00"));
    record = record_of("warning.issued.v1/minimal", "{}");
    assert_int_equal(record.expires_us, 0);
    assert_int_equal(record_of("bill.issued.v1/minimal", "{}").expires_us, 0);
}

static void an_update_replaces_and_a_cancel_cancels_what_it_refers_to(void **state)
{
    (void)state;
    struct record alert = record_of("warning.issued.v1/minimal", "{}");
    struct record update = record_of("warning.issued.v1/maximal", "{}");
    struct record cancel = record_of("warning.issued.v1/cancel", "{}");
    assert_int_equal(alert.end_count, 0);
    assert_int_equal(update.end_count, 1);
    assert_true(uuid_equal(&update.ends[0].id, &alert.id));
    assert_false(update.ends[0].is_cancelled || update.is_cancelled);
    assert_int_equal(cancel.end_count, 2);
    assert_true(uuid_equal(&cancel.ends[0].id, &alert.id));
    assert_true(uuid_equal(&cancel.ends[1].id, &update.id));
    assert_true(cancel.ends[0].is_cancelled && cancel.is_cancelled);
    /* An alert may mention others; it ends nothing. */
    alert = record_of("warning.issued.v1/minimal",
                      "{\"references\": [\"a,b,2026-11-24T18:00:00+07:00\"]}");
    assert_int_equal(alert.end_count, 0);
}

static void what_a_schema_cannot_say_is_refused_too(void **state)
{
    (void)state;
    refuses("parking.counted.v1/minimal", "{\"free\": 121}", "free", "out_of_range");
    refuses("parking.counted.v1/minimal", "{\"open\": 1}", "open", "wrong_type");
    refuses("parking.counted.v1/minimal", "{\"at\": \"1970-01-01T00:00:00Z\"}", "at",
            "out_of_range");
    refuses("bus_alert.published.v1/minimal",
            "{\"periods\": [{\"from\": \"2026-11-24T05:00:00Z\", \"until\": "
            "\"2026-11-24T04:00:00Z\"}]}",
            "periods[0].until", "out_of_range");
    refuses("warning.issued.v1/cancel", "{\"references\": [\"a,b,yesterday\"]}", "references[0]",
            "malformed");
    refuses("warning.issued.v1/cancel", "{\"references\": []}", "references", "required");
    refuses("warning.issued.v1/minimal", "{\"info\": []}", "info", "required");
    refuses("bill.issued.v1/minimal", "{\"due_date\": \"2027-02-29\"}", "due_date", "malformed");
    refuses("bill.issued.v1/minimal", "{\"period\": \"2026-13\"}", "period", "malformed");
    refuses("school_record.issued.v1/minimal", "{\"term\": \"2026-2027/3\"}", "term", "malformed");
}

static void polygons_are_closed_and_lie_on_the_earth(void **state)
{
    static const struct {
        const char *text;
        bool is_valid;
    } rows[] = {
        {"21.02,105.84 21.05,105.84 21.05,105.87 21.02,105.84", true},
        {"-90,-180 0,0 90,180 -90,-180", true},
        {"21.02,105.84 21.05,105.84 21.05,105.87 21.02,105.85", false},
        {"21.02,105.84 21.05,105.84 21.02,105.84", false},
        {"91,0 0,0 1,1 91,0", false},
        {"0,181 0,0 1,1 0,181", false},
        {"21.02,105.84  21.05,105.84 21.05,105.87 21.02,105.84", false},
        {"21.02 105.84 21.05,105.84 21.05,105.87 21.02,105.84", false},
        {"21.,105.84 21.05,105.84 21.05,105.87 21.,105.84", false},
        {"1e1,1 2,2 3,3 1e1,1", false},
        {"nan,1 2,2 3,3 nan,1", false},
        {"1,1 2,2 3,3 1,1 ", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (warning_polygon_is_valid(rows[i].text) != rows[i].is_valid) {
            fail_msg("%s", rows[i].text);
        }
    }
}

static void types_are_found_by_event_and_by_word(void **state)
{
    (void)state;
    for (size_t i = 0; record_type_at(i) != NULL; i++) {
        assert_ptr_equal(record_type_of_event(record_type_at(i)->event), record_type_at(i));
        assert_ptr_equal(record_type_of_word(record_type_at(i)->word), record_type_at(i));
    }
    assert_null(record_type_of_event("vn.hanoi.moon.landed.v1"));
    assert_null(record_type_of_event(NULL));
    assert_null(record_type_of_word(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_members_are_kept_and_no_others),
        cmocka_unit_test(a_false_that_was_said_is_kept),
        cmocka_unit_test(things_are_named_by_type_source_subject_and_part),
        cmocka_unit_test(who_may_see_it_follows_from_type_status_and_scope),
        cmocka_unit_test(a_version_is_old_by_rule_or_by_what_it_says),
        cmocka_unit_test(an_update_replaces_and_a_cancel_cancels_what_it_refers_to),
        cmocka_unit_test(what_a_schema_cannot_say_is_refused_too),
        cmocka_unit_test(polygons_are_closed_and_lie_on_the_earth),
        cmocka_unit_test(types_are_found_by_event_and_by_word),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
