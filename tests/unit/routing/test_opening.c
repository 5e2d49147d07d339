/* SPDX-License-Identifier: Apache-2.0 */
/* Opening cases here: what is refused, and what the case is when it is not. */
#include "tests/unit/routing/counter.h"

#include "services/routing/case_detail.h"
#include "services/routing/case_slot.h"

static struct opening_request petition(void)
{
    return (struct opening_request){
        .process = "voter_petition",
        .category = "ha-tang",
        .level = -1,
        .report = {.channel = "api", .client = "routing", .description = "…"},
        .unit = "SXD",
        .language = "vi",
        .details = {{"session", "20"}, {"delegate", "3"}},
        .detail_count = 2,
    };
}

static struct opening_request booking(const char *slot)
{
    return (struct opening_request){
        .process = "reception_booking",
        .category = "khac",
        .level = -1,
        .report = {.channel = "api", .client = "routing", .description = "…"},
        .language = "vi",
        .details = {{"slot", slot}, {"matter", "…"}},
        .detail_count = 2,
    };
}

static struct opening_request call(const char *reporter, const char *consent)
{
    return (struct opening_request){
        .process = "hotline_ticket",
        .category = "khac",
        .level = -1,
        .report = {.channel = "api", .client = "routing", .description = "…"},
        .unit = "VPUB",
        .language = "vi",
        .reporter_ref = reporter,
        .details = {{"call_at", "2026-11-24T01:00:00.000Z"}, {"consent", consent}},
        .detail_count = 2,
    };
}

static struct opening_context by(enum actor role)
{
    return (struct opening_context){.actor_role = role,
                                    .actor_ref = "caller",
                                    .id = uuid_new(),
                                    .ticket = "HN-2026-90000001-X",
                                    .now_us = counter_at(0, 9, 0),
                                    .arena = &counter_arena};
}

static const struct process *process_of(const struct opening_request *request)
{
    return process_find(&counter_book, request->process, 1);
}

static struct case_snapshot opens(const struct opening_request *request,
                                  const struct opening_context *context)
{
    struct case_snapshot opened;
    struct error err = {0};
    if (!opening_decide(&counter_city, process_of(request), request, context, &opened, &err)) {
        fail_msg("%s: %s %s", err.code, err.text, err.fields[0].field);
    }
    return opened;
}

static struct error is_refused(const struct opening_request *request,
                               const struct opening_context *context)
{
    struct case_snapshot opened;
    struct error err = {0};
    assert_false(
        opening_decide(&counter_city, process_of(request), request, context, &opened, &err));
    assert_true(error_is_set(&err));
    return err;
}

static void refused_for(const struct opening_request *request,
                        const struct opening_context *context, const char *field, const char *code)
{
    struct error err = is_refused(request, context);
    const char *found = counter_fault(&err, field);
    assert_non_null(found);
    assert_string_equal(found, code);
    assert_int_equal(err.field_count, 1);
}

/* ---- the process ---- */

