/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a request to open or split a case, and the report that is kept. */
#include "tests/unit/routing/counter.h"

#include "services/routing/opening_json.h"

#define WHOLE                                                                                        \
    "{\"process\":\"voter_petition\",\"category\":\"ha-tang\",\"level\":\"complex\","                \
    "\"title\":\"Thoát nước\",\"description\":\"Ngập sau mưa.\",\"location\":{\"lat\":21.03," \
    "\"lon\":105.85,\"address\":\"Ngõ 12\"},\"media\":[\"https://media.example/1.jpg\"],"           \
    "\"unit\":\"SXD\",\"language\":\"en\",\"reporter_ref\":\"delegate-3\","                          \
    "\"details\":{\"session\":\"20\",\"delegate\":\"3\",\"answer_by\":\"2026-12-25\"}}"

static bool reads(struct opening_request *request, const char *text, struct error *err)
{
    return opening_json_read(request, &counter_book, counter_at(0, 9, 0), text, strlen(text),
                             &counter_arena, err);
}

static void every_member_is_read(void **state)
{
    struct opening_request request;
    (void)state;
    assert_true(reads(&request, WHOLE, NULL));
    assert_string_equal(request.process, "voter_petition");
    assert_string_equal(request.category, "ha-tang");
    assert_int_equal(request.level, LEVEL_COMPLEX);
    assert_string_equal(request.report.title, "Thoát nước");
    assert_string_equal(request.report.description, "Ngập sau mưa.");
    assert_true(request.report.has_place);
    assert_string_equal(request.report.address, "Ngõ 12");
    assert_int_equal(request.report.media_count, 1);
    assert_string_equal(request.report.channel, "api");
    assert_false(request.report.anonymous);
    assert_string_equal(request.unit, "SXD");
    assert_string_equal(request.language, "en");
    assert_string_equal(request.reporter_ref, "delegate-3");
    assert_int_equal(request.detail_count, 3);
    assert_string_equal(request.details[2].code, "answer_by");
    assert_string_equal(request.details[2].text, "2026-12-25");
}

static void what_is_absent_has_a_meaning(void **state)
{
    struct opening_request request;
    (void)state;
    assert_true(reads(&request,
                      "{\"process\":\"voter_petition\",\"category\":\"khac\","
                      "\"description\":\"…\"}",
                      NULL));
    assert_int_equal(request.level, -1);
    assert_string_equal(request.language, "vi");
    assert_false(request.report.has_place);
    assert_null(request.report.title);
    assert_null(request.unit);
    assert_null(request.reporter_ref);
    assert_int_equal(request.detail_count, 0);
}

