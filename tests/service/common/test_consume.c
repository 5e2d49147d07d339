/* SPDX-License-Identifier: Apache-2.0 */
/* A consumer of things: each message makes one row and says one event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/consume_private.h"
#include "common/dead_letter_verbs.h"
#include "common/republish.h"
#include "tests/service/common/stack.h"
#include "tests/support/number.h"

enum { PARTITIONS = 3 };

static char topic[64], out_topic[64], group[64], dead_topic[160]; /* of the running test */

/* What the handler is to do, and has done. */
struct things {
    size_t statement; /* of the insert */
    struct stack *stack;
    struct consume *consume;
    size_t wanted;         /* rows that a test waits for */
    unsigned retries_left; /* pretends that a dependency is away */
    unsigned calls, committed, in_doubt;
    bool closed;
    size_t asyncs_left;                           /* in the loop, once closed */
    bool (*before_commit)(struct things *things); /* once, in the handler */
};

static int set_up(void **state)
{
    unsigned long long now = clock_monotonic_us();
    (void)state;
    stack_reset_database();
    database_run("CREATE TABLE got (id text PRIMARY KEY, n integer CHECK (n <> 13))");
    snprintf(topic, sizeof topic, "test.in.%d.%llu", (int)getpid(), now);
    snprintf(out_topic, sizeof out_topic, "test.out.%d.%llu", (int)getpid(), now);
    snprintf(group, sizeof group, "test.%llu", now);
    snprintf(dead_topic, sizeof dead_topic, "%s.%s.dlq", topic, group);
    stack_topic_create(topic, PARTITIONS);
    stack_topic_create(out_topic, 1);
    stack_topic_create(dead_topic, 1);
    return 0;
}

/* ---- the handler ---- */

static const struct pg_statement insert_got = {
    "test_got",
    "WITH given AS (SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[]) AS g (id, n, "
    "command)), made AS (INSERT INTO got (id, n) SELECT id, n::integer FROM given "
    "ON CONFLICT DO NOTHING RETURNING id), "
    "won AS (SELECT command FROM given JOIN made USING (id)), "
    "said AS (" OUTBOX_INSERT("won", 4, 5, 6, 7, 8, 9, 10, 11) ") SELECT command FROM won"};

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct things *things = state;
    if (tx == NULL) {
        things->in_doubt++;
        return;
    }
    things->committed++;
    consume_took(batch, tx, things->statement, 0);
}

static void handle_things(struct consume_batch *batch, void *state)
{
    struct things *things = state;
    struct pg_array ids, numbers, commands;
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);

    things->calls++;
    pg_array_init(&ids, PG_TEXT);
    pg_array_init(&numbers, PG_TEXT);
    pg_array_init(&commands, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        const struct event_in *in = &messages[i].event;
        char *data = arena_copy(consume_arena(batch), in->data, in->data_size);
        struct uuid command = uuid_new();
        struct event event = stack_event(out_topic, messages[i].key, data);
        if (strcmp(data, "666") == 0) {
            consume_reject(batch, &messages[i], "unlucky_number", "data is not to be taken");
            continue;
        }
        consume_stage(batch, &event, &command);
        pg_array_text(&ids, in->id);
        pg_array_text(&numbers, data);
        pg_array_uuid(&commands, &command);
    }
    things->statement = consume_next_statement(batch);
    assert_int_equal(things->statement, ids.count > 0 ? 2 : 1); /* the guard: to say something */
    struct pg_tx *tx = consume_tx(batch);
    pg_tx_add(tx, &insert_got);
    pg_tx_array(tx, &ids);
    pg_tx_array(tx, &numbers);
    pg_tx_array(tx, &commands);
    consume_put_staged(batch);
    pg_array_finish(&ids);
    pg_array_finish(&numbers);
    pg_array_finish(&commands);
    if (things->before_commit != NULL && things->before_commit(things)) {
        things->before_commit = NULL;
    }
    if (things->retries_left > 0) {
        struct error err = {0};
        things->retries_left--;
        error_set(&err, ERR_RETRY, "dependency_away", "a dependency is away");
        consume_retry(batch, &err);
        return;
    }
    consume_commit(batch, on_committed);
}

/* ---- fixtures ---- */

