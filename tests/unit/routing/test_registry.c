/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about units and their people: rows for each rule, and random commands for what holds of
 * all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/routing/registry_json.h"
#include "services/routing/unit_record_json.h"

enum { TODAY = 1000 };

static struct unit_period world[] = {
    {{0, DAY_OPEN}, "HN", "city", NULL, "Hà Nội", "Hanoi", "s", false},
    {{0, DAY_OPEN}, "VPUB", "office", "HN", "Văn phòng", "Office", "s", false},
    {{0, DAY_OPEN}, "SXD", "department", "HN", "Sở Xây dựng", "Construction", "s", false},
    {{0, 1020}, "BAN", "board", "HN", "Ban", "Board", "s", false},
    {{900, DAY_OPEN}, "DOI", "office", "SXD", "Đội", "Team", "s", false},
    {{0, 1009}, "U", "board", "HN", "U", "U", "s", false},
    {{1010, DAY_OPEN}, "U", "board", "SXD", "U", "U", "s", false},
    {{1030, DAY_OPEN}, "MOI", "office", "HN", "Mới", "New", "s", false},
};
static const char *const fields[] = {"giao-thong", "y-te"};
static const struct registry_view view = {
    {TODAY, world, sizeof world / sizeof world[0]}, fields, sizeof fields / sizeof fields[0]};

static struct unit_period periods[] = {
    {{0, 899}, "U", "office", "HN", "Cũ", "Old", "s", false},
    {{900, 1009}, "U", "board", "HN", "U", "U", "s", false},
    {{1010, DAY_OPEN}, "U", "board", "SXD", "U", "U", "s", false},
};
static struct head_term heads[] = {{{0, 1004}, "an", "An", NULL},
                                   {{1005, DAY_OPEN}, "ba", "Ba", NULL}};
static struct focal_term people[] = {{{0, 500}, "*", "chi", "Chi", "chi@x.example", 1},
                                     {{600, DAY_OPEN}, "*", "chi", "Chi", "chi@x.example", 1},
                                     {{0, DAY_OPEN}, "y-te", "chi", "Chi", "chi@x.example", 1},
                                     {{1002, DAY_OPEN}, "*", "dung", "Dũng", "d@x.example", 2}};
static struct absence_term absences[] = {{{990, 1010}, "chi"}, {{1040, 1050}, "chi"}};
static struct succession_term successors[] = {{{500, DAY_OPEN}, "OLD", true}};
static const struct unit_record record = {.code = "U",
                                          .version = 7,
                                          .periods = periods,
                                          .period_count = 3,
                                          .heads = heads,
                                          .head_count = 2,
                                          .focal_points = people,
                                          .focal_point_count = 4,
                                          .absences = absences,
                                          .absence_count = 2,
                                          .successors = successors,
                                          .successor_count = 1};

