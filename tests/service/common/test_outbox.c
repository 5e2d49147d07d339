/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/service/common/stack.h"

enum { SEEN_MAX = 6000 };

static char topic[64]; /* of the running test; one partition */

struct seen {
    size_t count;
    char ids[SEEN_MAX][UUID_TEXT_SIZE];
    char values[SEEN_MAX][16];
};

static struct seen seen;

static void look(const rd_kafka_message_t *message, void *arg)
{
    rd_kafka_headers_t *headers;
    const void *id = "";
    size_t size = 0;
    (void)arg;

    assert_true(seen.count < SEEN_MAX);
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_header_get_last(headers, "ce_id", &id, &size);
    }
    snprintf(seen.ids[seen.count], UUID_TEXT_SIZE, "%.*s", (int)size, (const char *)id);
    snprintf(seen.values[seen.count], sizeof seen.values[0], "%.*s", (int)message->len,
             (const char *)message->payload);
    seen.count++;
}

static void read_topic(void)
{
    seen.count = 0;
    stack_read_topic(topic, look, NULL);
}

static int set_up(void **state)
{
    (void)state;
    stack_reset_database();
    snprintf(topic, sizeof topic, "test.outbox.%d.%llu", (int)getpid(),
             (unsigned long long)clock_monotonic_us());
    stack_topic_create(topic, 1);
    return 0;
}

static struct outbox_item *stage(struct stack *stack, const struct uuid *command, const char *data,
                                 struct uuid *id)
{
    struct event event = stack_event(topic, "a", data);
    if (id != NULL) {
        *id = event.id;
    }
    return outbox_stage(stack->outbox, &event, command);
}

/* Makes count things in one transaction and publishes their events; values are their numbers. */
static void make_things(struct stack *stack, size_t count, unsigned first, struct uuid *ids)
{
    struct uuid *commands = calloc(count, sizeof *commands);
    struct outbox_item **items = calloc(count, sizeof(struct outbox_item *));
    char data[16];

    for (size_t i = 0; i < count; i++) {
        commands[i] = uuid_new();
        snprintf(data, sizeof data, "%zu", first + i);
        items[i] = stage(stack, &commands[i], data, ids == NULL ? NULL : &ids[i]);
    }
    struct ending ending = run(stack->pool, stack_tx(stack, commands, count, items, count));
    assert_int_equal(ending.outcome, PG_COMMITTED);
    for (size_t i = 0; i < count; i++) {
        outbox_publish(stack->outbox, items[i]);
    }
    free(commands);
    free(items);
}

