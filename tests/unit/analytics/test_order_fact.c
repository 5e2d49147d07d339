/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analytics/example.h"

#include "services/analytics/order_counter.h"
#include "services/analytics/order_fact_json.h"

static bool read(const struct example *example, struct arena *arena, struct error *err)
{
    struct order_fact order;
    return order_fact_read(&order, example->type, example->data, example->data_size, arena, err);
}

static void every_example_of_an_order_is_judged_right(void **state)
{
    (void)state;
    examples_check("vn.hanoi.order.*.v1", 15 + 26, read);
}

static struct order_fact order_of(const char *name, struct arena *arena)
{
    struct example example;
    struct order_fact order;
    char path[256];
    snprintf(path, sizeof path, "proto/examples/vn.hanoi.order.%s.json", name);
    example_read(&example, path, arena);
    assert_true(
        order_fact_read(&order, example.type, example.data, example.data_size, arena, NULL));
    return order;
}

static void an_order_counts_by_how_it_stands(void **state)
{
    static const struct {
        const char *name;
        enum order_state state;
        bool paid, refunded;
        const char *reason;
    } rows[] = {
        {"placed.v1/minimal", ORDER_PLACED, false, false, NULL},
        {"paid.v1/minimal", ORDER_PAID, true, false, NULL},
        {"fulfilled.v1/minimal", ORDER_FULFILLED, true, false, NULL},
        {"failed.v1/minimal", ORDER_FAILED, false, false, "payment_refused"},
        {"failed.v1/maximal", ORDER_FAILED, true, false, "provider_refused"},
        {"expired.v1/minimal", ORDER_EXPIRED, false, false, NULL},
        {"refunded.v1/minimal", ORDER_CANCELLED, true, true, "not_fulfilled"},
        {"refunded.v1/maximal", ORDER_FULFILLED, true, true, "left_early"},
        {"refunded.v1/after_failure", ORDER_FAILED, true, true, "provider_refused"},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct order_fact order = order_of(rows[i].name, &arena);
        struct contribution counts;
        order_count(&counts, &order);
        const char *reason = counts.members[DIMENSION_REASON];
        bool ended = rows[i].state != ORDER_PLACED && rows[i].state != ORDER_PAID;
        uint64_t marks =
            UINT64_C(1) << ORDERS_ALL | UINT64_C(1) << (ORDERS_STATE_FIRST + (int)rows[i].state);
        marks |= (uint64_t)rows[i].paid << ORDERS_EVER_PAID;
        marks |= (uint64_t)(rows[i].paid && ended) << ORDERS_PAID_SETTLED;
        marks |= (uint64_t)rows[i].refunded << ORDERS_REFUNDED;
        if (counts.marks != marks || (reason == NULL) != (rows[i].reason == NULL) ||
            (reason != NULL && strcmp(reason, rows[i].reason) != 0)) {
            fail_msg("%s: marks %llx, reason %s", rows[i].name, (unsigned long long)counts.marks,
                     reason != NULL ? reason : "none");
        }
        assert_true(counts.amounts[0] == (rows[i].paid ? order.amount : 0));
        assert_true(counts.amounts[1] == order.refunded);
        assert_int_equal(counts.bucket != SKETCH_NONE, rows[i].state == ORDER_FULFILLED);
        assert_string_equal(counts.members[DIMENSION_PROCESS], order.service);
        assert_string_equal(counts.members[DIMENSION_UNIT], order.provider);
    }
    arena_finish(&arena);
}

static void what_is_stored_is_what_was_told(void **state)
{
    struct order_fact order, stored;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    order = order_of("refunded.v1/maximal", &arena);
    struct told_fact told = order_tell(&order, &arena);
    assert_true(uuid_equal(&told.id, &order.order_id));
    assert_int_equal(told.version, 5);
    assert_int_equal(told.subject, SUBJECT_ORDERS);
    assert_true(order_unpack(&stored, told.body.bytes, told.body.size, &arena));
    assert_string_equal(stored.service, "parking");
    assert_string_equal(stored.provider, "KTTDX");
    assert_string_equal(stored.channel, "app");
    assert_string_equal(stored.refunded_reason, "left_early");
    assert_null(stored.failed_reason);
    assert_true(stored.amount == 25000 && stored.refunded == 10000);
    assert_true(stored.paid_at == order.paid_at && stored.fulfilled_at == order.fulfilled_at);
    assert_true(stored.at == order.refunded_at && stored.expired_at == 0);
    for (size_t size = 0; size < told.body.size; size++) {
        assert_false(order_unpack(&stored, told.body.bytes, size, &arena));
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_of_an_order_is_judged_right),
        cmocka_unit_test(an_order_counts_by_how_it_stands),
        cmocka_unit_test(what_is_stored_is_what_was_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
