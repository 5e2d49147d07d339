/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sample.h"
#include "services/notification/wording.h"

static const char *const evidence[] = {"https://media.ihanoi.example/1.jpg",
                                       "https://media.ihanoi.example/2.jpg"};
static const struct notice_handover handovers[] = {
    {"SXD", "00070", "Tuyến phố do phường quản lý.", INT64_C(1795496531123456)},
    {"00070", "SXD", "Không rõ.", INT64_C(1795500131123456)}};
static const struct notice full = {.ticket = "HN-2026-0000123-K",
                                   .kind = "onsite_report",
                                   .category = "giao-thong",
                                   .level = "urgent",
                                   .unit = "00070",
                                   .at = INT64_C(1795496531123456),
                                   .receive_due = INT64_C(1795588200000000),
                                   .resolve_due = INT64_C(1795600000000000),
                                   .result = "Đã vá đường.",
                                   .evidence = evidence,
                                   .evidence_count = 2,
                                   .reason_class = "out_of_scope_legal",
                                   .reason = "Đơn khiếu nại.",
                                   .timeout_at = INT64_C(1795700000000000),
                                   .clock = "task",
                                   .clock_due = INT64_C(1795650000000000),
                                   .task_unit = "SXD",
                                   .asks_rating = true,
                                   .question = "Ở đâu?",
                                   .answer = "Trước số 12.",
                                   .handovers = handovers,
                                   .handover_count = 2,
                                   .minutes = 480,
                                   .rating = "acceptable",
                                   .by_reporter = true,
                                   .note = "Đội 1 đã nhận."};
static const struct notice bare = {.ticket = "HN-2026-0000123-K",
                                   .category = "unknown-code",
                                   .level = "normal",
                                   .result = "R",
                                   .reason = "R",
                                   .question = "R",
                                   .at = INT64_C(1795496531123456)};

static void wording_renders_every_template(void **state)
{
    struct reference reference;
    struct arena arena;
    (void)state;
    sample_reference(&reference);
    arena_init(&arena);
    for (int template = 0; template <TEMPLATE_COUNT; template ++) {
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            for (int variant = 0; variant < 4; variant++) {
                struct wording_context context = {.reference = &reference,
                                                  .template = (enum template_id) template,
                                                  .language = (enum language)language,
                                                  .site = "https://ihanoi.example",
                                                  .name = variant & 1 ? "Lan" : NULL,
                                                  .mail = variant & 2};
                struct wording wording;
                struct error err = {0};
                const struct notice *notice = variant & 1 ? &full : &bare;
                if (!wording_make(&wording, notice, &context, &arena, &err)) {
                    fail_msg("%s.%s: %s", template_words[template], language_words[language],
                             err.text);
                }
                assert_non_null(strstr(wording.subject, full.ticket));
                assert_null(strchr(wording.subject, '\n'));
                assert_null(strstr(wording.body, "{{"));
                assert_null(strstr(wording.body, "\n\n\n"));
                assert_true(wording.body[0] != '\n' && wording.body[0] != '\0');
                assert_int_equal(strstr(wording.body, "https://ihanoi.example") != NULL,
                                 context.mail);
                assert_int_equal(strstr(wording.body, "Lan") != NULL,
                                 context.mail && context.name != NULL);
            }
        }
    }
    arena_finish(&arena);
    arena_finish(&reference.snapshot.arena);
}

static struct wording words_of(enum template_id template, enum language language,
                               const struct notice *notice, bool mail, struct arena *arena)
{
    static struct reference reference;
    struct wording wording;
    struct error err = {0};
    sample_reference(&reference);
    struct wording_context context = {.reference = &reference,
                                      .template = template,
                                      .language = language,
                                      .site = "https://ihanoi.example",
                                      .mail = mail};
    assert_true(wording_make(&wording, notice, &context, arena, &err));
    arena_finish(&reference.snapshot.arena);
    return wording;
}