static void things_open(struct things *things)
{
    static struct consume_topic topics[1];
    struct kafka_config kafka = stack_kafka(stack_brokers(), "test-0");
    struct error err = {0};

    topics[0] = (struct consume_topic){.topic = topic, .handler = handle_things, .batch_max = 500};
    struct consume_config config = {
        .group = group, .topics = topics, .topic_count = 1, .state = things};
    things->stack = stack_open((struct stack_config){0});
    things->consume =
        consume_new(&things->stack->pool->loop, things->stack->pool->pg, things->stack->outbox,
                    &kafka, &config, things->stack->pool->metrics, &err);
    assert_non_null(things->consume);
}

/* librdkafka's threads wake the loop through these. */
static void count_asyncs(uv_handle_t *handle, void *arg)
{
    *(size_t *)arg += handle->type == UV_ASYNC;
}

static void things_on_closed(void *arg)
{
    struct things *things = arg;
    things->closed = true;
    uv_walk(&things->stack->pool->loop, count_asyncs, &things->asyncs_left);
}

static void things_close(struct things *things)
{
    things->closed = false;
    things->asyncs_left = 0;
    consume_close(things->consume, things_on_closed, things);
    while (!things->closed) {
        pool_turn(things->stack->pool);
    }
    assert_int_equal(things->asyncs_left, 1); /* the producer's; the consumer has gone */
    stack_close(things->stack, 5000);
}

/* Sends messages as another system would: value i under key i, and id "<prefix>i". */
static void send_things(const char *prefix, unsigned first, unsigned count)
{
    rd_kafka_t *client = stack_client(RD_KAFKA_PRODUCER);
    char id[32], value[16];

    for (unsigned i = first; i < first + count; i++) {
        snprintf(id, sizeof id, "%s%u", prefix, i);
        snprintf(value, sizeof value, "%u", i);
        rd_kafka_resp_err_t code = rd_kafka_producev(
            client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(value, strlen(value)),
            RD_KAFKA_V_VALUE(value, strlen(value)), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_HEADER("ce_specversion", "1.0", -1), RD_KAFKA_V_HEADER("ce_id", id, -1),
            RD_KAFKA_V_HEADER("ce_source", "/test", -1),
            RD_KAFKA_V_HEADER("ce_type", "vn.hanoi.thing.asked.v1", -1),
            RD_KAFKA_V_HEADER("content-type", "application/json", -1), RD_KAFKA_V_END);
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            rd_kafka_poll(client, 50);
            i--;
        }
    }
    rd_kafka_flush(client, 30000);
    rd_kafka_destroy(client);
}

static void send_raw(const char *value, size_t size)
{
    rd_kafka_t *client = stack_client(RD_KAFKA_PRODUCER);
    rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY("k", 1),
                      RD_KAFKA_V_VALUE((void *)value, size),
                      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADER("x", "y", 1),
                      RD_KAFKA_V_END);
    rd_kafka_flush(client, 10000);
    rd_kafka_destroy(client);
}

static int got(void)
{
    return database_run("SELECT count(*) FROM got");
}

static int dead(void)
{
    return database_run("SELECT count(*) FROM dead_letter WHERE state = 'open'");
}

/* Turns the loop until the query gives the number, and the outbox is empty. */
static void wait_sql(struct things *things, const char *sql, int number)
{
    uint64_t deadline = clock_monotonic_us() + STACK_WAIT_US;
    while (database_run(sql) != number && clock_monotonic_us() < deadline) {
        stack_turn_for(things->stack, 20);
    }
    assert_int_equal(database_run(sql), number);
    assert_true(stack_wait(things->stack, stack_is_drained));
}

static void wait_got(struct things *things, int number)
{
    wait_sql(things, "SELECT count(*) FROM got", number);
}

/* ---- tests ---- */

static void each_message_is_applied_once(void **state)
{
    struct things things = {0};
    (void)state;
    send_things("a", 1000, 1000);
    things_open(&things);
    wait_got(&things, 1000);
    send_things("a", 1000, 1000); /* the same ids again */
    send_things("b", 1200, 10);
    wait_got(&things, 1010);
    stack_turn_for(things.stack, 300);
    assert_true(consume_is_ready(things.consume));
    assert_true(consume_has_caught_up(things.consume));
    things_close(&things);
    things_open(&things); /* goes on where it was */
    send_things("c", 1300, 5);
    wait_got(&things, 1015);
    things_close(&things);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 1015);
    assert_int_equal(database_run("SELECT sum(next_offset) FROM consumer_position"), 2015);
    assert_int_equal(dead(), 0);
}

static char reasons[512];