/* A member of WHOLE, or what takes its place, and the fault. */
static void faults_name_their_field(void **state)
{
    static const struct {
        const char *was, *is, *field, *code;
    } rows[] = {
        {"\"process\":\"voter_petition\"", "\"process\":7", "process", "wrong_type"},
        {"voter_petition", "nothing", "process", "unknown_process"},
        {"voter_petition", "onsite_report", "process", "unknown_process"},
        {"\"category\":\"ha-tang\",", "", "category", "required"},
        {"\"level\":\"complex\"", "\"level\":\"soon\"", "level", "not_allowed"},
        {"\"Ngập sau mưa.\"", "\"\"", "description", "too_short"},
        {"\"lat\":21.03", "\"lat\":91", "location.lat", "out_of_range"},
        {"\"lon\":105.85,", "", "location.lon", "required"},
        {"https://media", "ftp://media", "media[0]", "bad_url"},
        {"\"unit\":\"SXD\"", "\"unit\":\"S\"", "unit", "too_short"},
        {"\"language\":\"en\"", "\"language\":\"fr\"", "language", "not_allowed"},
        {"delegate-3", "a delegate", "reporter_ref", "bad_reference"},
        {"delegate-3", "a@example", "reporter_ref", "bad_reference"},
        {"2026-12-25", "25/12/2026", "details.answer_by", "not_allowed"},
        {"\"session\":\"20\"", "\"session\":20", "details.session", "wrong_type"},
        {"\"session\":\"20\"", "\"mood\":\"20\"", "details.mood", "unknown_field"},
        {"\"unit\":", "\"units\":", "units", "unknown_field"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct opening_request request;
        struct error err = {0};
        const char *at = strstr(WHOLE, rows[i].was);
        assert_non_null(at);
        const char *text = arena_format(&counter_arena, "%.*s%s%s", (int)(at - WHOLE), WHOLE,
                                        rows[i].is, at + strlen(rows[i].was));
        assert_false(reads(&request, text, &err));
        const char *code = counter_fault(&err, rows[i].field);
        if (code == NULL || strcmp(code, rows[i].code) != 0 || err.field_count != 1) {
            fail_msg("%s: %s", rows[i].is, err.fields[0].field);
        }
    }
}

static void details_are_read_as_their_types_say(void **state)
{
    static const struct {
        const char *process, *details, *field; /* NULL: fine */
    } rows[] = {
        {"reception_booking", "\"slot\":\"01a20c2c-ebba-7c41-a3d0-52be7f9c1d06\"", NULL},
        {"reception_booking", "\"slot\":\"01A20C2C-EBBA-7C41-A3D0-52BE7F9C1D06\"", "details.slot"},
        {"reception_booking", "\"slot\":\"P.101\"", "details.slot"},
        {"reception_booking", "\"slot_at\":\"2026-11-27T02:00:00.000Z\"", "details.slot_at"},
        {"hotline_ticket", "\"consent\":\"verbal\"", NULL},
        {"hotline_ticket", "\"consent\":\"written\"", NULL},
        {"hotline_ticket", "\"consent\":\"none\"", NULL},
        {"hotline_ticket", "\"consent\":\"perhaps\"", "details.consent"},
        {"hotline_ticket", "\"call_at\":\"2026-11-24T10:00:00+07:00\"", NULL},
        {"hotline_ticket", "\"call_at\":\"2026-11-24T10:00:00\"", "details.call_at"},
        {"hotline_ticket", "\"call_at\":\"2026-11-24\"", "details.call_at"},
        {"voter_petition", "\"answer_by\":\"2028-02-29\"", NULL},
        {"voter_petition", "\"answer_by\":\"2026-02-29\"", "details.answer_by"},
        {"voter_petition", "\"session\":\"\"", "details.session"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct opening_request request;
        struct error err = {0};
        const char *text = arena_format(&counter_arena,
                                        "{\"process\":\"%s\",\"category\":\"khac\","
                                        "\"description\":\"…\",\"details\":{%s}}",
                                        rows[i].process, rows[i].details);
        bool good = reads(&request, text, &err);
        if (good != (rows[i].field == NULL) ||
            (!good && counter_fault(&err, rows[i].field) == NULL)) {
            fail_msg("%s: %s", rows[i].details, err.fields[0].field);
        }
    }
}

static void a_split_is_read(void **state)
{
    static const char whole[] = "{\"category\":\"khac\",\"level\":\"urgent\",\"unit\":\"SXD\","
                                "\"description\":\"Đèn\",\"reason\":{\"text\":\"Việc khác\"},"
                                "\"note\":\"Chuyển\"}";
    struct split_request split;
    struct error err = {0};
    (void)state;
    assert_true(split_json_read(&split, whole, sizeof whole - 1, &counter_arena, &err));
    assert_string_equal(split.category, "khac");
    assert_int_equal(split.level, LEVEL_URGENT);
    assert_string_equal(split.unit, "SXD");
    assert_string_equal(split.description, "Đèn");
    assert_string_equal(split.reason, "Việc khác");
    assert_string_equal(split.note, "Chuyển");
    static const char bare[] = "{\"category\":\"khac\",\"reason\":{\"text\":\"…\"}}";
    assert_true(split_json_read(&split, bare, sizeof bare - 1, &counter_arena, &err));
    assert_int_equal(split.level, -1);
    assert_null(split.unit);
    assert_null(split.description);
    assert_null(split.note);
    static const char bad[] = "{\"reason\":{\"class\":\"unclear\"}}";
    assert_false(split_json_read(&split, bad, sizeof bad - 1, &counter_arena, &err));
    assert_string_equal(counter_fault(&err, "category"), "required");
    assert_string_equal(counter_fault(&err, "reason.text"), "required");
    assert_string_equal(counter_fault(&err, "reason.class"), "unknown_field");
}

static struct case_snapshot opened_case(const struct opening_request *request)
{
    struct opening_context office = {.actor_role = ROLE_SUPERVISOR,
                                     .actor_ref = "caller",
                                     .id = uuid_new(),
                                     .ticket = "HN-2026-90000001-X",
                                     .now_us = counter_at(0, 9, 0),
                                     .arena = &counter_arena};
    struct case_snapshot opened;
    assert_true(opening_decide(&counter_city, process_find(&counter_book, "voter_petition", 1),
                               request, &office, &opened, NULL));
    return opened;
}

static void a_report_comes_back_as_it_was_kept(void **state)
{
    struct opening_request request;
    struct opening_report again;
    struct buffer out, twice;
    (void)state;
    assert_true(reads(&request, WHOLE, NULL));
    struct opening_report told = request.report;
    request.report.has_place = false; /* no map here; the report has it all the same */
    struct case_snapshot opened = opened_case(&request);
    told.anonymous = true;
    buffer_init(&out);
    buffer_init(&twice);
    opening_json_write_report(&out, &told, &opened);
    assert_non_null(strstr(out.data, "\"receive_by\":\"2026-11-25T02:00:00.000Z\""));
    assert_non_null(strstr(out.data, "\"details\":{\"session\":\"20\""));
    assert_non_null(strstr(out.data, "\"reporter\":{\"ref\":\"delegate-3\",\"anonymous\":true}"));
    assert_true(opening_json_read_report(&again, out.data, out.size, &counter_arena, NULL));
    opening_json_write_report(&twice, &again, &opened);
    assert_string_equal(out.data, twice.data);
    buffer_finish(&out);
    buffer_finish(&twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_read),
        cmocka_unit_test(what_is_absent_has_a_meaning),
        cmocka_unit_test(faults_name_their_field),
        cmocka_unit_test(details_are_read_as_their_types_say),
        cmocka_unit_test(a_split_is_read),
        cmocka_unit_test(a_report_comes_back_as_it_was_kept),
    };
    return cmocka_run_group_tests(tests, counter_open, counter_close);
}
