/* SPDX-License-Identifier: Apache-2.0 */
/* The codecs against the examples of proto/examples, which both sides of a topic test with. */
#include "tests/unit/routing/desk.h"

#include <glob.h>
#include <jansson.h>
#include <stdlib.h>

#include "services/routing/command_json.h"
#include "services/routing/reference_json.h"
#include "services/routing/submission_json.h"

/* field: what an invalid example says is wrong; NULL in valid ones. */
typedef void on_example(const char *path, const char *data, const char *field, struct arena *arena);

static void check_example(const char *path, on_example *check)
{
    struct arena arena;
    json_error_t fault;
    json_t *root = json_load_file(path, 0, &fault);
    if (root == NULL) {
        fail_msg("%s: %s", path, fault.text);
    }
    const char *field = json_string_value(json_object_get(root, "field"));
    const json_t *event = field != NULL ? json_object_get(root, "event") : root;
    char *data = json_dumps(json_object_get(event, "data"), JSON_COMPACT);
    arena_init(&arena);
    check(path, data, field, &arena);
    arena_finish(&arena);
    free(data);
    json_decref(root);
}

static void each_example(const char *pattern, on_example *check)
{
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        check_example(found.gl_pathv[i], check);
    }
    globfree(&found);
}

/* ---- cases ---- */

/* How a version is told is told by its action. */
static const char *event_of(const struct case_snapshot *snapshot)
{
    static const char *const common[][2] = {{CASE_OPEN, "opened"},
                                            {CASE_PROPOSE, "proposed"},
                                            {CASE_DISAPPROVE, "declined"},
                                            {CASE_REMIND, "reminded"},
                                            {CASE_ESCALATE, "escalated"},
                                            {CASE_SUCCEED, "routed"},
                                            {CASE_SUCCEED_TASK, "task_changed"},
                                            {CASE_RECOMPUTE, "recomputed"}};
    int action = process_action_find(snapshot->process, snapshot->action);
    if (action >= 0) {
        return process_event_words[snapshot->process->actions[action].event];
    }
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (strcmp(common[i][0], snapshot->action) == 0) {
            return common[i][1];
        }
    }
    fail_msg("no action %s", snapshot->action);
    return "";
}

static void check_case(const char *path, const char *data, const char *field, struct arena *arena)
{
    struct case_snapshot snapshot;
    struct error err = {0};
    struct buffer out;
    char folder[64];
    (void)field;
    if (!case_json_read(&snapshot, &office.book, data, strlen(data), arena, &err)) {
        fail_msg("%s: %s %s %s", path, err.text, err.fields[0].field, err.fields[0].text);
    }
    snprintf(folder, sizeof folder, "/vn.hanoi.case.%s.v1/", event_of(&snapshot));
    if (strstr(path, folder) == NULL) {
        fail_msg("%s: action %s", path, snapshot.action);
    }
    buffer_init(&out);
    case_json_write(&out, &snapshot);
    json_t *before = json_loads(data, 0, NULL), *after = json_loads(out.data, 0, NULL);
    if (!json_equal(before, after)) {
        fail_msg("%s became %s", path, out.data);
    }
    json_decref(before);
    json_decref(after);
    buffer_finish(&out);
}

static void every_case_example_comes_back_the_same(void **state)
{
    (void)state;
    each_example("proto/examples/vn.hanoi.case.*/*.json", check_case);
}

/* A case with as much in it as one can have. */
static struct desk full_case(void)
{
    struct desk desk = assigned_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD", .note = "pave it"});
    act(&desk, officer, "ask", (struct words){.question = "where?"});
    act(&desk, resident, "answer", (struct words){.answer = "there"});
    act(&desk, officer, "extend", (struct words){.minutes = 60, .reason = "rain"});
    return desk;
}

