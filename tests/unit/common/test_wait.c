/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/wait.h"

struct fixture {
    uv_loop_t loop;
    struct wait *wait;
    int over, reads;
    int64_t stored_version; /* what a read finds */
};

static void on_over(void *arg)
{
    ++*(int *)arg;
}

static void read_versions(struct wait *wait, const struct uuid *ids, size_t count, void *arg)
{
    struct fixture *fixture = arg;
    fixture->reads++;
    for (size_t i = 0; i < count; i++) {
        struct uuid id = ids[i];
        wait_reached(wait, &id, fixture->stored_version);
    }
    wait_read_done(wait);
}

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.over = 0};
    uv_loop_init(&fixture.loop);
    struct wait_config config = {
        .period_ms = 5, .waiters_max = 2, .read = read_versions, .arg = &fixture};
    fixture.wait = wait_new(&fixture.loop, &config);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    wait_free(fixture->wait);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    return uv_loop_close(&fixture->loop);
}

static const struct uuid one = {{1}}, two = {{2}};

static void a_commit_wakes_whom_it_satisfies(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    int low = 0, high = 0;
    assert_true(wait_for(fixture->wait, &one, 2, 1000, on_over, &low, &err));
    assert_true(wait_for(fixture->wait, &one, 3, 1000, on_over, &high, &err));
    wait_reached(fixture->wait, &two, 9);
    wait_reached(fixture->wait, &one, 1);
    assert_int_equal(low + high, 0);
    wait_reached(fixture->wait, &one, 2);
    assert_int_equal(low, 1);
    assert_int_equal(high, 0);
    wait_reached(fixture->wait, &one, 5);
    assert_int_equal(high, 1);
}

static void another_replicas_commit_is_found_by_reading(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    fixture->stored_version = 7;
    assert_true(wait_for(fixture->wait, &one, 7, 1000, on_over, &fixture->over, &err));
    uv_run(&fixture->loop, UV_RUN_DEFAULT); /* ends when the timer stops */
    assert_int_equal(fixture->over, 1);
    assert_int_equal(fixture->reads, 1);
}

static void waiting_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    assert_true(wait_for(fixture->wait, &one, 1, 20, on_over, &fixture->over, &err));
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(fixture->over, 1);
}

static void too_many_waiters_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    assert_true(wait_for(fixture->wait, &one, 1, 20, on_over, &fixture->over, &err));
    assert_true(wait_for(fixture->wait, &two, 1, 20, on_over, &fixture->over, &err));
    assert_false(wait_for(fixture->wait, &two, 1, 20, on_over, &fixture->over, &err));
    assert_int_equal(err.kind, ERR_BUSY);
}

static void a_known_version_needs_no_wait(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    assert_false(wait_is_due(fixture->wait, &one, 2)); /* nothing is known: read */
    wait_reached(fixture->wait, &one, 3);
    wait_reached(fixture->wait, &one, 2); /* late: what is known only grows */
    assert_false(wait_is_due(fixture->wait, &one, 3));
    assert_true(wait_is_due(fixture->wait, &one, 4));
    assert_false(wait_is_due(fixture->wait, &two, 4));
    assert_true(wait_for(fixture->wait, &one, 3, 1000, on_over, &fixture->over, &err));
    assert_int_equal(fixture->over, 1);
    assert_true(wait_for(fixture->wait, &one, 4, 0, on_over, &fixture->over, &err));
    assert_int_equal(fixture->over, 2);
    assert_int_equal(fixture->reads, 0);
}

static void newer_aggregates_push_out_older_ones(void **state)
{
    struct fixture *fixture = *state;
    struct uuid same_bucket = {{7, [14] = 4, [15] = 0}}, first = {{1, [14] = 0, [15] = 0}};
    wait_reached(fixture->wait, &first, 1);
    assert_true(wait_is_due(fixture->wait, &first, 2));
    wait_reached(fixture->wait, &same_bucket, 1);
    assert_false(wait_is_due(fixture->wait, &first, 2));
    assert_true(wait_is_due(fixture->wait, &same_bucket, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_wakes_whom_it_satisfies, setup, teardown),
        cmocka_unit_test_setup_teardown(another_replicas_commit_is_found_by_reading, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(waiting_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_waiters_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_known_version_needs_no_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(newer_aggregates_push_out_older_ones, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