static void process_is_in_force_and_opened_by_the_role(void **state)
{
    static const struct {
        const char *code;
        actor_set roles;
        enum error_kind refused; /* ERR_NONE: found */
    } rows[] = {
        {"voter_petition", ACTOR_BIT(ROLE_OFFICER), ERR_NONE},
        {"voter_petition", ACTOR_BIT(ROLE_CITIZEN), ERR_FORBIDDEN},
        {"voter_petition", 0, ERR_FORBIDDEN},
        {"reception_booking", ACTOR_BIT(ROLE_CITIZEN), ERR_NONE},
        {"hotline_ticket", ACTOR_BIT(ROLE_CITIZEN) | ACTOR_BIT(ROLE_HOTLINE_OPERATOR), ERR_NONE},
        {"onsite_report", ~(actor_set)0, ERR_INPUT},
        {"nothing", ~(actor_set)0, ERR_INPUT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        const struct process *process =
            opening_process(&counter_city, rows[i].code, rows[i].roles, counter_at(0, 9, 0), &err);
        assert_int_equal(process != NULL, rows[i].refused == ERR_NONE);
        assert_int_equal(err.kind, rows[i].refused);
    }
    struct error err = {0};
    assert_null(opening_process(&counter_city, "voter_petition", ~(actor_set)0, 0, &err));
}

/* ---- refusals ---- */

static void what_is_named_must_be_there(void **state)
{
    struct opening_request request = petition();
    struct opening_context office = by(ROLE_SUPERVISOR);
    (void)state;
    request.category = "nothing";
    refused_for(&request, &office, "category", "unknown_category");
    request = petition();
    request.unit = "NOWHERE";
    refused_for(&request, &office, "unit", "unknown_unit");
}

static void details_that_are_required_must_be_given(void **state)
{
    struct opening_request request = petition();
    struct opening_context office = by(ROLE_SUPERVISOR);
    (void)state;
    request.detail_count = 1;
    refused_for(&request, &office, "details.delegate", "required");
    request.detail_count = 0;
    struct error err = is_refused(&request, &office);
    assert_int_equal(err.field_count, 2);
}

static void residents_act_for_themselves(void **state)
{
    struct reception_slot slot = {.unit = "00070",
                                  .starts_at = counter_at(3, 9, 0),
                                  .ends_at = counter_at(3, 10, 0),
                                  .capacity = 1};
    struct opening_request request = booking("01a20c2c-ebba-7c41-a3d0-52be7f9c1d06");
    struct opening_context resident = by(ROLE_CITIZEN), officer = by(ROLE_OFFICER);
    (void)state;
    resident.slot = officer.slot = &slot;
    request.reporter_ref = "somebody";
    refused_for(&request, &resident, "reporter_ref", "not_allowed");
    assert_string_equal(opens(&request, &officer).reporter_ref, "somebody");
    request.reporter_ref = NULL;
    assert_string_equal(opens(&request, &resident).reporter_ref, "caller");
    request.unit = "SXD";
    refused_for(&request, &resident, "unit", "not_allowed");
    refused_for(&request, &officer, "unit", "not_allowed");
}

static void nobody_is_named_without_consent(void **state)
{
    struct opening_context operator= by(ROLE_HOTLINE_OPERATOR);
    struct opening_request agreed = call("p-1", "verbal"), refuses = call("p-1", "none"),
                           unnamed = call(NULL, "none"), unsaid = call(NULL, "written");
    (void)state;
    assert_string_equal(opens(&agreed, &operator).reporter_ref, "p-1");
    assert_string_equal(opens(&unnamed, &operator).reporter_ref, "caller");
    refused_for(&refuses, &operator, "reporter_ref", "no_consent");
    refused_for(&unsaid, &operator, "reporter_ref", "required");
}

static void a_slot_must_be_there_ahead_and_free(void **state)
{
    struct reception_slot slot = {.unit = "00070",
                                  .starts_at = counter_at(3, 9, 0),
                                  .ends_at = counter_at(3, 10, 0),
                                  .capacity = 2,
                                  .taken = 1};
    struct opening_request request = booking("01a20c2c-ebba-7c41-a3d0-52be7f9c1d06");
    struct opening_context resident = by(ROLE_CITIZEN);
    (void)state;
    refused_for(&request, &resident, "details.slot", "unknown_slot");
    resident.slot = &slot;
    opens(&request, &resident);
    resident.has_place_in_slot = true;
    struct error err = is_refused(&request, &resident);
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.code, "already_booked");
    resident.has_place_in_slot = false;
    slot.taken = 2;
    err = is_refused(&request, &resident);
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.code, "slot_taken");
    slot.taken = 0;
    slot.starts_at = resident.now_us;
    refused_for(&request, &resident, "details.slot", "past");
    slot.starts_at = resident.now_us + 1;
    opens(&request, &resident);
    slot.unit = "ENDED";
    refused_for(&request, &resident, "details.slot", "unknown_slot");
}

static void without_a_rule_it_is_for_later(void **state)
{
    struct opening_request request = petition();
    struct opening_context office = by(ROLE_SUPERVISOR);
    (void)state;
    office.now_us = counter_at(3000, 9, 0); /* past the calendar */
    struct error err = is_refused(&request, &office);
    assert_int_equal(err.kind, ERR_RETRY);
    assert_string_equal(err.code, "no_rule");
}

/* ---- the case ---- */

static void a_case_is_received_by_the_unit_that_was_named(void **state)
{
    struct opening_request request = petition();
    struct opening_context office = by(ROLE_SUPERVISOR);
    (void)state;
    struct case_snapshot opened = opens(&request, &office);
    assert_int_equal(opened.version, 1);
    assert_int_equal(case_phase(&opened), PHASE_RECEIVED);
    assert_string_equal(opened.unit, "SXD");
    assert_string_equal(opened.focal_point, "xuan");
    assert_string_equal(opened.routing_rule.code, "named-at-opening");
    assert_int_equal(opened.level, LEVEL_NORMAL);
    assert_int_equal(opened.queue, QUEUE_UNIT);
    assert_int_equal(clock_due(&opened.clocks[CASE_RECEIVE]), counter_at(1, 9, 0));
    assert_int_equal(opened.actor_role, ROLE_SUPERVISOR);
    assert_int_equal(opened.detail_count, 2);
    request.level = LEVEL_URGENT;
    assert_int_equal(opens(&request, &office).level, LEVEL_URGENT);
}

static void without_a_unit_the_rules_say_who(void **state)
{
    struct opening_request request = petition();
    struct opening_context office = by(ROLE_SUPERVISOR);
    (void)state;
    request.unit = NULL;
    struct case_snapshot opened = opens(&request, &office);
    assert_string_equal(opened.unit, "00070");
    assert_string_equal(opened.routing_rule.code, "route-ha-tang");
    assert_int_equal(opened.task_count, 1);
    request.category = "khac";
    opened = opens(&request, &office);
    assert_int_equal(opened.queue, QUEUE_UNROUTABLE);
    assert_null(opened.unit);
    assert_true(clock_is_running(&opened.clocks[CASE_DISPATCH]));
}