static const char *body_of(enum template_id template, enum language language,
                           const struct notice *notice, struct arena *arena)
{
    return words_of(template, language, notice, false, arena).body;
}

static void wording_says_what_was_done(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_string_equal(body_of(TEMPLATE_RESOLVED, LANGUAGE_EN, &full, &arena),
                        "Hoan Kiem Ward gave the result of your report HN-2026-0000123-K at 12:02 "
                        "24/11/2026.\n\nResult:\nĐã vá đường.\n"
                        "- https://media.ihanoi.example/1.jpg\n"
                        "- https://media.ihanoi.example/2.jpg\n\n"
                        "Please rate the result: satisfied, acceptable or dissatisfied.\n\n"
                        "If it does not hold, you may have the work taken up again before 20:33 "
                        "26/11/2026.\n");
    assert_null(strstr(body_of(TEMPLATE_RESOLVED, LANGUAGE_EN, &bare, &arena), "rate"));
    assert_non_null(
        strstr(body_of(TEMPLATE_REJECTED, LANGUAGE_VI, &full, &arena), "Ban Tiếp công dân"));
    assert_null(
        strstr(body_of(TEMPLATE_REJECTED, LANGUAGE_VI, &bare, &arena), "Ban Tiếp công dân"));
    assert_non_null(strstr(body_of(TEMPLATE_ACKNOWLEDGED, LANGUAGE_VI, &full, &arena),
                           "trước 13:30 25/11/2026"));
    arena_finish(&arena);
}

/* All that some template looks at, one way or the other. */
static void wording_tells_the_case_apart(void **state)
{
    static const struct {
        enum template_id template;
        enum language language;
        const char *words; /* of the full notice; changed as below */
    } rows[] = {
        {TEMPLATE_RETURNED, LANGUAGE_VI,
         "- Sở Xây dựng → Phường Hoàn Kiếm (12:02 24/11/2026): Tuyến phố do phường quản lý.\n"
         "- Phường Hoàn Kiếm → Sở Xây dựng (13:02 24/11/2026): Không rõ.\n"},
        {TEMPLATE_INFO_REQUESTED, LANGUAGE_EN, "Ở đâu?\n\nPlease answer before 20:33 26/11/2026."},
        {TEMPLATE_EXTENDED, LANGUAGE_VI, "gia hạn đến 16:46 25/11/2026.\n\nLý do:\nĐơn khiếu nại."},
        {TEMPLATE_WITHDRAWN, LANGUAGE_EN, "As you asked"},
        {TEMPLATE_REMINDED, LANGUAGE_VI,
         "(phần việc của Sở Xây dựng) sắp đến hạn phối hợp: 06:40 26/11/2026."},
        {TEMPLATE_ESCALATED, LANGUAGE_EN, "is overdue for a co-operating unit: 06:40 26/11/2026."},
        {TEMPLATE_PROPOSED, LANGUAGE_VI, "gia hạn thêm 8 giờ"},
        {TEMPLATE_PROPOSED, LANGUAGE_EN, "by 8 hours"},
        {TEMPLATE_ANSWERED, LANGUAGE_VI, "Ở đâu?\nTrước số 12.\n"},
        {TEMPLATE_RATED, LANGUAGE_VI, "chấp nhận"},
        {TEMPLATE_DISPUTED, LANGUAGE_EN, "Department of Construction → Hoan Kiem Ward"},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *body = body_of(rows[i].template, rows[i].language, &full, &arena);
        if (strstr(body, rows[i].words) == NULL) {
            fail_msg("%s: %s", template_words[rows[i].template], body);
        }
    }
    struct notice other = full;
    other.third_party = other.disputed = other.check_failed = true;
    other.by_reporter = false;
    other.minutes = 90;
    other.task_unit = NULL;
    other.clock = "dispatch";
    other.slot_at = INT64_C(1795700000000000);
    assert_null(strstr(body_of(TEMPLATE_INFO_REQUESTED, LANGUAGE_VI, &other, &arena), "Ở đâu?"));
    assert_non_null(
        strstr(body_of(TEMPLATE_RETURNED, LANGUAGE_VI, &other, &arena), "sẽ quyết định"));
    assert_non_null(
        strstr(body_of(TEMPLATE_REOPENED, LANGUAGE_EN, &other, &arena), "did not accept"));
    assert_null(strstr(body_of(TEMPLATE_REOPENED, LANGUAGE_EN, &other, &arena), other.reason));
    assert_non_null(strstr(body_of(TEMPLATE_PROPOSED, LANGUAGE_EN, &other, &arena), "90 minutes"));
    assert_non_null(strstr(body_of(TEMPLATE_REMINDED, LANGUAGE_VI, &other, &arena),
                           "của Phường Hoàn Kiếm sắp đến hạn phân công đơn vị"));
    assert_non_null(
        strstr(body_of(TEMPLATE_ACKNOWLEDGED, LANGUAGE_EN, &other, &arena), "Appointment: 20:33"));
    arena_finish(&arena);
}

