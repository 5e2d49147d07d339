/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analytics/example.h"

#include "services/analytics/delivery_counter.h"
#include "services/analytics/delivery_fact_json.h"

static bool read(const struct example *example, struct arena *arena, struct error *err)
{
    struct delivery_fact delivery;
    return delivery_fact_read(&delivery, delivery_outcome_of(example->type), example->data,
                              example->data_size, arena, err);
}

static void every_example_of_a_delivery_is_judged_right(void **state)
{
    (void)state;
    examples_check("vn.hanoi.delivery.*.v1", 6 + 12, read);
}

static struct delivery_fact delivery_of(const char *name, struct arena *arena)
{
    struct example example;
    struct delivery_fact delivery;
    char path[256];
    snprintf(path, sizeof path, "proto/examples/vn.hanoi.delivery.%s.json", name);
    example_read(&example, path, arena);
    assert_true(delivery_fact_read(&delivery, delivery_outcome_of(example.type), example.data,
                                   example.data_size, arena, NULL));
    return delivery;
}

static void types_tell_the_outcome(void **state)
{
    (void)state;
    assert_int_equal(delivery_outcome_of("vn.hanoi.delivery.sent.v1"), DELIVERY_SENT);
    assert_int_equal(delivery_outcome_of("vn.hanoi.delivery.failed.v1"), DELIVERY_FAILED);
    assert_int_equal(delivery_outcome_of("vn.hanoi.delivery.skipped.v1"), DELIVERY_SKIPPED);
    assert_int_equal(delivery_outcome_of("vn.hanoi.delivery.seen.v1"), DELIVERY_OUTCOMES);
    assert_int_equal(delivery_outcome_of(NULL), DELIVERY_OUTCOMES);
}

static void a_later_try_stands_and_what_got_through(void **state)
{
    static const struct {
        enum delivery_outcome outcome;
        int attempts;
    } rising[] = {{DELIVERY_SKIPPED, 0}, {DELIVERY_FAILED, 1},
                  {DELIVERY_SENT, 1},    {DELIVERY_SKIPPED, 2},
                  {DELIVERY_FAILED, 2},  {DELIVERY_SENT, 2},
                  {DELIVERY_FAILED, 8},  {DELIVERY_SENT, DELIVERY_ATTEMPTS_MAX}};
    struct arena arena;
    int32_t before = 0;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++) {
        struct delivery_fact delivery = {.outcome = rising[i].outcome,
                                         .attempts = rising[i].attempts};
        int32_t version = delivery_tell(&delivery, &arena).version;
        assert_true(version > before);
        before = version;
    }
    arena_finish(&arena);
}

static void what_is_stored_is_what_was_told(void **state)
{
    struct delivery_fact delivery, stored;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    delivery = delivery_of("failed.v1/minimal", &arena);
    struct told_fact told = delivery_tell(&delivery, &arena);
    assert_true(uuid_equal(&told.id, &delivery.delivery_id));
    assert_int_equal(told.subject, SUBJECT_DELIVERIES);
    assert_true(delivery_unpack(&stored, told.body.bytes, told.body.size, &arena));
    assert_int_equal(stored.outcome, DELIVERY_FAILED);
    assert_string_equal(stored.channel, "email");
    assert_string_equal(stored.reason, "mailbox_unknown");
    assert_true(stored.at == delivery.at);
    for (size_t size = 0; size < told.body.size; size++) {
        assert_false(delivery_unpack(&stored, told.body.bytes, size, &arena));
    }
    arena_finish(&arena);
}

static void a_delivery_counts_by_its_outcome(void **state)
{
    static const struct {
        const char *name, *reason;
        int counter;
    } rows[] = {
        {"sent.v1/minimal", NULL, DELIVERIES_SENT},
        {"sent.v1/maximal", NULL, DELIVERIES_SENT}, /* its first try had a reason */
        {"failed.v1/minimal", "mailbox_unknown", DELIVERIES_FAILED},
        {"skipped.v1/minimal", "no_contact", DELIVERIES_SKIPPED},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct delivery_fact delivery = delivery_of(rows[i].name, &arena);
        struct contribution counts;
        delivery_count(&counts, &delivery);
        assert_true(counts.counts && counts.bucket == SKETCH_NONE);
        assert_true(counts.marks ==
                    (UINT64_C(1) << DELIVERIES_ALL | UINT64_C(1) << rows[i].counter));
        assert_string_equal(counts.members[DIMENSION_CHANNEL], delivery.channel);
        if (rows[i].reason == NULL) {
            assert_null(counts.members[DIMENSION_REASON]);
        } else {
            assert_string_equal(counts.members[DIMENSION_REASON], rows[i].reason);
        }
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_of_a_delivery_is_judged_right),
        cmocka_unit_test(types_tell_the_outcome),
        cmocka_unit_test(a_later_try_stands_and_what_got_through),
        cmocka_unit_test(what_is_stored_is_what_was_told),
        cmocka_unit_test(a_delivery_counts_by_its_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
