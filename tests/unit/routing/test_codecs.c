/* SPDX-License-Identifier: Apache-2.0 */
/* The codecs against the examples of proto/examples, which both sides of a topic test with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "services/routing/case_json.h"
#include "services/routing/command_json.h"
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

static void check_case(const char *path, const char *data, const char *field, struct arena *arena)
{
    struct case_snapshot snapshot;
    struct error err = {0};
    struct buffer out;
    (void)field;
    if (!case_json_read(&snapshot, data, strlen(data), arena, &err)) {
        fail_msg("%s: %s %s", path, err.fields[0].field, err.fields[0].text);
    }
    if (strstr(path, case_event_type(snapshot.action)) == NULL) {
        fail_msg("%s: action %s", path, case_action_words[snapshot.action]);
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
    assert_in_range((int)submission.lat, 20, 21);
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

static void commands_name_the_bad_field(void **state)
{
    static const struct {
        enum case_action action;
        const char *body, *field; /* NULL: good */
    } rows[] = {
        {CASE_ACCEPT, "", NULL},
        {CASE_ACCEPT, "{\"note\": \"ok\"}", NULL},
        {CASE_ACCEPT, "{\"note\": \"\"}", "note"},
        {CASE_ACCEPT, "{\"assignee\": \"x\"}", "assignee"},
        {CASE_ASSIGN, "{\"assignee\": \"3f0c8a52\"}", NULL},
        {CASE_ASSIGN, "{\"assignee\": \"a@b.vn\"}", "assignee"},
        {CASE_ASSIGN, "{\"assignee\": 7}", "assignee"},
        {CASE_RESOLVE, "{\"result\": {\"text\": \"x\", \"evidence\": [\"https://a/b\"]}}", NULL},
        {CASE_RESOLVE, "{\"result\": {\"text\": \"x\", \"evidence\": [\"http://a/b\"]}}",
         "result.evidence[0]"},
        {CASE_RESOLVE, "{\"result\": {\"text\": \"x\", \"proof\": 1}}", "result.proof"},
        {CASE_REJECT, "{\"reason\": {\"class\": \"unclear\", \"text\": \"x\"}}", NULL},
        {CASE_REJECT, "{\"reason\": {\"class\": \"lazy\", \"text\": \"x\"}}", "reason.class"},
        {CASE_ROUTE, "{\"unit\": \"00070\"}", NULL},
        {CASE_ROUTE, "{\"unit\": 70}", "unit"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_command command = {.action = rows[i].action};
        struct error err = {0};
        struct arena arena;
        arena_init(&arena);
        bool read = command_json_read(&command, rows[i].body, strlen(rows[i].body), &arena, &err);
        if (read != (rows[i].field == NULL)) {
            fail_msg("%s", rows[i].body);
        }
        if (!read && strcmp(err.fields[0].field, rows[i].field) != 0) {
            fail_msg("%s: field %s", rows[i].body, err.fields[0].field);
        }
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_example_comes_back_the_same),
        cmocka_unit_test(submissions_are_read_or_refused_by_field),
        cmocka_unit_test(commands_name_the_bad_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