/* Within a sentence and at its beginning. */
static void wording_names_the_matter_by_its_kind(void **state)
{
    static const struct {
        const char *kind, *within[LANGUAGE_COUNT], *first[LANGUAGE_COUNT];
    } rows[] = {
        {"onsite_report",
         {"Đã nhận phản ánh T", "We have received your report T"},
         {"Phản ánh T đã", "Report T is"}},
        {"procedure_report",
         {"Đã nhận phản ánh về thủ tục hành chính T", "received your report on procedures T"},
         {"Phản ánh về thủ tục hành chính T đã", "Report on procedures T is"}},
        {"waste_report",
         {"Đã nhận phản ánh về lãng phí T", "received your report of waste T"},
         {"Phản ánh về lãng phí T đã", "Report of waste T is"}},
        {"initiative",
         {"Đã nhận sáng kiến T", "received your initiative T"},
         {"Sáng kiến T đã", "Initiative T is"}},
        {"voter_petition",
         {"Đã nhận kiến nghị cử tri T", "received your voter petition T"},
         {"Kiến nghị cử tri T đã", "Voter petition T is"}},
        {"reception_booking",
         {"Đã nhận đăng ký tiếp công dân T", "received your reception booking T"},
         {"Đăng ký tiếp công dân T đã", "Reception booking T is"}},
        {"hotline_ticket",
         {"Đã nhận yêu cầu hỗ trợ T", "received your support request T"},
         {"Yêu cầu hỗ trợ T đã", "Support request T is"}},
        {"of_next_year",
         {"Đã nhận yêu cầu T", "received your request T"},
         {"Yêu cầu T đã", "Request T is"}},
        {NULL, {"Đã nhận yêu cầu T", "received your request T"}, {"Yêu cầu T đã", "Request T is"}},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct notice notice = bare;
        notice.ticket = "T";
        notice.kind = rows[i].kind;
        for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
            const char *got =
                words_of(TEMPLATE_ACKNOWLEDGED, language, &notice, false, &arena).subject;
            assert_non_null(strstr(got, rows[i].within[language]));
            got = words_of(TEMPLATE_ESCALATED, language, &notice, false, &arena).subject;
            assert_memory_equal(got, rows[i].first[language], strlen(rows[i].first[language]));
        }
    }
    arena_finish(&arena);
}

static void assert_says_no(const char *text, enum template_id template)
{
    static const char *const words[] = {"phản ánh", "Phản ánh", "hiện trường", "report", "Report"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(text, words[i]) != NULL) {
            fail_msg("%s: %s", template_words[template], text);
        }
    }
}