static void snapshots_are_read_or_refused_by_field(void **state)
{
    static const struct {
        const char *find, *put, *field; /* field: or a code */
    } rows[] = {
        {"\"version\":1,\"source\":\"QĐ", "\"version\":9,\"source\":\"QĐ", "unknown_process"},
        {"\"code\":\"onsite_report\"", "\"code\":\"offsite_report\"", "unknown_process"},
        {"\"state\":\"assigned\"", "\"state\":\"asleep\"", "state"},
        {"\"resume_state\":\"info_requested\"", "\"resume_state\":\"asleep\"", "resume_state"},
        {"\"queue\":\"unit\"", "\"queue\":\"lost\"", "queue"},
        {"\"unit\":\"00070\",", "", "unit"},
        {"\"channel\":\"app\"", "\"channel\":\"\"", "channel"},
        {"\"level\":\"normal\"", "\"level\":\"odd\"", "level"},
        {"\"mode\":\"working\"", "\"mode\":\"sometimes\"", "clocks.receive.mode"},
        {"\"allowed_us\":", "\"allowed_us\":-", "clocks.receive.allowed_us"},
        {"\"spent_us\":", "\"spent_us\":-1", "clocks.receive.spent_us"},
        {"\"from\":\"2026", "\"from\":\"26", "clocks.receive.runs[0].from"},
        {"\"state\":\"open\"", "\"state\":\"shut\"", "tasks[0].state"},
        {"\"action\":\"extend\"", "\"action\":\"fly\"", "pending.action"},
        {"\"asked\":\"reporter\"", "\"asked\":\"mayor\"", "question.asked"},
        {"\"role\":\"officer\"", "\"role\":\"king\"", "actor.role"},
        {"\"routing\":{", "\"sorting\":{", "rules.routing"},
    };
    (void)state;
    struct desk desk = full_case();
    struct buffer out;
    buffer_init(&out);
    case_json_write(&out, &desk.now);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_snapshot back;
        struct error err = {0};
        const char *at = strstr(out.data, rows[i].find);
        if (at == NULL) {
            fail_msg("nothing like %s in %s", rows[i].find, out.data);
        }
        const char *text = arena_format(&office.arena, "%.*s%s%s", (int)(at - out.data), out.data,
                                        rows[i].put, at + strlen(rows[i].find));
        if (case_json_read(&back, &office.book, text, strlen(text), &office.arena, &err)) {
            fail_msg("%s was taken", rows[i].put);
        }
        const char *found = err.field_count > 0 ? err.fields[0].field : err.code;
        if (strcmp(found, rows[i].field) != 0) {
            fail_msg("%s: %s, not %s", rows[i].put, found, rows[i].field);
        }
    }
    buffer_finish(&out);
}

/* A clock that stands still is due nobody knows when. */
static void what_is_not_known_is_not_told(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct case_snapshot lead = desk.now;
    struct buffer out;
    lead.id.bytes[15] = 99;
    act(&desk, officer, "merge", (struct words){.into = &lead});
    buffer_init(&out);
    case_json_write(&out, &desk.now);
    assert_null(strstr(out.data, "receive_due"));
    assert_null(strstr(out.data, "1970"));
    assert_null(strstr(out.data, "null"));
    buffer_finish(&out);
}

static void the_reporter_is_told_nobodys_account(void **state)
{
    static const char *const told[] = {
        "\"handovers\":[", "\"question\":", "\"rating\":", "\"result\":", "\"unit\":\"SXD\""};
    static const char *const kept[] = {"assignee", "focal", "actor", "clocks", "rules", "note"};
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct buffer out;
    struct json_writer writer;
    act(&desk, focal_point, "return", (struct words){.reason = "theirs", .proposed_unit = "SXD"});
    act(&desk, focal_point, "accept", (struct words){.note = "internal"});
    act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    act(&desk, assignee, "ask", (struct words){.question = "where?"});
    act(&desk, resident, "answer", (struct words){.answer = "there"});
    act(&desk, assignee, "resolve", (struct words){.result = "done", .evidence = 1});
    act(&desk, resident, "rate", (struct words){.rating = "satisfied"});
    buffer_init(&out);
    json_write_start(&writer, &out);
    json_open_object(&writer, NULL);
    case_json_put_for_reporter(&writer, &desk.now);
    json_close_object(&writer);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        assert_non_null(strstr(out.data, told[i]));
    }
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        assert_null(strstr(out.data, kept[i]));
    }
    buffer_finish(&out);
}

static void an_event_is_named_after_what_happened(void **state)
{
    (void)state;
    struct desk desk = full_case();
    struct case_event told;
    struct buffer json;
    char id[UUID_TEXT_SIZE];
    buffer_init(&json);
    case_event_make(&told, &desk.now, NULL, &json);
    uuid_format(&desk.now.id, id);
    assert_string_equal(told.event.type, "vn.hanoi.case.proposed.v1");
    assert_string_equal(told.event.subject, id);
    assert_string_equal(told.event.key, id);
    assert_string_equal(told.event.topic, "city.cases.v1");
    assert_int_equal(told.event.time_us, desk.now.at_us);
    assert_ptr_equal(told.event.data, json.data);
    buffer_finish(&json);
}