static void an_appointment_is_due_by_its_end_and_reminded_before_it_begins(void **state)
{
    struct reception_slot slot = {.unit = "SXD",
                                  .starts_at = counter_at(3, 9, 0),
                                  .ends_at = counter_at(3, 10, 0),
                                  .capacity = 1};
    struct opening_request request = booking("01a20c2c-ebba-7c41-a3d0-52be7f9c1d06");
    struct opening_context resident = by(ROLE_CITIZEN);
    (void)state;
    resident.slot = &slot;
    struct case_snapshot opened = opens(&request, &resident);
    assert_int_equal(case_phase(&opened), PHASE_WORKING);
    assert_string_equal(opened.unit, "SXD");
    assert_string_equal(opened.routing_rule.code, "reception-slot");
    assert_int_equal(case_due(&opened), slot.ends_at);
    assert_int_equal(opened.timeout_at, counter_at(2, 9, 0));
    assert_true(opened.clocks[CASE_RECEIVE].stopped);
    assert_int_equal(opened.detail_count, 3);
    assert_string_equal(opened.details[1].code, "slot_at");
    assert_string_equal(opened.details[1].text, "2026-11-27T02:00:00.000Z");
    assert_false(case_gives_place_back(&opened));
    slot.starts_at = counter_at(0, 15, 0); /* less than a day ahead: the reminder comes at once */
    assert_int_equal(opens(&request, &resident).timeout_at, resident.now_us);
}

static void a_part_has_reporter_channel_and_details_of_the_whole(void **state)
{
    struct opening_request request = petition(),
                           part = {.category = "khac",
                                   .level = -1,
                                   .report = {.channel = "open311", .description = "…"},
                                   .unit = "00070",
                                   .language = "vi",
                                   .note = "…"};
    struct opening_context office = by(ROLE_SUPERVISOR), focal = by(ROLE_FOCAL_POINT);
    (void)state;
    request.reporter_ref = "delegate";
    request.process = "voter_petition";
    struct case_snapshot whole = opens(&request, &office);
    focal.parent = &whole;
    part.process = "voter_petition";
    struct case_snapshot opened = opens(&part, &focal);
    assert_true(uuid_equal(&opened.split_from, &whole.id));
    assert_string_equal(whole.channel, "api");
    assert_string_equal(opened.reporter_ref, "delegate");
    assert_string_equal(opened.channel, "open311"); /* of the report that the whole was filed by */
    assert_int_equal(opened.detail_count, whole.detail_count);
    assert_string_equal(opened.details[1].text, whole.details[1].text);
    assert_string_equal(opened.unit, "00070");
    assert_string_equal(opened.note, "…");
    part.category = "nothing";
    refused_for(&part, &focal, "category", "unknown_category");
}

static void a_slot_is_asked_for_by_its_id(void **state)
{
    struct opening_request request = booking("01a20c2c-ebba-7c41-a3d0-52be7f9c1d06");
    struct uuid id;
    char text[UUID_TEXT_SIZE];
    (void)state;
    assert_true(case_slot_id(process_of(&request), request.details, request.detail_count, &id));
    assert_string_equal(uuid_format(&id, text), request.details[0].text);
    request.detail_count = 0;
    assert_false(case_slot_id(process_of(&request), request.details, request.detail_count, &id));
    request = petition();
    assert_false(case_slot_id(process_of(&request), request.details, request.detail_count, &id));
}

static void tickets_tell_year_number_and_check_digit(void **state)
{
    char text[TICKET_SIZE];
    (void)state;
    opening_ticket(90000001, counter_calendar, counter_at(0, 9, 0), text);
    assert_int_equal(strncmp(text, "HN-2026-90000001-", 17), 0);
    assert_int_equal(strlen(text), 18);
    opening_ticket(90000001, counter_calendar, counter_at(37, 23, 59), text);
    assert_int_equal(strncmp(text, "HN-2026-", 8), 0); /* 31 December, a minute before midnight */
    opening_ticket(90000001, counter_calendar, counter_at(38, 0, 0), text);
    assert_int_equal(strncmp(text, "HN-2027-", 8), 0);
    opening_ticket(999999999999, counter_calendar, counter_at(0, 9, 0), text);
    assert_int_equal(strlen(text), 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(process_is_in_force_and_opened_by_the_role),
        cmocka_unit_test(what_is_named_must_be_there),
        cmocka_unit_test(details_that_are_required_must_be_given),
        cmocka_unit_test(residents_act_for_themselves),
        cmocka_unit_test(nobody_is_named_without_consent),
        cmocka_unit_test(a_slot_must_be_there_ahead_and_free),
        cmocka_unit_test(without_a_rule_it_is_for_later),
        cmocka_unit_test(a_case_is_received_by_the_unit_that_was_named),
        cmocka_unit_test(without_a_unit_the_rules_say_who),
        cmocka_unit_test(an_appointment_is_due_by_its_end_and_reminded_before_it_begins),
        cmocka_unit_test(a_part_has_reporter_channel_and_details_of_the_whole),
        cmocka_unit_test(a_slot_is_asked_for_by_its_id),
        cmocka_unit_test(tickets_tell_year_number_and_check_digit),
    };
    return cmocka_run_group_tests(tests, counter_open, counter_close);
}