/* Of whatever is no report. */
static void no_text_takes_all_for_reports(void **state)
{
    static const char *const classes[] = {"out_of_scope_legal", "unclear", "duplicate", "not_city"};
    static const char *const kinds[] = {"initiative", "voter_petition", "reception_booking",
                                        "hotline_ticket", NULL};
    (void)state;
    for (enum template_id template = 0; template <TEMPLATE_COUNT; template ++) {
        for (size_t i = 0; i < 2 * LANGUAGE_COUNT * 4 * 5; i++) {
            struct arena arena;
            struct notice notice = i % 2 ? full : bare;
            notice.kind = kinds[i / 2 / LANGUAGE_COUNT / 4];
            notice.reason_class = classes[i / 2 / LANGUAGE_COUNT % 4];
            arena_init(&arena);
            struct wording wording =
                words_of(template, (enum language)(i / 2 % LANGUAGE_COUNT), &notice, true, &arena);
            assert_says_no(wording.subject, template);
            assert_says_no(wording.body, template);
            arena_finish(&arena);
        }
    }
}

/* What a visitor reads: when and where, and nothing of clocks that run for reports. */
static void wording_tells_a_visitor_when_and_where(void **state)
{
    static const struct {
        enum template_id template;
        bool by_reporter;
        const char *words[LANGUAGE_COUNT];
    } rows[] = {
        {TEMPLATE_ACKNOWLEDGED,
         true,
         {"Lịch hẹn: 20:33 26/11/2026, tại Phường Hoàn Kiếm.",
          "Appointment: 20:33 26/11/2026, at Hoan Kiem Ward."}},
        {TEMPLATE_ROUTED,
         true,
         {"Lịch hẹn: 20:33 26/11/2026, tại Phường Hoàn Kiếm.",
          "Appointment: 20:33 26/11/2026, at Hoan Kiem Ward."}},
        {TEMPLATE_APPOINTMENT,
         true,
         {"Quý vị có lịch tiếp công dân lúc 20:33 26/11/2026 tại Phường Hoàn Kiếm.",
          "You have an appointment at 20:33 26/11/2026, at Hoan Kiem Ward."}},
        {TEMPLATE_WITHDRAWN,
         true,
         {"đã được hủy lúc 12:02 24/11/2026.\nLịch hẹn: 20:33 26/11/2026.",
          "was cancelled at 12:02 24/11/2026.\nAppointment: 20:33 26/11/2026."}},
        {TEMPLATE_WITHDRAWN,
         false,
         {"tại Phường Hoàn Kiếm đã được hủy lúc 12:02 24/11/2026.\nLịch hẹn: 20:33 26/11/2026.",
          "at Hoan Kiem Ward was cancelled at 12:02 24/11/2026.\nAppointment: 20:33"}},
        {TEMPLATE_OPENED, true, {"Lịch hẹn: 20:33 26/11/2026.", "Appointment: 20:33 26/11/2026."}},
    };
    struct arena arena;
    struct notice notice = full;
    (void)state;
    arena_init(&arena);
    notice.kind = KIND_BOOKING;
    notice.slot_at = INT64_C(1795700000000000);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        notice.by_reporter = rows[i].by_reporter;
        for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
            const char *body = body_of(rows[i].template, language, &notice, &arena);
            if (strstr(body, rows[i].words[language]) == NULL) {
                fail_msg("%s: %s", template_words[rows[i].template], body);
            }
            assert_null(strstr(body, "13:30 25/11/2026")); /* receive_due */
        }
    }
    assert_null(strstr(body_of(TEMPLATE_RESOLVED, LANGUAGE_EN, &notice, &arena), "taken up again"));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wording_renders_every_template),
        cmocka_unit_test(wording_says_what_was_done),
        cmocka_unit_test(wording_tells_the_case_apart),
        cmocka_unit_test(wording_names_the_matter_by_its_kind),
        cmocka_unit_test(no_text_takes_all_for_reports),
        cmocka_unit_test(wording_tells_a_visitor_when_and_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