struct fixture {
    struct arena arena;
    struct unit_record after;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    arena_init(&fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_finish(&fixture->arena);
    free(fixture);
    return 0;
}

static bool decide(struct fixture *fixture, struct registry_command command)
{
    fixture->err = (struct error){0};
    if (command.code == NULL) {
        command.code = "U";
    }
    command.expected_version = record.version;
    return registry_decide(&record, &command, &view, &fixture->arena, &fixture->after,
                           &fixture->err);
}

/* Spans as text: "0-899 900-1009 1010-". */
static const char *spans(struct fixture *fixture, const void *rows, size_t count, size_t size)
{
    const char *text = "";
    for (size_t i = 0; i < count; i++) {
        const struct span *span = (const void *)((const char *)rows + i * size);
        text = span->last == DAY_OPEN
                   ? arena_format(&fixture->arena, "%s%s%ld-", text, i > 0 ? " " : "",
                                  (long)span->first)
                   : arena_format(&fixture->arena, "%s%s%ld-%ld", text, i > 0 ? " " : "",
                                  (long)span->first, (long)span->last);
    }
    return text;
}

#define SPANS(fixture, rows, count) spans(fixture, rows, count, sizeof *(rows))

static const struct {
    const char *what;
    struct registry_command command;
    const char *code, *field; /* field NULL: not an input error */
} refused[] = {
    {"in the past",
     {.action = REGISTRY_ALTER, .from = 999, .last_day = DAY_OPEN},
     "invalid_input",
     "from"},
    {"below itself",
     {.action = REGISTRY_ALTER, .from = 1000, .last_day = DAY_OPEN, .parent = "U"},
     "invalid_input",
     "parent"},
    {"a parent that ends first",
     {.action = REGISTRY_ALTER, .from = 1015, .last_day = DAY_OPEN, .parent = "BAN"},
     "invalid_input",
     "parent"},
    {"a parent that begins later",
     {.action = REGISTRY_ALTER, .from = 1015, .last_day = DAY_OPEN, .parent = "MOI"},
     "invalid_input",
     "parent"},
    {"ends before today", {.action = REGISTRY_END, .last_day = 998}, "invalid_input", "last_day"},
    {"into itself",
     {.action = REGISTRY_MERGE, .from = 1001, .last_day = DAY_OPEN, .into = "U"},
     "invalid_input",
     "into"},
    {"into what has ended by then",
     {.action = REGISTRY_MERGE, .from = 1021, .last_day = DAY_OPEN, .into = "BAN"},
     "invalid_input",
     "into"},
    {"unknown category",
     {.action = REGISTRY_ASSIGN,
      .from = 1000,
      .last_day = DAY_OPEN,
      .field = "khac",
      .account = "em"},
     "invalid_input",
     "field"},
    {"nobody of the unit",
     {.action = REGISTRY_ABSENCE, .from = 1000, .last_day = 1001, .account = "xa"},
     "invalid_input",
     "account"},
    {"back in the past",
     {.action = REGISTRY_END_ABSENCE, .from = 990, .back_on = 999, .account = "chi"},
     "invalid_input",
     "back_on"},
    {"back after the end",
     {.action = REGISTRY_END_ABSENCE, .from = 990, .back_on = 1011, .account = "chi"},
     "nothing_to_end",
     NULL},
    {"no focal point there",
     {.action = REGISTRY_END_ASSIGNMENT, .last_day = 1000, .field = "*", .account = "an"},
     "nothing_to_end",
     NULL},
    {"there already",
     {.action = REGISTRY_CREATE,
      .from = 1000,
      .last_day = DAY_OPEN,
      .parent = "HN",
      .type = "board",
      .name_vi = "U",
      .name_en = "U",
      .source = "s"},
     "unit_exists",
     NULL},
};

static void refusals_name_what_is_wrong(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        bool done = decide(fixture, refused[i].command);
        const struct error *err = &fixture->err;
        if (done || strcmp(err->code, refused[i].code) != 0 ||
            (refused[i].field != NULL && strcmp(err->fields[0].field, refused[i].field) != 0)) {
            fail_msg("%s: %s %s %s", refused[i].what, err->code, err->text, err->fields[0].field);
        }
    }
}

static void a_ring_is_refused_also_on_later_days(void **state)
{
    /* U stands below SXD from 1010 on: SXD cannot stand below U before that and stay there. */
    static struct unit_period sxd[] = {
        {{0, DAY_OPEN}, "SXD", "department", "HN", "Sở", "Dept", "s", false}};
    const struct unit_record of_sxd = {
        .code = "SXD", .version = 1, .periods = sxd, .period_count = 1};
    struct registry_command command = {.action = REGISTRY_ALTER,
                                       .code = "SXD",
                                       .expected_version = 1,
                                       .from = 1001,
                                       .last_day = DAY_OPEN,
                                       .parent = "U"};
    struct fixture *fixture = *state;
    assert_false(
        registry_decide(&of_sxd, &command, &view, &fixture->arena, &fixture->after, &fixture->err));
    assert_string_equal(fixture->err.fields[0].code, "below_itself");
}

static void periods_end_and_begin(void **state)
{
    struct fixture *fixture = *state;
    struct unit_record *after = &fixture->after;
    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_ALTER,
                                                          .from = 1004,
                                                          .last_day = DAY_OPEN,
                                                          .name_vi = "Mới",
                                                          .name_en = "New"}));
    assert_string_equal(SPANS(fixture, after->periods, after->period_count),
                        "0-899 900-1003 1004-1009 1010-");
    assert_string_equal(after->periods[2].name_vi, "Mới");
    assert_string_equal(after->periods[2].parent, "HN");
    assert_string_equal(after->periods[3].name_vi, "U");
    assert_false(after->periods[0].by_hand);
    assert_true(after->periods[1].by_hand && after->periods[2].by_hand);
    assert_int_equal(after->version, 8);

    /* What has not begun is replaced where it stands. */
    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_ALTER,
                                                          .from = 1010,
                                                          .last_day = DAY_OPEN,
                                                          .type = "office"}));
    assert_string_equal(SPANS(fixture, after->periods, after->period_count),
                        "0-899 900-1009 1010-");
    assert_string_equal(after->periods[2].type, "office");
}

