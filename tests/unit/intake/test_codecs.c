/* SPDX-License-Identifier: Apache-2.0 */
/* The codecs of intake against the examples of proto/: valid ones are taken, of invalid ones the
 * bad field is named, what we write equals the example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "services/intake/case_word_json.h"
#include "services/intake/case_event_json.h"
#include "services/intake/handover_json.h"
#include "services/intake/kind_json.h"
#include "services/intake/record.h"
#include "services/intake/reference_json.h"
#include "services/intake/report.h"
#include "services/intake/sensor_alarm.h"
#include "services/intake/store_message.h"
#include "services/intake/submission_json.h"

/* ---- reading the examples ---- */

static bool read_incident(const char *type, const char *json, size_t size, struct arena *arena,
                          struct error *err)
{
    (void)type;
    struct report report;
    const char *id;
    return report_read_incident(&report, &id, json, size, arena, err);
}

static bool read_alarm(const char *type, const char *json, size_t size, struct arena *arena,
                       struct error *err)
{
    (void)type;
    struct sensor_alarm alarm;
    struct report report;
    return sensor_alarm_read(&alarm, &report, json, size, arena, err);
}

static bool read_record(const char *type, const char *json, size_t size, struct arena *arena,
                        struct error *err)
{
    const struct record_said said = {"urn:example", "1", json, size};
    struct record record;
    return record_read(&record, record_type_of_event(type), &said, arena, err);
}

static bool read_case(const char *type, const char *json, size_t size, struct arena *arena,
                      struct error *err)
{
    struct case_event event;
    return case_event_read(&event, type, json, size, arena, err);
}

static bool read_category(const char *type, const char *json, size_t size, struct arena *arena,
                          struct error *err)
{
    (void)type;
    struct category category;
    return category_read(&category, json, size, arena, err);
}

static bool read_kind(const char *type, const char *json, size_t size, struct arena *arena,
                      struct error *err)
{
    (void)type;
    struct kind kind, again = {0};
    if (!kind_read(&kind, json, size, arena, err)) {
        return false;
    }
    if (kind.filing != NULL) { /* as it is kept, it says the same */
        assert_true(kind_read_filing(&again, kind.filing, arena));
        assert_string_equal(again.by, kind.by);
        assert_int_equal(again.detail_count, kind.detail_count);
    }
    return true;
}

static bool read_unit(const char *type, const char *json, size_t size, struct arena *arena,
                      struct error *err)
{
    (void)type;
    struct unit_name unit;
    return unit_name_read(&unit, json, size, arena, err);
}

static bool read_promise(const char *type, const char *json, size_t size, struct arena *arena,
                         struct error *err)
{
    (void)type;
    struct promise promise;
    return promise_read(&promise, json, size, arena, err);
}

static bool read_refusal(const char *type, const char *json, size_t size, struct arena *arena,
                         struct error *err)
{
    (void)type;
    struct message_refusal refusal;
    return message_refusal_read(&refusal, json, size, arena, err);
}

static const struct codec {
    const char *type; /* a glob */
    bool (*read)(const char *type, const char *json, size_t size, struct arena *arena,
                 struct error *err);
    const char *faults; /* invalid examples that this reader must refuse, "|name|…"; NULL: all */
} codecs[] = {
    {"vn.hanoi.incident.reported.v1", read_incident, NULL},
    {"vn.hanoi.sensor.alarmed.v1", read_alarm, NULL},
    {"vn.hanoi.parking.counted.v1", read_record, NULL},
    {"vn.hanoi.bus_alert.published.v1", read_record, NULL},
    {"vn.hanoi.school_record.issued.v1", read_record, NULL},
    {"vn.hanoi.bill.issued.v1", read_record, NULL},
    {"vn.hanoi.warning.issued.v1", read_record, NULL},
    {"vn.hanoi.case.*", read_case,
     "|version_missing|phase_unknown|asked_unknown|rating_is_a_number|"},
    {"vn.hanoi.message.refused.v1", read_refusal, NULL},
    {"vn.hanoi.category.defined.v1", read_category, NULL},
    {"vn.hanoi.process.defined.v1", read_kind, NULL},
    {"vn.hanoi.unit.defined.v1", read_unit, "|code_missing|name_in_one_language|"},
    {"vn.hanoi.promise.published.v1", read_promise, NULL},
};

typedef void on_example(const struct codec *codec, const char *path, json_t *root);

static void each_example(const char *folder, on_example *visit)
{
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        char pattern[256];
        glob_t found;
        snprintf(pattern, sizeof pattern, "proto/examples/%s%s/*.json", folder, codecs[i].type);
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        for (size_t at = 0; at < found.gl_pathc; at++) {
            json_t *root = json_load_file(found.gl_pathv[at], 0, NULL);
            assert_non_null(root);
            visit(&codecs[i], found.gl_pathv[at], root);
            json_decref(root);
        }
        globfree(&found);
    }
}

static bool read_example(const struct codec *codec, const json_t *event, struct arena *arena,
                         struct error *err)
{
    const char *type = json_string_value(json_object_get(event, "type"));
    char *data = json_dumps(json_object_get(event, "data"), 0);
    bool good = codec->read(type, data, strlen(data), arena, err);
    free(data);
    return good;
}