static void look_at_dead(const rd_kafka_message_t *message, void *arg)
{
    static const char *const names[] = {"dlq-original-topic", "dlq-group", "dlq-error-class"};
    rd_kafka_headers_t *headers;
    (void)arg;
    assert_int_equal(rd_kafka_message_headers(message, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
    reasons[0] = '\0';
    for (size_t i = 0; i < 3; i++) {
        const void *value = "";
        size_t size = 0;
        rd_kafka_header_get_last(headers, names[i], &value, &size);
        snprintf(reasons + strlen(reasons), sizeof reasons - strlen(reasons), "%.*s;", (int)size,
                 (const char *)value);
    }
}

static void poison_goes_to_the_dead_letters_once(void **state)
{
    struct things things = {0};
    char expected[256], *huge = calloc(1, 150000);
    (void)state;
    send_things("a", 100, 50);
    send_raw("not an event", 12);
    memset(huge, 'x', 150000);
    send_raw(huge, 150000);
    send_things("a", 666, 1);
    send_things("a", 200, 50);
    things_open(&things);
    wait_got(&things, 100);
    wait_sql(&things, "SELECT count(*) FROM dead_letter", 3);
    things_close(&things);
    assert_int_equal(stack_read_topic(dead_topic, look_at_dead, NULL), 3);
    assert_int_equal(
        database_run("SELECT count(DISTINCT error_class) FROM dead_letter WHERE error_class IN "
                     "('missing_attribute', 'too_large', 'unlucky_number')"),
        3);
    snprintf(expected, sizeof expected, "%s;%s;", topic, group);
    assert_memory_equal(reasons, expected, strlen(expected));
    assert_int_equal(database_run("SELECT length(value) FROM dead_letter WHERE error_class = "
                                  "'too_large'"),
                     150000);
    free(huge);
}

/* 13 is refused by a constraint: only that message pays for it. */
static void refused_batch_is_halved(void **state)
{
    struct things things = {0};
    (void)state;
    send_things("a", 0, 300);
    things_open(&things);
    wait_got(&things, 299);
    wait_sql(&things, "SELECT count(*) FROM dead_letter", 1);
    things_close(&things);
    assert_int_equal(database_run("SELECT count(*) FROM dead_letter WHERE error_class = "
                                  "'refused_by_database' AND error_detail = 'SQLSTATE 23514'"),
                     1);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 299);
}

static void retry_waits_and_takes_the_same_again(void **state)
{
    struct things things = {.retries_left = 3};
    (void)state;
    send_things("a", 100, 20);
    things_open(&things);
    wait_got(&things, 20);
    assert_int_equal(things.retries_left, 0);
    things_close(&things);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 20);
}

/* Another instance moves the positions while our batch is being decided. */
static bool move_positions_away(struct things *things)
{
    (void)things;
    database_run("UPDATE consumer_position SET next_offset = next_offset + 1");
    return true;
}

static void fenced_batch_rolls_back(void **state)
{
    struct things things = {.before_commit = move_positions_away};
    (void)state;
    send_things("a", 100, 30);
    things_open(&things);
    /* From -1 each position went to 0: everything is read again from there, nothing is lost. */
    wait_got(&things, 30);
    assert_true(things.calls > 1);
    things_close(&things);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 30);
}

static bool kill_database(struct things *things)
{
    char command[400];
    (void)things;
    snprintf(command, sizeof command, "%s restart -m immediate >/dev/null 2>&1",
             getenv("TEST_PG_CTL"));
    assert_int_equal(system(command), 0);
    return true;
}

static void killed_database_loses_and_repeats_nothing(void **state)
{
    struct things things = {.before_commit = kill_database};
    (void)state;
    if (getenv("TEST_PG_CTL") == NULL) {
        skip();
    }
    send_things("a", 1000, 2000);
    things_open(&things);
    uint64_t deadline = clock_monotonic_us() + STACK_WAIT_US;
    while (things.committed < 4 && clock_monotonic_us() < deadline) {
        pool_turn(things.stack->pool);
    }
    wait_got(&things, 2000);
    things_close(&things);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 2000);
}

/* Commits become durable and then wait for a replica that is not there. */
static bool hold_commits(struct things *things)
{
    (void)things;
    database_run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    database_run("SELECT pg_reload_conf()::int");
    while (database_run("SELECT (current_setting('synchronous_standby_names') = 'nobody')::int") ==
           0) {
        usleep(10000);
    }
    usleep(300000); /* the checkpointer tells the others */
    return true;
}

static void release_commits(void)
{
    database_run("ALTER SYSTEM RESET synchronous_standby_names");
    database_run("SELECT pg_reload_conf()::int");
}

