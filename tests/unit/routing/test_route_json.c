/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that change routing rules: how they are read, and what of them is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "services/routing/dry_run_json.h"
#include "services/routing/route_json.h"

#define DAY_2026_12_01 INT64_C(20788)
#define NOW_US         (INT64_C(20786) * 86400 * 1000000) /* 2026-11-29 07:00 in Hanoi */

static struct arena arena;
static struct reference reference;

static struct unit unit_rows[] = {{.code = "00070", .type = "ward"},
                                  {.code = "00082", .type = "ward"},
                                  {.code = "SXD", .type = "department"}};
static struct category category_rows[] = {{.code = "giao-thong", .level = "normal"}};
static const struct process onsite = {.rule = {"onsite_report", 1, "a"}};
static const struct process *process_rows[] = {&onsite};
static const struct process_book processes = {.items = process_rows, .count = 1};
static struct focal_point point_rows[] = {{.unit = "SXD", .field = "*", .account = "anh"}};
static struct route_rule rule_rows[] = {{.rule = {"route-giao-thong", 1, "a"},
                                         .wanted = {"*", "*", "giao-thong", "*"},
                                         .lead = "SXD",
                                         .valid_from = 1}};

static int open_reference(void **state)
{
    static const struct calendar_rules rules = {.utc_offset_min = 420,
                                                .first_day = 20000,
                                                .last_day = 22000,
                                                .weekdays = 0x1f,
                                                .period_count = 1,
                                                .periods = {{480, 1020}}};
    (void)state;
    arena_init(&arena);
    reference = (struct reference){
        .units = {unit_rows, 3},
        .categories = category_rows,
        .category_count = 1,
        .processes = &processes,
        .focal_points = {.items = point_rows, .count = 1},
        .routes = {rule_rows, 1},
        .cases.calendar = calendar_new(&rules, NULL),
    };
    unit_set_sort(&reference.units);
    return 0;
}

static int close_reference(void **state)
{
    (void)state;
    calendar_free((struct calendar *)(uintptr_t)reference.cases.calendar);
    arena_finish(&arena);
    return 0;
}

static void a_new_version_is_read_whole(void **state)
{
    static const char body[] =
        "{\"code\": \"route-x\", \"process\": \"onsite_report\", \"area\": \"00070\", "
        "\"category\": \"giao-thong\", \"level\": \"urgent\", \"lead\": \"SXD\", "
        "\"cooperating\": [\"@area\", \"00082\"], \"focal_point\": \"anh\", "
        "\"from\": \"2026-12-01\", \"last_day\": \"2026-12-31\", \"source\": \"QĐ 1\", "
        "\"reason\": \"Ngập\"}";
    struct route_change change;
    struct error err = {0};
    (void)state;
    assert_true(route_change_json_read_new(&change, body, sizeof body - 1, &arena, &err));
    assert_string_equal(change.rule.rule.code, "route-x");
    assert_string_equal(change.rule.wanted[ROUTE_BY_AREA], "00070");
    assert_string_equal(change.rule.cooperating[1], "00082");
    assert_int_equal(change.first_day, DAY_2026_12_01);
    assert_int_equal(change.last_day, DAY_2026_12_01 + 30);
    assert_true(route_change_check_new(&change, &reference, NOW_US, &err));
    /* Days of Hanoi begin seven hours before those of UTC. */
    assert_int_equal(change.rule.valid_from, (DAY_2026_12_01 * 24 - 7) * 3600 * INT64_C(1000000));
    assert_int_equal(change.rule.valid_to - change.rule.valid_from, INT64_C(31) * 86400 * 1000000);
}

static void absent_dimensions_want_all(void **state)
{
    static const char body[] = "{\"code\": \"r\", \"lead\": \"@area\", \"from\": \"2026-11-29\", "
                               "\"source\": \"s\", \"reason\": \"r\"}";
    struct route_change change;
    struct error err = {0};
    (void)state;
    assert_true(route_change_json_read_new(&change, body, sizeof body - 1, &arena, &err));
    assert_true(route_change_check_new(&change, &reference, NOW_US, &err));
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        assert_string_equal(change.rule.wanted[i], ROUTE_ANY);
    }
    assert_int_equal(change.rule.valid_to, 0);
}