static void an_end_takes_the_people_along(void **state)
{
    struct fixture *fixture = *state;
    struct unit_record *after = &fixture->after;
    assert_true(
        decide(fixture, (struct registry_command){.action = REGISTRY_END, .last_day = 1003}));
    assert_string_equal(SPANS(fixture, after->periods, after->period_count), "0-899 900-1003");
    assert_string_equal(SPANS(fixture, after->heads, after->head_count), "0-1003");
    assert_string_equal(SPANS(fixture, after->focal_points, after->focal_point_count),
                        "0-500 600-1003 1002-1003 0-1003");
    assert_string_equal(SPANS(fixture, after->absences, after->absence_count), "990-1003");
    assert_int_equal(after->successor_count, 1);

    assert_true(
        decide(fixture, (struct registry_command){.action = REGISTRY_END, .last_day = 999}));
    assert_string_equal(SPANS(fixture, after->periods, after->period_count), "0-899 900-999");
    assert_string_equal(SPANS(fixture, after->focal_points, after->focal_point_count),
                        "0-500 600-999 0-999");
}

static void a_merger_names_its_successors(void **state)
{
    static const char *const also[] = {"VPUB"};
    struct fixture *fixture = *state;
    struct unit_record *after = &fixture->after;
    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_MERGE,
                                                          .from = 1001,
                                                          .last_day = DAY_OPEN,
                                                          .into = "SXD",
                                                          .also = also,
                                                          .also_count = 1}));
    assert_string_equal(SPANS(fixture, after->periods, after->period_count), "0-899 900-1000");
    assert_int_equal(after->successor_count, 3);
    assert_string_equal(after->successors[1].unit, "SXD");
    assert_true(after->successors[1].main && !after->successors[2].main);
    assert_int_equal(after->successors[2].span.first, 1001);

    /* Planned anew, the plan before is dropped; what took effect stays. */
    struct unit_record merged = *after;
    struct registry_command end = {
        .action = REGISTRY_END, .code = "U", .expected_version = 8, .last_day = 1005};
    assert_true(registry_decide(&merged, &end, &view, &fixture->arena, after, &fixture->err));
    assert_string_equal(SPANS(fixture, after->periods, after->period_count), "0-899 900-1005");
    assert_int_equal(after->successor_count, 1);
}

static void people_come_and_go(void **state)
{
    struct fixture *fixture = *state;
    struct unit_record *after = &fixture->after;
    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_NAME_HEAD,
                                                          .from = 1000,
                                                          .last_day = 1100,
                                                          .account = "em",
                                                          .name = "Em"}));
    assert_string_equal(SPANS(fixture, after->heads, after->head_count), "0-999 1000-1100");
    assert_true(
        decide(fixture, (struct registry_command){.action = REGISTRY_END_HEAD, .last_day = 1002}));
    assert_string_equal(SPANS(fixture, after->heads, after->head_count), "0-1002");

    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_ASSIGN,
                                                          .from = 1001,
                                                          .last_day = DAY_OPEN,
                                                          .field = "*",
                                                          .account = "chi",
                                                          .name = "Chi",
                                                          .email = "chi@y.example",
                                                          .rank = 3}));
    assert_string_equal(SPANS(fixture, after->focal_points, after->focal_point_count),
                        "0-500 600-1000 1002- 1001- 0-");
    assert_int_equal(after->focal_points[3].rank, 3);

    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_END_ABSENCE,
                                                          .from = 990,
                                                          .back_on = 1000,
                                                          .account = "chi"}));
    assert_string_equal(SPANS(fixture, after->absences, after->absence_count), "990-999 1040-1050");
    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_END_ABSENCE,
                                                          .from = 1040,
                                                          .back_on = 1040,
                                                          .account = "chi"}));
    assert_string_equal(SPANS(fixture, after->absences, after->absence_count), "990-1010");
    assert_true(decide(fixture, (struct registry_command){.action = REGISTRY_ABSENCE,
                                                          .from = 1040,
                                                          .last_day = 1042,
                                                          .account = "chi"}));
    assert_string_equal(SPANS(fixture, after->absences, after->absence_count),
                        "990-1010 1040-1042");
}

static void a_repeat_is_recognised(void **state)
{
    static const uint8_t asked[DIGEST_SIZE] = {1}, other[DIGEST_SIZE] = {2};
    struct unit_record now = record;
    (void)state;
    assert_false(registry_is_repeat(&now, 6, "an", asked));
    now.changed_by = "an";
    now.has_request = true;
    memcpy(now.request, asked, sizeof asked);
    assert_true(registry_is_repeat(&now, 6, "an", asked));
    assert_false(registry_is_repeat(&now, 7, "an", asked));
    assert_false(registry_is_repeat(&now, 6, "ba", asked));
    assert_false(registry_is_repeat(&now, 6, "an", other));
}