/* The transaction is there and its answer is not: the positions tell, nothing is applied twice,
 * and the events in doubt are said once. */
static void lost_answer_of_a_commit_is_found_out(void **state)
{
    struct things things = {.before_commit = hold_commits};
    (void)state;
    send_things("a", 100, 20);
    things_open(&things);
    while (database_run("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                        "WHERE wait_event = 'SyncRep'") == 0) {
        stack_turn_for(things.stack, 20);
    }
    release_commits();
    wait_got(&things, 20);
    assert_int_equal(things.in_doubt, 1);
    assert_int_equal(things.calls, things.committed + things.in_doubt); /* none decided anew */
    things_close(&things);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 20);
    assert_int_equal(database_run("SELECT sum(next_offset) FROM consumer_position"), 20);
}

static int position_accept(int32_t partition, const char *at)
{
    struct kafka_config kafka = stack_kafka(stack_brokers(), "test-verb");
    char number[8];
    snprintf(number, sizeof number, "%d", (int)partition);
    char *argv[] = {"position", "accept", "--topic",  topic, "--partition",
                    number,     "--at",   (char *)at, NULL};
    return consume_position_verb(getenv("TEST_DATABASE_URL"), &kafka, group, 8, argv);
}

static void lost_log_waits_for_an_operator(void **state)
{
    struct things things = {0};
    (void)state;
    send_things("a", 100, 30);
    things_open(&things);
    wait_got(&things, 30);
    things_close(&things);
    database_run("UPDATE consumer_position SET next_offset = 4000 WHERE partition = 0");
    database_run("UPDATE consumer_position SET cluster_id = 'another' WHERE partition = 1");
    send_things("a", 200, 30);
    things_open(&things);
    stack_turn_for(things.stack, 4000);
    assert_true(got() < 60);
    assert_false(consume_is_ready(things.consume));
    assert_false(consume_has_caught_up(things.consume));
    assert_int_equal(position_accept(0, "5000"), 2);
    assert_int_equal(position_accept(0, "beginning"), 0);
    assert_int_equal(position_accept(1, "beginning"), 0);
    wait_got(&things, 60);
    stack_turn_for(things.stack, 300);
    assert_true(consume_is_ready(things.consume));
    things_close(&things);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 60);
}

static int dlq(int argc, char **argv)
{
    struct kafka_config kafka = stack_kafka(stack_brokers(), "test-verb");
    return dead_letter_verb(getenv("TEST_DATABASE_URL"), &kafka, argc, argv);
}

static void operator_shows_replays_and_discards(void **state)
{
    struct things things = {0};
    (void)state;
    send_things("a", 13, 1);
    send_things("a", 666, 1);
    things_open(&things);
    wait_sql(&things, "SELECT count(*) FROM dead_letter", 2);
    int first = database_run("SELECT id FROM dead_letter WHERE error_class = "
                             "'refused_by_database'");
    char refused[12], other[12];
    snprintf(refused, sizeof refused, "%d", first);
    snprintf(other, sizeof other, "%d",
             database_run("SELECT id FROM dead_letter WHERE error_class = 'unlucky_number'"));
    assert_int_equal(dlq(2, (char *[]){"dlq", "list", NULL}), 0);
    assert_int_equal(dlq(3, (char *[]){"dlq", "list", "--json", NULL}), 0);
    assert_int_equal(dlq(3, (char *[]){"dlq", "show", refused, NULL}), 0);
    assert_int_equal(dlq(3, (char *[]){"dlq", "show", "999", NULL}), 1);
    assert_int_equal(dlq(3, (char *[]){"dlq", "discard", other, NULL}), 2); /* without reason */
    assert_int_equal(dlq(5, (char *[]){"dlq", "discard", other, "--reason", "a test", NULL}), 0);
    database_run("ALTER TABLE got DROP CONSTRAINT got_n_check"); /* the cause is mended */
    assert_int_equal(dlq(3, (char *[]){"dlq", "replay", refused, NULL}), 0);
    wait_got(&things, 1);
    assert_int_equal(dlq(3, (char *[]){"dlq", "replay", refused, NULL}), 1); /* not open */
    assert_int_equal(dlq(3, (char *[]){"dlq", "replay", "--all", NULL}), 0);
    assert_int_equal(dead(), 0);
    things_close(&things);
}