/* Each row is a body but for its source and its reason. */
static void every_fault_names_its_field(void **state)
{
    static const struct {
        const char *rest, *field, *code;
    } rows[] = {
        {"\"code\": \"-x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\"", "code", "bad_code"},
        {"\"code\": \"X\", \"lead\": \"SXD\", \"from\": \"2026-12-01\"", "code", "bad_code"},
        {"\"lead\": \"SXD\", \"from\": \"2026-12-01\"", "code", "required"},
        {"\"code\": \"x\", \"from\": \"2026-12-01\"", "lead", "required"},
        {"\"code\": \"x\", \"lead\": \"SXD\"", "from", "required"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-02-30\"", "from", "bad_date"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-11-28\"", "from", "in_the_past"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2036-12-31\"", "from", "out_of_range"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"last_day\": "
         "\"2026-11-30\"",
         "last_day", "before_from"},
        {"\"code\": \"x\", \"lead\": \"NONE\", \"from\": \"2026-12-01\"", "lead", "unknown_unit"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"area\": \"SXD\"", "area",
         "unknown_unit"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"category\": \"x\"",
         "category", "unknown_category"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"level\": \"x\"", "level",
         "unknown_word"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"process\": \"x\"",
         "process", "unknown_process"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"cooperating\": "
         "[\"@area\","
         " \"SXD\"]",
         "cooperating[1]", "duplicate_unit"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"cooperating\": "
         "[\"@area\","
         " \"@area\"]",
         "cooperating[1]", "duplicate_unit"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"cooperating\": [\"N\"]",
         "cooperating[0]", "unknown_unit"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"focal_point\": \"binh\"",
         "focal_point", "not_at_unit"},
        {"\"code\": \"x\", \"lead\": \"@area\", \"from\": \"2026-12-01\", \"focal_point\": "
         "\"anh\"",
         "focal_point", "not_at_unit"},
        {"\"code\": \"x\", \"lead\": \"SXD\", \"from\": \"2026-12-01\", \"version\": 2", "version",
         "unknown_field"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_change change;
        struct error err = {0};
        char body[512];
        snprintf(body, sizeof body, "{%s, \"source\": \"s\", \"reason\": \"r\"}", rows[i].rest);
        bool good = route_change_json_read_new(&change, body, strlen(body), &arena, &err) &&
                    route_change_check_new(&change, &reference, NOW_US, &err);
        if (good || strcmp(err.fields[0].field, rows[i].field) != 0 ||
            strcmp(err.fields[0].code, rows[i].code) != 0) {
            fail_msg("%s: %s %s", rows[i].rest, err.fields[0].field, err.fields[0].code);
        }
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void a_rival_is_refused_by_name(void **state)
{
    static const char body[] =
        "{\"code\": \"other\", \"lead\": \"@area\", \"category\": \"giao-thong\", "
        "\"from\": \"2026-12-01\", \"source\": \"s\", \"reason\": \"r\"}";
    struct route_change change;
    struct error err = {0};
    (void)state;
    assert_true(route_change_json_read_new(&change, body, sizeof body - 1, &arena, &err));
    assert_false(route_change_check_new(&change, &reference, NOW_US, &err));
    assert_int_equal(err.kind, ERR_UNPROCESSABLE);
    assert_string_equal(err.code, "rival_rule");
    assert_non_null(strstr(err.text, "route-giao-thong"));
}

static void an_end_lies_ahead(void **state)
{
    static const struct {
        const char *body, *code;
    } rows[] = {
        {"{\"last_day\": \"2026-11-29\", \"reason\": \"r\"}", NULL},
        {"{\"last_day\": \"2026-11-28\", \"reason\": \"r\"}", "in_the_past"},
        {"{\"last_day\": \"2026-11-29\"}", "required"},
        {"{\"reason\": \"r\"}", "required"},
        {"{\"last_day\": \"29/11/2026\", \"reason\": \"r\"}", "bad_date"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_change change;
        struct error err = {0};
        bool good =
            route_change_json_read_end(&change, rows[i].body, strlen(rows[i].body), &arena, &err) &&
            route_change_check_end(&change, &reference, NOW_US, &err);
        assert_int_equal(good, rows[i].code == NULL);
        assert_true(good || strcmp(err.fields[0].code, rows[i].code) == 0);
    }
}

static void a_rule_reads_back_as_it_was_written(void **state)
{
    struct route_rule rule = {.rule = {"r", 3, "QĐ 1"},
                              .wanted = {"*", "00070", "giao-thong", "*"},
                              .lead = "SXD",
                              .focal_point = "anh",
                              .cooperating = {"@area"},
                              .cooperating_count = 1,
                              .valid_from = 0,
                              .valid_to = 86400000000};
    struct buffer out;
    struct json_writer writer;
    (void)state;
    buffer_init(&out);
    json_write_start(&writer, &out);
    json_open_object(&writer, NULL);
    route_rule_json_put(&writer, &rule);
    json_close_object(&writer);
    assert_string_equal(out.data,
                        "{\"code\":\"r\",\"version\":3,\"source\":\"QĐ 1\",\"process\":\"*\","
                        "\"area\":\"00070\",\"category\":\"giao-thong\",\"level\":\"*\","
                        "\"lead\":\"SXD\",\"cooperating\":[\"@area\"],\"focal_point\":\"anh\","
                        "\"valid_from\":\"1970-01-01T00:00:00.000Z\","
                        "\"valid_to\":\"1970-01-02T00:00:00.000Z\"}");
    buffer_finish(&out);
}

static void a_proposal_names_its_faults(void **state)
{
    static const struct {
        const char *body, *field, *code;
    } rows[] = {
        {"{\"ended\": [\"x\"]}", NULL, NULL},
        {"{\"rules\": [{\"code\": \"a\", \"lead\": \"SXD\"}], \"from\": \"2026-01-01T00:00:00Z\"}",
         NULL, NULL},
        {"{}", "rules", "required"},
        {"{\"rules\": [], \"ended\": []}", "rules", "required"},
        {"{\"rules\": [{\"lead\": \"SXD\"}]}", "rules[0].code", "required"},
        {"{\"rules\": [{\"code\": \"a\", \"lead\": \"SXD\"}, {\"code\": \"a\", \"lead\": "
         "\"SXD\"}]}",
         "rules[1].code", "twice"},
        {"{\"rules\": [{\"code\": \"a\", \"lead\": \"SXD\", \"from\": \"2026-01-01\"}]}",
         "rules[0].from", "unknown_field"},
        {"{\"rules\": {}}", "rules", "wrong_type"},
        {"{\"rules\": [3]}", "rules[0]", "wrong_type"},
        {"{\"ended\": [\"x\"], \"to\": \"2026-01-01\"}", "to", "bad_instant"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dry_run_request asked;
        struct error err = {0};
        bool good = dry_run_json_read(&asked, rows[i].body, strlen(rows[i].body), &arena, &err);
        if (good != (rows[i].field == NULL) ||
            (!good && (strcmp(err.fields[0].field, rows[i].field) != 0 ||
                       strcmp(err.fields[0].code, rows[i].code) != 0))) {
            fail_msg("%s: %s %s", rows[i].body, err.fields[0].field, err.fields[0].code);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_version_is_read_whole),
        cmocka_unit_test(absent_dimensions_want_all),
        cmocka_unit_test(every_fault_names_its_field),
        cmocka_unit_test(a_rival_is_refused_by_name),
        cmocka_unit_test(an_end_lies_ahead),
        cmocka_unit_test(a_rule_reads_back_as_it_was_written),
        cmocka_unit_test(a_proposal_names_its_faults),
    };
    return cmocka_run_group_tests(tests, open_reference, close_reference);
}
