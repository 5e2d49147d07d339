/* SPDX-License-Identifier: Apache-2.0 */
/* What only some processes ask for: which of it is sound, and how it is found. */
#include "tests/unit/routing/counter.h"

#include "services/routing/case_detail.h"

static void details_are_found_by_code_and_by_type(void **state)
{
    static const struct case_detail details[] = {{"slot", "01a20c2c-ebba-7c41-a3d0-52be7f9c1d06"},
                                                 {"matter", "…"}};
    const struct process *booking = process_find(&counter_book, "reception_booking", 1);
    const struct process *report = process_find(&counter_book, "onsite_report", 1);
    (void)state;
    assert_string_equal(case_detail_find(details, 2, "matter"), "…");
    assert_null(case_detail_find(details, 1, "matter"));
    assert_ptr_equal(case_detail_of(booking, DETAIL_SLOT, details, 2), details[0].text);
    assert_null(case_detail_of(booking, DETAIL_SLOT_TIME, details, 2));
    assert_null(case_detail_of(report, DETAIL_SLOT, details, 2));
}

static void a_place_is_given_back_by_who_withdraws_a_booking(void **state)
{
    static const struct {
        const char *process, *before, *now;
        bool gives;
    } rows[] = {
        {"reception_booking", "booked", "cancelled", true},
        {"reception_booking", "upcoming", "cancelled", true},
        {"reception_booking", "cancelled", "cancelled", false},
        {"reception_booking", "booked", "upcoming", false},
        {"reception_booking", "upcoming", "attended", false},
        {"reception_booking", "upcoming", "absent", false},
        {"voter_petition", "received", "withdrawn", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct process *process = process_find(&counter_book, rows[i].process, 1);
        struct case_snapshot after = {.process = process,
                                      .previous_state = process_state_find(process, rows[i].before),
                                      .state = process_state_find(process, rows[i].now)};
        assert_int_equal(case_gives_place_back(&after), rows[i].gives);
    }
}

static void processes_whose_details_contradict_are_refused(void **state)
{
    static const struct {
        struct process_detail details[2];
        enum deadline_clock clock;
        const char *field; /* NULL: sound */
    } rows[] = {
        {{{"slot", DETAIL_SLOT, true, 36, NULL}, {"at", DETAIL_SLOT_TIME, false, 36, NULL}},
         DEADLINE_APPOINTMENT,
         NULL},
        {{{"slot", DETAIL_SLOT, false, 36, NULL}, {"at", DETAIL_SLOT_TIME, false, 36, NULL}},
         DEADLINE_APPOINTMENT,
         "details.slot"},
        {{{"slot", DETAIL_SLOT, true, 36, NULL}, {"other", DETAIL_SLOT, true, 36, NULL}},
         DEADLINE_APPOINTMENT,
         "details.other"},
        {{{"slot", DETAIL_SLOT, true, 36, NULL}, {"text", DETAIL_TEXT, false, 36, NULL}},
         DEADLINE_APPOINTMENT,
         "states.booked"},
        {{{"text", DETAIL_TEXT, true, 36, NULL}, {"at", DETAIL_SLOT_TIME, false, 36, NULL}},
         DEADLINE_ANSWER,
         "details.at"},
        {{{"text", DETAIL_TEXT, true, 36, NULL}, {"more", DETAIL_TEXT, true, 36, NULL}},
         DEADLINE_APPOINTMENT,
         "states.booked"},
        {{{"text", DETAIL_TEXT, true, 36, NULL}, {"more", DETAIL_TEXT, true, 36, NULL}},
         DEADLINE_ANSWER,
         NULL},
        {{{"by", DETAIL_DEADLINE, false, 36, NULL}, {"till", DETAIL_DEADLINE, false, 36, NULL}},
         DEADLINE_ANSWER,
         "details.till"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct process process = {
            .states = {{.code = "booked", .timeout_action = 0, .timeout_clock = rows[i].clock}},
            .state_count = 1,
            .details = {rows[i].details[0], rows[i].details[1]},
            .detail_count = 2};
        struct error err = {0};
        bool sound = process_check_details(&process, &err);
        if (sound != (rows[i].field == NULL) ||
            (!sound && counter_fault(&err, rows[i].field) == NULL)) {
            fail_msg("row %zu: %s", i, err.fields[0].field);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(details_are_found_by_code_and_by_type),
        cmocka_unit_test(a_place_is_given_back_by_who_withdraws_a_booking),
        cmocka_unit_test(processes_whose_details_contradict_are_refused),
    };
    return cmocka_run_group_tests(tests, counter_open, counter_close);
}