/* ---- random commands ---- */

static unsigned seed;

static int64_t pick(int64_t low, int64_t high)
{
    return low + rand_r(&seed) % (high - low + 1);
}

static struct registry_command random_command(int64_t version)
{
    static const char *const accounts[] = {"an", "ba", "chi", "dung"};
    static const char *const kinds[] = {"*", "giao-thong", "y-te"};
    static const char *const others[] = {"HN", "SXD", "VPUB", "BAN", "MOI"};
    struct registry_command command = {.action =
                                           (enum registry_action)pick(0, REGISTRY_ACTIONS - 1),
                                       .code = "U",
                                       .expected_version = version,
                                       .from = pick(TODAY - 5, TODAY + 60),
                                       .type = "board",
                                       .parent = others[pick(0, 4)],
                                       .name_vi = accounts[pick(0, 3)],
                                       .name_en = "N",
                                       .source = "s",
                                       .into = others[pick(0, 4)],
                                       .account = accounts[pick(0, 3)],
                                       .name = "N",
                                       .email = "n@x.example",
                                       .field = kinds[pick(0, 2)],
                                       .rank = (int32_t)pick(1, 3),
                                       .back_on = pick(TODAY - 5, TODAY + 60)};
    command.last_day = pick(0, 2) == 0 ? DAY_OPEN : command.from + pick(-3, 40);
    if (command.action == REGISTRY_END || command.action == REGISTRY_END_HEAD ||
        command.action == REGISTRY_END_ASSIGNMENT) {
        command.last_day = pick(TODAY - 5, TODAY + 60);
    }
    if (command.action == REGISTRY_ABSENCE) {
        command.last_day = command.from + pick(-3, 40);
    }
    return command;
}

/* All that holds on a day, as text. */
static const char *facts_of(struct fixture *fixture, const struct unit_record *r, int64_t day)
{
    const struct unit_period *period = unit_record_period(r, day);
    const struct head_term *head = unit_record_head(r, day);
    const char *text =
        arena_format(&fixture->arena, "%s/%s/%s", period != NULL ? period->name_vi : "-",
                     period != NULL && period->parent != NULL ? period->parent : "-",
                     head != NULL ? head->account : "-");
    for (size_t i = 0; i < r->focal_point_count; i++) {
        if (span_holds(&r->focal_points[i].span, day)) {
            text = arena_format(&fixture->arena, "%s %s:%s:%d", text, r->focal_points[i].field,
                                r->focal_points[i].account, r->focal_points[i].rank);
        }
    }
    for (size_t i = 0; i < r->absence_count; i++) {
        if (span_holds(&r->absences[i].span, day)) {
            text = arena_format(&fixture->arena, "%s !%s", text, r->absences[i].account);
        }
    }
    for (size_t i = 0; i < r->successor_count; i++) {
        if (span_holds(&r->successors[i].span, day)) {
            text = arena_format(&fixture->arena, "%s >%s", text, r->successors[i].unit);
        }
    }
    return text;
}

static bool overlap(const struct span *a, const struct span *b)
{
    return a->first <= b->last && b->first <= a->last;
}

static void check_once_a_day(const struct unit_record *r)
{
    for (size_t i = 0; i + 1 < r->period_count; i++) {
        assert_true(r->periods[i].span.last < r->periods[i + 1].span.first);
    }
    for (size_t i = 0; i + 1 < r->head_count; i++) {
        assert_true(r->heads[i].span.last < r->heads[i + 1].span.first);
    }
    for (size_t i = 0; i < r->focal_point_count; i++) {
        const struct focal_term *a = &r->focal_points[i];
        assert_true(a->span.first <= a->span.last);
        for (size_t j = 0; j < i; j++) {
            const struct focal_term *b = &r->focal_points[j];
            assert_false(strcmp(a->field, b->field) == 0 && strcmp(a->account, b->account) == 0 &&
                         overlap(&a->span, &b->span));
        }
    }
}

static void check_past(struct fixture *fixture, const struct unit_record *before)
{
    for (int64_t day = 880; day < TODAY; day++) {
        assert_string_equal(facts_of(fixture, before, day),
                            facts_of(fixture, &fixture->after, day));
    }
}