static void republish_says_the_same_again(void **state)
{
    struct things things = {0};
    struct kafka_config kafka = stack_kafka(stack_brokers(), "test-verb");
    const char *url = getenv("TEST_DATABASE_URL");
    char now[CLOCK_TEXT_SIZE];
    (void)state;
    send_things("a", 100, 30);
    clock_format(clock_now_us(), now);
    things_open(&things);
    wait_got(&things, 30);
    things_close(&things);
    assert_int_equal(republish_verb(url, &kafka, 1, (char *[]){"republish", NULL}), 2);
    assert_int_equal(
        republish_verb(url, &kafka, 4, (char *[]){"republish", "--since", now, "--dry-run", NULL}),
        0);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 30);
    assert_int_equal(republish_verb(url, &kafka, 3, (char *[]){"republish", "--since", now, NULL}),
                     0);
    assert_int_equal(stack_read_topic(out_topic, NULL, NULL), 60);
    assert_int_equal(republish_verb(url, &kafka, 2, (char *[]){"republish", "--parked", NULL}), 0);
}

/* ---- speed ---- */

static const struct pg_statement insert_plain = {
    "test_plain", "INSERT INTO got (id, n) SELECT id, 1 FROM unnest($1::text[]) AS g (id)"};

static void on_plain_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct things *things = state;
    size_t count;
    (void)tx;
    consume_messages(batch, &count);
    things->committed += (unsigned)count;
}

static void handle_plain(struct consume_batch *batch, void *state)
{
    struct pg_array ids;
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    (void)state;
    pg_array_init(&ids, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        pg_array_text(&ids, messages[i].event.id);
    }
    pg_tx_add(consume_tx(batch), &insert_plain);
    pg_tx_array(consume_tx(batch), &ids);
    pg_array_finish(&ids);
    consume_commit(batch, on_plain_committed);
}

static void drain(consume_handler *handler, size_t lanes, size_t count, const char *name)
{
    struct things things = {0};
    struct kafka_config kafka = stack_kafka(stack_brokers(), "test-0");
    struct error err = {0};
    struct consume_topic topics[] = {
        {.topic = topic, .handler = handler, .batch_max = 1000, .lanes = lanes}};
    struct consume_config config = {
        .group = group, .topics = topics, .topic_count = 1, .state = &things};

    things.stack = stack_open((struct stack_config){0});
    things.consume =
        consume_new(&things.stack->pool->loop, things.stack->pool->pg, things.stack->outbox, &kafka,
                    &config, things.stack->pool->metrics, &err);
    while (!consume_is_ready(things.consume)) {
        pool_turn(things.stack->pool);
    }
    uint64_t start_us = clock_monotonic_us(), deadline = start_us + 3 * STACK_WAIT_US;
    while (!(consume_has_caught_up(things.consume) && things.stack->outbox->waiting == 0) &&
           clock_monotonic_us() < deadline) {
        pool_turn(things.stack->pool);
    }
    double seconds = (double)(clock_monotonic_us() - start_us) / 1e6;
    print_message("%s, lanes %zu: %.0f messages/s\n", name, lanes, (double)count / seconds);
    assert_int_equal(got(), count);
    things_close(&things);
}

static void drains_fast(void **state)
{
    const char *text = getenv("TEST_DRAIN");
    unsigned count = text == NULL ? 20000 : (unsigned)number_of(text, '\0');
    (void)state;
    send_things("a", 1000, count);
    for (size_t lanes = 1; lanes <= 3; lanes++) {
        drain(handle_plain, lanes, count, "one row a message");
        database_run("TRUNCATE got; UPDATE consumer_position SET next_offset = -1");
        drain(handle_things, lanes, count, "one row and one event a message");
        database_run("TRUNCATE got; UPDATE consumer_position SET next_offset = -1");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_message_is_applied_once, set_up),
        cmocka_unit_test_setup(poison_goes_to_the_dead_letters_once, set_up),
        cmocka_unit_test_setup(refused_batch_is_halved, set_up),
        cmocka_unit_test_setup(retry_waits_and_takes_the_same_again, set_up),
        cmocka_unit_test_setup(fenced_batch_rolls_back, set_up),
        cmocka_unit_test_setup(killed_database_loses_and_repeats_nothing, set_up),
        cmocka_unit_test_setup(lost_answer_of_a_commit_is_found_out, set_up),
        cmocka_unit_test_setup(lost_log_waits_for_an_operator, set_up),
        cmocka_unit_test_setup(operator_shows_replays_and_discards, set_up),
        cmocka_unit_test_setup(republish_says_the_same_again, set_up),
        cmocka_unit_test_setup(drains_fast, set_up),
    };
    log_open("test", "test-0", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
