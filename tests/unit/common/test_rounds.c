/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rounds.h"

enum { EVERY_MS = 2, LONG_MS = 20 };

/* What a round does, so that it takes as long as a test wants. */
struct fixture {
    uv_loop_t loop;
    uv_timer_t later;
    struct rounds *rounds;
    bool ends_at_once, closes_at_once;
    bool under_way;
    int asks; /* for as many more rounds, one in each */
    int begun, freed, closed;
};

static void on_closed(void *arg)
{
    struct fixture *fixture = arg;
    assert_int_equal(fixture->freed, 1);
    fixture->closed++;
}

static void end_round(struct fixture *fixture)
{
    assert_true(fixture->under_way);
    fixture->under_way = false;
    rounds_end(fixture->rounds);
}

static void begin(void *state)
{
    struct fixture *fixture = state;
    assert_false(fixture->under_way);
    assert_int_equal(fixture->freed, 0);
    fixture->under_way = true;
    fixture->begun++;
    if (fixture->asks > 0) {
        fixture->asks--;
        rounds_begin_now(fixture->rounds);
        rounds_begin_now(fixture->rounds); /* one follows, not two */
    }
    if (fixture->closes_at_once) {
        rounds_close(fixture->rounds, on_closed, fixture);
    }
    if (fixture->ends_at_once) {
        end_round(fixture);
    }
}

static void free_state(void *state)
{
    struct fixture *fixture = state;
    assert_false(fixture->under_way);
    assert_int_equal(fixture->closed, 0);
    fixture->freed++;
}

static void start(struct fixture *fixture, unsigned first_ms, unsigned every_ms)
{
    const struct rounds_work work = {.begin = begin, .free = free_state, .state = fixture};
    fixture->rounds = rounds_new(&fixture->loop, &work, first_ms, every_ms);
}

static void on_later(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Timers of this many milliseconds have run, and what follows from them. */
static void run_for(struct fixture *fixture, unsigned ms)
{
    uv_update_time(&fixture->loop);
    uv_timer_start(&fixture->later, on_later, ms, 0);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
}

static void run_until_begun(struct fixture *fixture, int rounds)
{
    while (fixture->begun < rounds) {
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
}

static void close_idle(struct fixture *fixture)
{
    rounds_close(fixture->rounds, on_closed, fixture);
    run_for(fixture, 0);
    assert_int_equal(fixture->closed, 1);
}

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.begun = 0};
    uv_loop_init(&fixture.loop);
    uv_timer_init(&fixture.loop, &fixture.later);
    *state = &fixture;
    return 0;
}

/* Fails when a handle was left behind. */
static int teardown(void **state)
{
    struct fixture *fixture = *state;
    uv_close((uv_handle_t *)&fixture->later, NULL);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    return uv_loop_close(&fixture->loop);
}

static void the_timer_begins_rounds_again_and_again(void **state)
{
    struct fixture *fixture = *state;
    fixture->ends_at_once = true;
    start(fixture, 0, EVERY_MS);
    assert_int_equal(fixture->begun, 0);
    run_until_begun(fixture, 4);
    close_idle(fixture);
}

static void the_timer_begins_none_while_one_is_under_way(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, EVERY_MS);
    run_for(fixture, LONG_MS);
    assert_int_equal(fixture->begun, 1);
    end_round(fixture);
    assert_int_equal(fixture->begun, 1); /* what the timer missed is not made up for */
    run_until_begun(fixture, 2);
    end_round(fixture);
    close_idle(fixture);
}

static void without_a_period_rounds_begin_only_when_told(void **state)
{
    struct fixture *fixture = *state;
    fixture->ends_at_once = true;
    start(fixture, 0, 0);
    run_for(fixture, LONG_MS);
    assert_int_equal(fixture->begun, 0);
    rounds_begin_now(fixture->rounds);
    assert_int_equal(fixture->begun, 1);
    close_idle(fixture);
}

static void a_round_asked_for_meanwhile_follows_once(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, 0);
    rounds_begin_now(fixture->rounds);
    rounds_begin_now(fixture->rounds);
    rounds_begin_now(fixture->rounds);
    assert_int_equal(fixture->begun, 1);
    end_round(fixture);
    assert_int_equal(fixture->begun, 2);
    end_round(fixture);
    assert_int_equal(fixture->begun, 2);
    close_idle(fixture);
}

static void a_round_that_ends_at_once_may_ask_for_another(void **state)
{
    struct fixture *fixture = *state;
    fixture->ends_at_once = true;
    fixture->asks = 2;
    start(fixture, 0, 0);
    rounds_begin_now(fixture->rounds);
    assert_int_equal(fixture->begun, 3);
    close_idle(fixture);
}

static void closing_while_idle_begins_no_more(void **state)
{
    struct fixture *fixture = *state;
    fixture->ends_at_once = true;
    start(fixture, 0, EVERY_MS);
    rounds_close(fixture->rounds, on_closed, fixture);
    assert_true(rounds_are_closing(fixture->rounds));
    assert_int_equal(fixture->freed, 0); /* until the caller has returned to the loop */
    rounds_begin_now(fixture->rounds);
    run_for(fixture, LONG_MS);
    assert_int_equal(fixture->begun, 0);
    assert_int_equal(fixture->freed, 1);
    assert_int_equal(fixture->closed, 1);
}

static void closing_waits_for_the_round_under_way(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, EVERY_MS);
    rounds_begin_now(fixture->rounds);
    rounds_begin_now(fixture->rounds); /* the one that was to follow does not */
    assert_false(rounds_are_closing(fixture->rounds));
    rounds_close(fixture->rounds, on_closed, fixture);
    assert_true(rounds_are_closing(fixture->rounds));
    run_for(fixture, LONG_MS);
    assert_int_equal(fixture->freed, 0);
    rounds_begin_now(fixture->rounds);
    end_round(fixture);
    assert_int_equal(fixture->freed, 0);
    run_for(fixture, LONG_MS);
    assert_int_equal(fixture->begun, 1);
    assert_int_equal(fixture->freed, 1);
    assert_int_equal(fixture->closed, 1);
}

static void closing_from_within_begin_waits_for_its_round(void **state)
{
    struct fixture *fixture = *state;
    fixture->closes_at_once = true;
    start(fixture, 0, EVERY_MS);
    run_for(fixture, LONG_MS);
    assert_int_equal(fixture->begun, 1);
    assert_int_equal(fixture->freed, 0);
    end_round(fixture);
    run_for(fixture, 0);
    assert_int_equal(fixture->closed, 1);
}

static void a_round_may_close_and_end_at_once(void **state)
{
    struct fixture *fixture = *state;
    fixture->closes_at_once = fixture->ends_at_once = true;
    fixture->asks = 1; /* in vain */
    start(fixture, 0, EVERY_MS);
    run_for(fixture, LONG_MS);
    assert_int_equal(fixture->begun, 1);
    assert_int_equal(fixture->freed, 1);
    assert_int_equal(fixture->closed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_timer_begins_rounds_again_and_again, setup, teardown),
        cmocka_unit_test_setup_teardown(the_timer_begins_none_while_one_is_under_way, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(without_a_period_rounds_begin_only_when_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_round_asked_for_meanwhile_follows_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_round_that_ends_at_once_may_ask_for_another, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(closing_while_idle_begins_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_waits_for_the_round_under_way, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_from_within_begin_waits_for_its_round, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_round_may_close_and_end_at_once, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