static void expect_taken(const struct codec *codec, const char *path, json_t *root)
{
    struct arena arena;
    struct error err = {0};
    arena_init(&arena);
    if (!read_example(codec, root, &arena, &err)) {
        fail_msg("%s: %s %s", path, err.field_count ? err.fields[0].field : err.code, err.text);
    }
    arena_finish(&arena);
}

static bool must_refuse(const struct codec *codec, const char *path)
{
    char fault[64];
    const char *name = strrchr(path, '/') + 1;
    snprintf(fault, sizeof fault, "|%.*s|", (int)strcspn(name, "."), name);
    return codec->faults == NULL || strstr(codec->faults, fault) != NULL;
}

static void expect_named(const struct codec *codec, const char *path, json_t *root)
{
    struct arena arena;
    struct error err = {0};
    const char *field = json_string_value(json_object_get(root, "field"));
    if (!must_refuse(codec, path)) {
        return;
    }
    bool named = false;
    arena_init(&arena);
    assert_false(read_example(codec, json_object_get(root, "event"), &arena, &err));
    for (size_t i = 0; i < err.field_count; i++) {
        named = named || strcmp(err.fields[i].field, field) == 0;
    }
    if (!named) {
        fail_msg("%s: %s is not named but %s", path, field,
                 err.field_count > 0 ? err.fields[0].field : err.code);
    }
    arena_finish(&arena);
}

static void every_example_is_taken(void **state)
{
    (void)state;
    each_example("", expect_taken);
}

static void of_every_invalid_example_the_field_is_named(void **state)
{
    (void)state;
    each_example("invalid/", expect_named);
}

/* ---- writing ---- */

static int64_t at(const char *text)
{
    int64_t instant;
    assert_true(clock_parse(text, strlen(text), &instant));
    return instant;
}

static void submitted_event_equals_the_example(void **state)
{
    static const char *const media[] = {
        "https://media.ihanoi.example/2026/11/24/hoan-kiem-0123-1.jpg",
        "https://media.ihanoi.example/2026/11/24/hoan-kiem-0123-2.jpg"};
    json_t *root =
        json_load_file("proto/examples/vn.hanoi.submission.submitted.v1/maximal.json", 0, NULL);
    json_t *data = json_object_get(root, "data");
    char *answers = json_dumps(json_object_get(data, "answers"), 0);
    char *details = json_dumps(json_object_get(data, "details"), 0);
    struct submission submission = {
        .ticket = "HN-2026-0000123-K",
        .kind = "onsite_report",
        .channel = CHANNEL_APP,
        .category = "giao-thong",
        .level = LEVEL_URGENT,
        .title = json_string_value(json_object_get(data, "title")),
        .description = json_string_value(json_object_get(data, "description")),
        .has_point = true,
        .lat = 21.0312487,
        .lon = 105.8534512,
        .address = "57B Đinh Tiên Hoàng, phường Hoàn Kiếm, Hà Nội",
        .media = media,
        .media_count = 2,
        .answers = answers,
        .details = details,
        .business = "sealed",
        .reporter_ref = "3f0c8a52-7d1e-4b7a-9a53-0d6f4f2a8c11",
        .client = "account",
        .language = LANGUAGE_VI,
        .submitted_at = at("2026-11-24T05:02:11.123Z"),
        .receive_by = at("2026-11-25T06:30:00.000Z"),
        .receive_rule = {"receive.onsite_report", 3, "QĐ 1207/QĐ-UBND"},
    };
    struct buffer out;
    (void)state;
    assert_true(uuid_parse("01a20bee-d4b3-7c38-8010-0f98910ae571", 36, &submission.id));
    buffer_init(&out);
    submission_write_event(&submission, &out);
    json_t *written = json_loadb(out.data, out.size, 0, NULL);
    assert_non_null(written);
    if (!json_equal(written, data)) {
        fail_msg("written: %s", out.data);
    }
    free(answers);
    free(details);
    json_decref(written);
    json_decref(root);
    buffer_finish(&out);
}

/* ---- what a reporter sees of a case ---- */

static json_t *load_case(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "proto/examples/vn.hanoi.case.%s.json", name);
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    return root;
}

/* The event of an example, without some members (NULL: whole). */
static struct case_event event_of(const char *name, const char *const *without, struct arena *arena)
{
    struct case_event event;
    struct error err = {0};
    json_t *root = load_case(name);
    json_t *data = json_object_get(root, "data");
    for (size_t i = 0; without != NULL && without[i] != NULL; i++) {
        json_object_del(data, without[i]);
    }
    char *text = json_dumps(data, 0);
    const char *type = json_string_value(json_object_get(root, "type"));
    assert_true(case_event_read(&event, type, text, strlen(text), arena, &err));
    free(text);
    json_decref(root);
    return event;
}