/* ---- unit sets ---- */

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* Code and source are made from the rest, as they are from the tables. */
static void make_division(struct division *division, const json_t *data, struct arena *arena)
{
    const json_t *districts = json_object_get(data, "districts");
    const json_t *areas = json_object_get(data, "areas");
    struct division_district *district =
        arena_array(arena, json_array_size(districts), sizeof *district);
    struct division_area *area = arena_array(arena, json_array_size(areas), sizeof *area);
    *division = (struct division){.districts = district, .areas = area};
    const char *valid_to = member(data, "valid_to");
    if (valid_to != NULL) {
        assert_true(clock_parse(valid_to, strlen(valid_to), &division->valid_to));
    }
    for (; division->district_count < json_array_size(districts); division->district_count++) {
        const json_t *from = json_array_get(districts, division->district_count);
        const json_t *name = json_object_get(from, "name");
        *district++ = (struct division_district){member(from, "code"), member(name, "vi"),
                                                 member(name, "en")};
    }
    for (; division->area_count < json_array_size(areas); division->area_count++) {
        const json_t *from = json_array_get(areas, division->area_count);
        *area++ = (struct division_area){member(from, "code"), member(from, "district"),
                                         member(from, "successor"), member(data, "source")};
    }
    division_name(division);
}

static void check_unit_set(const char *path, const char *data, const char *field,
                           struct arena *arena)
{
    struct division division;
    struct buffer out;
    json_t *before = json_loads(data, 0, NULL);
    (void)field;
    make_division(&division, before, arena);
    buffer_init(&out);
    division_json_write(&out, &division);
    json_t *after = json_loads(out.data, 0, NULL);
    if (!json_equal(before, after)) {
        fail_msg("%s became %s", path, out.data);
    }
    json_decref(before);
    json_decref(after);
    buffer_finish(&out);
}

static void every_unit_set_example_is_written_the_same(void **state)
{
    (void)state;
    each_example("proto/examples/vn.hanoi.unit_set.published.v1/*.json", check_unit_set);
}

/* ---- submissions ---- */

static void check_submission(const char *path, const char *data, const char *field,
                             struct arena *arena)
{
    struct submission submission;
    struct error err = {0};
    (void)field;
    if (!submission_json_read(&submission, data, strlen(data), arena, &err)) {
        fail_msg("%s: %s %s", path, err.fields[0].field, err.fields[0].text);
    }
    assert_true(submission.submitted_at > 0 && submission.receive_by > 0);
    assert_non_null(submission.receive_rule.source);
    if (submission.has_place) {
        assert_in_range((int)submission.lat, 20, 21);
    }
    assert_int_equal(submission.has_place, strstr(data, "\"lat\"") != NULL);
}

static void check_bad_submission(const char *path, const char *data, const char *field,
                                 struct arena *arena)
{
    struct submission submission;
    struct error err = {0};
    if (submission_json_read(&submission, data, strlen(data), arena, &err)) {
        fail_msg("%s was taken", path);
    }
    if (strncmp(err.fields[0].field, field, strlen(field)) != 0) {
        fail_msg("%s: field %s instead of %s", path, err.fields[0].field, field);
    }
}

static void submissions_are_read_or_refused_by_field(void **state)
{
    (void)state;
    each_example("proto/examples/vn.hanoi.submission.submitted.v1/*.json", check_submission);
    each_example("proto/examples/invalid/vn.hanoi.submission.submitted.v1/*.json",
                 check_bad_submission);
}

/* ---- commands ---- */

/* The body with ' for ". */
static bool read_command(const char *body, const char *process, struct case_command *command,
                         struct error *err)
{
    char *text = arena_text(&office.arena, body);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return command_json_read(command, process_find(&office.book, process, 1), text, strlen(text),
                             &office.arena, err);
}