/* A process that makes things while Kafka is away, and dies without a word. */
static void die_with_things(const char *instance, size_t count, struct uuid *ids)
{
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t child = fork();
    if (child == 0) {
        struct stack *stack =
            stack_open((struct stack_config){.instance = instance, .brokers = "127.0.0.1:1"});
        make_things(stack, count, 0, ids);
        ssize_t size = (ssize_t)(count * sizeof *ids);
        _exit(write(pipe_fds[1], ids, (size_t)size) == size ? 0 : 1);
    }
    assert_int_equal(read(pipe_fds[0], ids, count * sizeof *ids), count * sizeof *ids);
    int status;
    waitpid(child, &status, 0);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void assert_seen_ids(const struct uuid *ids, size_t count)
{
    char text[UUID_TEXT_SIZE];
    assert_int_equal(seen.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(seen.ids[i], uuid_format(&ids[i], text));
    }
}

/* ---- tests ---- */

static void committed_is_published_and_acknowledged(void **state)
{
    struct uuid ids[3];
    (void)state;
    struct stack *stack = stack_open((struct stack_config){0});
    make_things(stack, 3, 0, ids);
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    read_topic();
    assert_seen_ids(ids, 3);
    assert_int_equal(database_run("SELECT published FROM outbox_slot"), 3);
    assert_int_equal(database_run("SELECT count(*) FROM outbox_slot WHERE leased_until > now()"),
                     0);
}

static void not_taken_is_dropped(void **state)
{
    struct uuid commands[2] = {uuid_new(), uuid_new()}, id;
    (void)state;
    struct stack *stack = stack_open((struct stack_config){0});
    struct outbox_item *items[2] = {stage(stack, &commands[0], "1", &id),
                                    stage(stack, &commands[1], "2", NULL)};
    struct ending ending = run(stack->pool, stack_tx(stack, commands, 1, items, 2));
    assert_int_equal(ending.outcome, PG_COMMITTED);
    outbox_drop(stack->outbox, items[1]);
    outbox_publish(stack->outbox, items[0]);
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    assert_int_equal(database_run("SELECT count(*) FROM outbox"), 1);
    read_topic();
    assert_seen_ids(&id, 1);
}

static void crash_is_recovered_with_the_same_ids(void **state)
{
    struct uuid ids[40];
    (void)state;
    die_with_things("test-0", 40, ids);
    struct stack *stack = stack_open((struct stack_config){0});
    make_things(stack, 1, 99, NULL); /* comes behind */
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    stack = stack_open((struct stack_config){0}); /* nothing is left to say */
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    read_topic();
    assert_int_equal(seen.count, 41);
    assert_string_equal(seen.values[40], "99");
    seen.count = 40;
    assert_seen_ids(ids, 40);
    assert_int_equal(database_run("SELECT count(*) FROM outbox_slot"), 1);
}

static void beyond_memory_the_table_is_read_in_order(void **state)
{
    enum { THINGS = 5000 };
    char expected[16];
    (void)state;
    struct stack *stack = stack_open((struct stack_config){.memory_max = 20000});
    for (unsigned i = 0; i < THINGS; i += 500) {
        make_things(stack, 500, i, NULL);
    }
    assert_true(stack->outbox->in_table > 0);
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    read_topic();
    assert_int_equal(seen.count, THINGS);
    for (unsigned i = 0; i < THINGS; i++) {
        snprintf(expected, sizeof expected, "%u", i);
        assert_string_equal(seen.values[i], expected);
    }
}

static void doubt_is_settled_by_the_table(void **state)
{
    struct uuid commands[2] = {uuid_new(), uuid_new()}, id;
    (void)state;
    struct stack *stack = stack_open((struct stack_config){0});
    struct outbox_item *items[2] = {stage(stack, &commands[0], "1", &id),
                                    stage(stack, &commands[1], "2", NULL)};
    struct pg_tx *late = stack_tx(stack, &commands[1], 1, &items[1], 1);
    run(stack->pool, stack_tx(stack, &commands[0], 1, &items[0], 1));
    outbox_doubt(stack->outbox, items[0]);
    outbox_doubt(stack->outbox, items[1]);
    assert_true(stack_wait(stack, stack_is_drained));

    struct ending ending = run(stack->pool, late); /* a transaction that was on its way */
    assert_int_equal(ending.outcome, PG_REFUSED);
    assert_string_equal(ending.sqlstate, "23505");
    stack_close(stack, 5000);
    read_topic();
    assert_seen_ids(&id, 1);
    assert_int_equal(database_run("SELECT count(*) FROM thing"), 1);
}

static void orphans_are_adopted(void **state)
{
    struct uuid ids[40];
    (void)state;
    die_with_things("test-1", 40, ids);
    database_run("UPDATE outbox_slot SET leased_until = now() - interval '1 hour'");
    struct stack *stack = stack_open((struct stack_config){.instance = "test-2"});
    stack->outbox->steady_since_us = 0;
    stack->outbox->adopt_us = 0;
    uint64_t deadline = clock_monotonic_us() + STACK_WAIT_US;
    while (database_run("SELECT count(*) FROM outbox_slot WHERE owner = 'test-1'") > 0 &&
           clock_monotonic_us() < deadline) {
        stack_turn_for(stack, 50);
    }
    make_things(stack, 1, 99, NULL);
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    read_topic();
    assert_int_equal(seen.count, 41);
    seen.count = 40;
    assert_seen_ids(ids, 40);
    assert_int_equal(database_run("SELECT count(*) FROM outbox_slot WHERE owner = ''"), 1);
}

static void former_owner_is_refused(void **state)
{
    struct uuid command = uuid_new();
    (void)state;
    struct stack *former = stack_open((struct stack_config){0});
    struct stack *owner = stack_open((struct stack_config){0});
    struct outbox_item *item = stage(former, &command, "1", NULL);
    struct ending ending = run(former->pool, stack_tx(former, &command, 1, &item, 1));
    assert_int_equal(ending.outcome, PG_REFUSED);
    assert_string_equal(ending.sqlstate, "IH001");
    outbox_drop(former->outbox, item);
    assert_true(stack_wait(former, stack_is_lost));
    assert_int_equal(database_run("SELECT count(*) FROM thing"), 0);
    stack_close(former, 0);
    stack_close(owner, 5000);
}

static void too_large_is_parked_and_passed(void **state)
{
    struct uuid command = uuid_new();
    char *huge = malloc(900001);
    (void)state;
    for (size_t i = 0; i < 900000; i++) {
        huge[i] = (char)('a' + random() % 26); /* must not compress */
    }
    huge[900000] = '\0';
    struct stack *stack = stack_open((struct stack_config){0});
    struct outbox_item *item =
        outbox_stage_raw(stack->outbox, topic, "a", 1, NULL, 0, huge, 900000, &command);
    struct ending ending = run(stack->pool, stack_tx(stack, &command, 1, &item, 1));
    assert_int_equal(ending.outcome, PG_COMMITTED);
    outbox_publish(stack->outbox, item);
    make_things(stack, 1, 7, NULL);
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    assert_int_equal(database_run("SELECT count(*) FROM outbox_parked"), 1);
    read_topic();
    assert_int_equal(seen.count, 1);
    free(huge);
}

static void killed_database_loses_and_repeats_nothing(void **state)
{
    struct uuid ids[60];
    char command[400];
    (void)state;
    if (getenv("TEST_PG_CTL") == NULL) {
        skip();
    }
    struct stack *stack = stack_open((struct stack_config){0});
    make_things(stack, 30, 0, ids);
    snprintf(command, sizeof command, "%s restart -m immediate >/dev/null 2>&1",
             getenv("TEST_PG_CTL"));
    assert_int_equal(system(command), 0);
    stack_turn_for(stack, 300);
    pool_wait_ready(stack->pool);
    make_things(stack, 30, 30, &ids[30]);
    assert_true(stack_wait(stack, stack_is_drained));
    stack_close(stack, 5000);
    read_topic();
    assert_seen_ids(ids, 60);
}

static void old_rows_are_trimmed(void **state)
{
    (void)state;
    struct stack *stack = stack_open((struct stack_config){0});
    make_things(stack, 2500, 0, NULL);
    assert_true(stack_wait(stack, stack_is_drained));
    database_run("UPDATE outbox SET created_at = now() - interval '401 days' WHERE seq <= 2400");
    stack->outbox->trim_us = 0;
    stack_turn_for(stack, 1500);
    stack_close(stack, 5000);
    assert_int_equal(database_run("SELECT count(*) FROM outbox"), 100);
}

static void staging_is_fast(void **state)
{
    enum { STAGED = 100000 };
    struct uuid command = uuid_new();
    struct outbox_item **items = calloc(STAGED, sizeof(struct outbox_item *));
    (void)state;
    struct stack *stack = stack_open((struct stack_config){0});
    uint64_t start_us = clock_monotonic_us();
    for (size_t i = 0; i < STAGED; i++) {
        items[i] = stage(stack, &command, "{\"case_id\":\"0193\",\"version\":1}", NULL);
    }
    uint64_t took_us = clock_monotonic_us() - start_us;
    print_message("staged %.0f events/s\n", STAGED * 1e6 / (double)took_us);
    for (size_t i = 0; i < STAGED; i++) {
        outbox_drop(stack->outbox, items[i]);
    }
    stack_close(stack, 5000);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(committed_is_published_and_acknowledged, set_up),
        cmocka_unit_test_setup(not_taken_is_dropped, set_up),
        cmocka_unit_test_setup(crash_is_recovered_with_the_same_ids, set_up),
        cmocka_unit_test_setup(beyond_memory_the_table_is_read_in_order, set_up),
        cmocka_unit_test_setup(doubt_is_settled_by_the_table, set_up),
        cmocka_unit_test_setup(orphans_are_adopted, set_up),
        cmocka_unit_test_setup(former_owner_is_refused, set_up),
        cmocka_unit_test_setup(too_large_is_parked_and_passed, set_up),
        cmocka_unit_test_setup(killed_database_loses_and_repeats_nothing, set_up),
        cmocka_unit_test_setup(old_rows_are_trimmed, set_up),
        cmocka_unit_test_setup(staging_is_fast, set_up),
    };
    log_open("test", "test-0", LOG_WARN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
