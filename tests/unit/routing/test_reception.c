/* SPDX-License-Identifier: Apache-2.0 */
/* Which slots can be offered; every pair of two in one room against a model in minutes. */
#include "tests/unit/routing/counter.h"

#include "services/routing/reception_json.h"

static struct reception_slot slot(int days, int hour, int minutes)
{
    int64_t starts_at = counter_at(days, hour, 0);
    return (struct reception_slot){.unit = "00070",
                                   .room = "P.101",
                                   .starts_at = starts_at,
                                   .ends_at = starts_at + minutes * CALENDAR_MINUTE_US,
                                   .capacity = 1};
}

static void checks(const struct reception_slot *slots, size_t count, const char *field,
                   const char *code)
{
    struct error err = {0};
    bool good = reception_check(slots, count, counter_at(0, 9, 0), &err);
    assert_int_equal(good, field == NULL);
    if (field != NULL) {
        const char *found = counter_fault(&err, field);
        assert_non_null(found);
        assert_string_equal(found, code);
        assert_int_equal(err.field_count, 1);
    }
}

static void a_slot_lies_ahead_and_within_a_day(void **state)
{
    struct reception_slot good = slot(1, 9, 60), now = slot(0, 9, 60), year = slot(366, 9, 60),
                          beyond = slot(367, 9, 60), empty = slot(1, 9, 0), half = slot(1, 9, 720),
                          long_one = slot(1, 9, 721), odd = slot(1, 9, 60),
                          odd_end = slot(1, 9, 60);
    (void)state;
    odd.starts_at += 1;
    odd_end.ends_at += 1000000;
    checks(&good, 1, NULL, NULL);
    checks(&year, 1, NULL, NULL);
    checks(&half, 1, NULL, NULL);
    checks(&now, 1, "slots[0].starts_at", "past");
    checks(&beyond, 1, "slots[0].starts_at", "out_of_range");
    checks(&empty, 1, "slots[0].ends_at", "out_of_range");
    checks(&long_one, 1, "slots[0].ends_at", "out_of_range");
    checks(&odd, 1, "slots[0].starts_at", "not_allowed");
    checks(&odd_end, 1, "slots[0].ends_at", "not_allowed");
}

static void two_in_one_room_do_not_meet(void **state)
{
    (void)state;
    for (int from = 8; from <= 12; from++) {
        for (int length = 1; length <= 4; length++) {
            struct reception_slot slots[] = {slot(1, 10, 120), slot(1, from, length * 60)};
            bool meet = false;
            for (int hour = from; hour < from + length; hour++) {
                meet |= hour == 10 || hour == 11;
            }
            checks(slots, 2, meet ? "slots[1]" : NULL, "overlaps");
            slots[1].room = "P.102";
            checks(slots, 2, NULL, NULL);
        }
    }
}

static void every_faulty_slot_is_named(void **state)
{
    struct reception_slot slots[] = {slot(1, 9, 60), slot(0, 8, 60), slot(1, 9, 60),
                                     slot(1, 10, 60)};
    struct error err = {0};
    (void)state;
    assert_false(reception_check(slots, 4, counter_at(0, 9, 0), &err));
    assert_int_equal(err.field_count, 2);
    assert_string_equal(counter_fault(&err, "slots[1].starts_at"), "past");
    assert_string_equal(counter_fault(&err, "slots[2]"), "overlaps");
    reception_fault_taken(3, &err);
    assert_string_equal(counter_fault(&err, "slots[3]"), "overlaps");
}

static void slots_are_read_and_told(void **state)
{
    static const char text[] =
        "{\"slots\":[{\"starts_at\":\"2026-11-27T09:00:00+07:00\",\"ends_at\":"
        "\"2026-11-27T03:00:00Z\",\"capacity\":3,\"room\":\"P.101\"}]}";
    struct reception_slot slots[RECEPTION_SLOTS_MAX];
    struct buffer out;
    struct json_writer writer;
    size_t count;
    (void)state;
    assert_true(reception_json_read(slots, &count, text, sizeof text - 1, &counter_arena, NULL));
    assert_int_equal(count, 1);
    assert_int_equal(slots[0].starts_at, counter_at(3, 9, 0));
    assert_int_equal(slots[0].ends_at, counter_at(3, 10, 0));
    slots[0].unit = "00070";
    slots[0].taken = 1;
    buffer_init(&out);
    json_write_start(&writer, &out);
    reception_json_put(&writer, &slots[0]);
    assert_non_null(strstr(out.data, "\"starts_at\":\"2026-11-27T02:00:00.000Z\""));
    assert_non_null(strstr(out.data, "\"capacity\":3,\"free\":2}"));
    buffer_finish(&out);
}

static void faults_of_slots_name_their_field(void **state)
{
    static const struct {
        const char *text, *field, *code;
    } rows[] = {
        {"{}", "slots", "required"},
        {"{\"slots\":[]}", "slots", "too_few"},
        {"{\"slots\":{}}", "slots", "wrong_type"},
        {"{\"slots\":[7]}", "slots[0]", "wrong_type"},
        {"{\"slots\":[{\"starts_at\":\"2026-11-27T02:00:00Z\",\"ends_at\":\"2026-11-27\","
         "\"capacity\":1,\"room\":\"a\"}]}",
         "slots[0].ends_at", "bad_instant"},
        {"{\"slots\":[{\"starts_at\":\"2026-11-27T02:00:00Z\",\"ends_at\":"
         "\"2026-11-27T03:00:00Z\",\"capacity\":101,\"room\":\"a\"}]}",
         "slots[0].capacity", "out_of_range"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reception_slot slots[RECEPTION_SLOTS_MAX];
        struct error err = {0};
        size_t count;
        assert_false(reception_json_read(slots, &count, rows[i].text, strlen(rows[i].text),
                                         &counter_arena, &err));
        const char *code = counter_fault(&err, rows[i].field);
        if (code == NULL || strcmp(code, rows[i].code) != 0 || err.field_count != 1) {
            fail_msg("%s: %s %s", rows[i].text, err.fields[0].field, err.fields[0].code);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_lies_ahead_and_within_a_day),
        cmocka_unit_test(two_in_one_room_do_not_meet),
        cmocka_unit_test(every_faulty_slot_is_named),
        cmocka_unit_test(slots_are_read_and_told),
        cmocka_unit_test(faults_of_slots_name_their_field),
    };
    return cmocka_run_group_tests(tests, counter_open, counter_close);
}