static void commands_are_read_or_refused_by_field(void **state)
{
    static const struct {
        const char *body, *field; /* NULL: good */
    } rows[] = {
        {"", NULL},
        {"{}", NULL},
        {"{'note': 'ok'}", NULL},
        {"{'note': ''}", "note"},
        {"{'note': 7}", "note"},
        {"{'remark': 'x'}", "remark"},
        {"{'assignee': '3f0c8a52'}", NULL},
        {"{'assignee': 'a@b.vn'}", "assignee"},
        {"{'assignee': 'a b'}", "assignee"},
        {"{'result': {'text': 'x', 'evidence': ['https://a/b']}}", NULL},
        {"{'result': {'text': 'x', 'evidence': ['http://a/b']}}", "result.evidence[0]"},
        {"{'result': {'text': 'x', 'evidence': ['https://a/b', 'https://']}}",
         "result.evidence[1]"},
        {"{'result': {'text': 'x', 'proof': 1}}", "result.proof"},
        {"{'result': 'done'}", "result"},
        {"{'reason': {'class': 'unclear', 'text': 'x'}}", NULL},
        {"{'reason': {'class': 'lazy', 'text': 'x'}}", "reason.class"},
        {"{'reason': {'text': null}}", "reason.text"},
        {"{'unit': '00070', 'proposed_unit': 'SXD'}", NULL},
        {"{'unit': 70}", "unit"},
        {"{'unit': 'x'}", "unit"},
        {"{'question': 'where?', 'asked': 'third_party'}", NULL},
        {"{'asked': 'the mayor'}", "asked"},
        {"{'rating': 'acceptable'}", NULL},
        {"{'rating': 5}", "rating"},
        {"{'minutes': 60}", NULL},
        {"{'minutes': 0}", "minutes"},
        {"{'minutes': 525601}", "minutes"},
        {"{'minutes': 1.5}", "minutes"},
        {"{'into': '01020304-0506-7008-800a-0b0c0d0e0f00'}", NULL},
        {"{'into': '01020304'}", "into"},
        {"{'category': 'khac', 'level': 'urgent'}", NULL},
        {"{'level': 'very'}", "level"},
        {"{'details': {}}", NULL},
        {"{'details': {'document': '12/QĐ', 'answer_by': '2026-12-24'}}", NULL},
        {"{'details': {'answer_by': 'soon'}}", "details.answer_by"},
        {"{'details': {'mood': 'good'}}", "details.mood"},
        {"{'details': ['x']}", "details"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_command command = {.level = -1};
        struct error err = {0};
        bool read = read_command(rows[i].body, "voter_petition", &command, &err);
        if (read != (rows[i].field == NULL)) {
            fail_msg("%s: %s", rows[i].body, read ? "taken" : err.text);
        }
        if (!read && strcmp(err.fields[0].field, rows[i].field) != 0) {
            fail_msg("%s: field %s", rows[i].body, err.fields[0].field);
        }
    }
}

/* An empty object brings nothing: no details. */
static void a_command_tells_what_it_brings(void **state)
{
    static const struct {
        const char *body;
        process_set given;
    } rows[] = {
        {"", 0},
        {"{'details': {}, 'result': {}, 'reason': {}}", 0},
        {"{'result': {'evidence': []}}", 0},
        {"{'result': {'text': 'x', 'evidence': ['https://a/b']}}",
         PROCESS_BIT(FIELD_RESULT_TEXT) | PROCESS_BIT(FIELD_EVIDENCE)},
        {"{'reason': {'class': 'other', 'text': 'x'}}",
         PROCESS_BIT(FIELD_REASON_CLASS) | PROCESS_BIT(FIELD_REASON_TEXT)},
        {"{'level': 'urgent'}", PROCESS_BIT(FIELD_LEVEL)},
        {"{'minutes': 1, 'into': '01020304-0506-7008-800a-0b0c0d0e0f00'}",
         PROCESS_BIT(FIELD_MINUTES) | PROCESS_BIT(FIELD_INTO)},
        {"{'details': {'document': 'x'}, 'note': 'y'}",
         PROCESS_BIT(FIELD_DETAILS) | PROCESS_BIT(FIELD_NOTE)},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_command command = {.level = -1};
        assert_true(read_command(rows[i].body, "voter_petition", &command, NULL));
        assert_int_equal(command.given, rows[i].given);
        assert_int_equal(command.given, engine_given(&command));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_example_comes_back_the_same),
        cmocka_unit_test(snapshots_are_read_or_refused_by_field),
        cmocka_unit_test(what_is_not_known_is_not_told),
        cmocka_unit_test(the_reporter_is_told_nobodys_account),
        cmocka_unit_test(an_event_is_named_after_what_happened),
        cmocka_unit_test(every_unit_set_example_is_written_the_same),
        cmocka_unit_test(submissions_are_read_or_refused_by_field),
        cmocka_unit_test(commands_are_read_or_refused_by_field),
        cmocka_unit_test(a_command_tells_what_it_brings),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