static void assert_json(const char *text, const char *example, const char *member)
{
    json_t *root = load_case(example), *is = json_loads(text, 0, NULL);
    json_t *wanted = json_object_get(json_object_get(root, "data"), member);
    json_object_del(wanted, "by"); /* accounts of officials are not for the reporter */
    assert_true(json_equal(is, wanted));
    json_decref(is);
    json_decref(root);
}

static void what_is_shown_of_a_resolved_case_is_the_result(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    struct case_event event = event_of("resolved.v1/maximal", NULL, &arena);
    assert_int_equal(event.state.version, 11);
    assert_string_equal(event.state.state, "resolved");
    assert_int_equal(event.state.phase, PHASE_RESOLVED);
    assert_string_equal(event.step.action, "resolve");
    assert_string_equal(event.step.actor_role, "officer");
    assert_string_equal(event.state.unit, "SXD");
    assert_json(event.state.result, "resolved.v1/maximal", "result");
    assert_true(case_view_may_rate(&event.state) && case_view_is_closed(&event.state));
    assert_null(event.state.reason); /* of the extension: it belongs to its step */
    assert_null(event.step.reason);
    event = event_of("rated.v1/maximal", NULL, &arena);
    assert_string_equal(event.state.rating, "dissatisfied");
    assert_false(case_view_may_rate(&event.state));
    event = event_of("reopened.v1/minimal", NULL, &arena);
    assert_false(case_view_may_rate(&event.state) || case_view_is_closed(&event.state));
    arena_finish(&arena);
}

static void what_is_shown_on_the_way_is_what_concerns_the_reporter(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    struct case_event event = event_of("returned.v1/maximal", NULL, &arena);
    assert_string_equal(event.state.queue, "disputed");
    assert_int_equal(event.state.handover_count, 3);
    assert_string_equal(event.state.handovers[1].from, "00070");
    assert_string_equal(event.state.handovers[1].to, "00082");
    event = event_of("info_requested.v1/maximal", NULL, &arena);
    assert_json(event.state.question, "info_requested.v1/maximal", "question");
    assert_true(event.state.timeout_at > event.state.updated_at && event.state.resolve_due == 0);
    event = event_of("rejected.v1/maximal", NULL, &arena);
    assert_json(event.state.reason, "rejected.v1/maximal", "reason");
    event = event_of("extended.v1/maximal", NULL, &arena);
    assert_string_equal(event.step.reason, "Phải chờ khô nền trước khi thảm nhựa.");
    assert_string_equal(event.step.note, "Đồng ý.");
    event = event_of("merged.v1/minimal", NULL, &arena);
    assert_int_equal(event.state.receive_due, 0);
    assert_int_equal(event.state.phase, PHASE_MERGED);
    assert_false(case_view_is_closed(&event.state)); /* its result is still to come */
    arena_finish(&arena);
}

static void what_is_said_within_the_administration_stays_there(void **state)
{
    static const char *const names[] = {"proposed.v1/maximal",   "declined.v1/maximal",
                                        "classified.v1/maximal", "task_changed.v1/maximal",
                                        "audited.v1/failed",     "proposed.v1/rejection"};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct case_event event = event_of(names[i], NULL, &arena);
        assert_null(event.step.note);
        assert_null(event.step.reason);
        assert_null(event.state.reason);
    }
    arena_finish(&arena);
}

static void an_event_from_before_phases_is_read_by_its_state(void **state)
{
    static const struct {
        const char *name;
        enum case_phase phase;
    } rows[] = {
        {"opened.v1/minimal", PHASE_RECEIVED},   {"assigned.v1/minimal", PHASE_WORKING},
        {"started.v1/minimal", PHASE_WORKING},   {"resolved.v1/minimal", PHASE_RESOLVED},
        {"rejected.v1/minimal", PHASE_REJECTED},
    };
    static const char *const later[] = {"phase", "process", "clocks", NULL};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_event event = event_of(rows[i].name, later, &arena);
        assert_int_equal(event.state.phase, rows[i].phase);
    }
    arena_finish(&arena);
}

/* The trail comes back from its column as it went in. */
static void handovers_survive_their_column(void **state)
{
    const struct case_handover *again;
    struct buffer out;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    struct case_event event = event_of("returned.v1/maximal", NULL, &arena);
    handovers_write(event.state.handovers, event.state.handover_count, &out);
    assert_int_equal(handovers_parse(out.data, &arena, &again), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(again[i].from, event.state.handovers[i].from);
        assert_string_equal(again[i].reason, event.state.handovers[i].reason);
        assert_int_equal(again[i].at, event.state.handovers[i].at);
    }
    assert_int_equal(handovers_parse(NULL, &arena, &again), 0);
    buffer_finish(&out);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_is_taken),
        cmocka_unit_test(of_every_invalid_example_the_field_is_named),
        cmocka_unit_test(submitted_event_equals_the_example),
        cmocka_unit_test(what_is_shown_of_a_resolved_case_is_the_result),
        cmocka_unit_test(what_is_shown_on_the_way_is_what_concerns_the_reporter),
        cmocka_unit_test(what_is_said_within_the_administration_stays_there),
        cmocka_unit_test(an_event_from_before_phases_is_read_by_its_state),
        cmocka_unit_test(handovers_survive_their_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