static void no_command_changes_the_past(void **state)
{
    struct fixture *fixture = *state;
    const char *wish = getenv("SEED");
    int changed = 0;
    seed = wish != NULL ? (unsigned)strtoul(wish, NULL, 10) : (unsigned)time(NULL);
    print_message("SEED=%u\n", seed);
    for (int run = 0; run < 300; run++) {
        struct unit_record now = record;
        arena_reset(&fixture->arena);
        for (int step = 0; step < 12; step++) {
            struct registry_command command = random_command(now.version);
            struct error err = {0};
            if (registry_decide(&now, &command, &view, &fixture->arena, &fixture->after, &err)) {
                check_once_a_day(&fixture->after);
                check_past(fixture, &now);
                assert_int_equal(fixture->after.version, now.version + 1);
                now = fixture->after;
                changed++;
            } else {
                assert_true(error_is_set(&err));
            }
        }
    }
    assert_true(changed > 600);
}

/* ---- codec ---- */

static void bodies_are_read_strictly(void **state)
{
    static const struct {
        enum registry_action action;
        const char *body, *field; /* NULL: good */
    } rows[] = {
        {REGISTRY_END, "{\"last_day\":\"2027-02-28\",\"reason\":\"r\"}", NULL},
        {REGISTRY_END, "{\"last_day\":\"2027-02-29\",\"reason\":\"r\"}", "last_day"},
        {REGISTRY_END, "{\"last_day\":\"2027-2-28x\",\"reason\":\"r\"}", "last_day"},
        {REGISTRY_END, "{\"last_day\":\"2027-02-28\"}", "reason"},
        {REGISTRY_END, "{\"last_day\":\"2027-02-28\",\"reason\":\"r\",\"into\":\"X\"}", "into"},
        {REGISTRY_MERGE, "{\"into\":\"00070\",\"from\":\"2027-01-01\",\"reason\":\"r\"}", NULL},
        {REGISTRY_MERGE, "{\"into\":\"x\",\"from\":\"2027-01-01\",\"reason\":\"r\"}", "into"},
        {REGISTRY_MERGE,
         "{\"into\":\"00070\",\"also\":[\"00004\",\"-X\"],\"from\":\"2027-01-01\",\"reason\":"
         "\"r\"}",
         "also[1]"},
        {REGISTRY_NAME_HEAD,
         "{\"account\":\"a@b\",\"name\":\"A\",\"from\":\"2027-01-01\",\"reason\":\"r\"}",
         "account"},
        {REGISTRY_NAME_HEAD,
         "{\"account\":\"a\",\"name\":\"A\",\"email\":\"a.b@c-d.example\",\"from\":\"2027-01-01\","
         "\"reason\":\"r\"}",
         NULL},
        {REGISTRY_NAME_HEAD,
         "{\"account\":\"a\",\"name\":\"A\",\"email\":\"a@b..c\",\"from\":\"2027-01-01\","
         "\"reason\":\"r\"}",
         "email"},
        {REGISTRY_END_ABSENCE, "{\"account\":\"a\",\"from\":\"2027-01-01\",\"reason\":\"r\"}",
         "back_on"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct registry_command command = {.action = rows[i].action};
        struct error err = {0};
        bool read =
            registry_json_read(&command, rows[i].body, strlen(rows[i].body), &fixture->arena, &err);
        if (read != (rows[i].field == NULL) ||
            (!read && strcmp(err.fields[0].field, rows[i].field) != 0)) {
            fail_msg("%s: %s", rows[i].body, err.fields[0].field);
        }
    }
}

static void the_public_sees_no_accounts(void **state)
{
    struct fixture *fixture = *state;
    struct buffer out;
    (void)fixture;
    buffer_init(&out);
    unit_record_json_write(&out, &record, &view.units, false);
    buffer_put_char(&out, '\0');
    assert_null(strstr(out.data, "account"));
    assert_null(strstr(out.data, "\"chi\""));
    assert_null(strchr(out.data, '@'));
    assert_non_null(strstr(out.data, "\"head\":{\"name\":\"An\",\"from\":\"1970-01-01\""));
    assert_non_null(strstr(out.data, "\"fields\":[]")); /* chi is away, dung begins in two days */
    buffer_reset(&out);
    unit_record_json_write(&out, &record, &view.units, true);
    buffer_put_char(&out, '\0');
    assert_non_null(strstr(out.data, "chi@x.example"));
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refusals_name_what_is_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_ring_is_refused_also_on_later_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(periods_end_and_begin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_end_takes_the_people_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_merger_names_its_successors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_come_and_go, set_up, tear_down),
        cmocka_unit_test(a_repeat_is_recognised),
        cmocka_unit_test_setup_teardown(no_command_changes_the_past, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bodies_are_read_strictly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_public_sees_no_accounts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
