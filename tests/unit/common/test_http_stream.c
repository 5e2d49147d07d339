/* SPDX-License-Identifier: Apache-2.0 */
#include "http_fixture.h"
#include "tests/support/number.h"

static atomic_int opened, gone;

/* A source of events: sends `count` of them, one each period, then closes if asked to. */
struct source {
    uv_timer_t timer;
    struct http_stream *stream; /* NULL: gone */
    int sent, count;
    size_t size; /* of each event; 0: a short text */
    bool close_after;
    bool refused; /* a send returned false */
};

static void on_source_closed(uv_handle_t *handle)
{
    free(handle->data);
    gone++;
}

static void on_gone(struct http_stream *stream, void *arg)
{
    struct source *source = arg;
    assert(source->stream == stream);
    source->stream = NULL;
    uv_close((uv_handle_t *)&source->timer, on_source_closed);
}

static void send_large(struct source *source)
{
    char *data = memory_alloc(source->size);
    memset(data, 'x', source->size);
    source->refused |= !http_stream_send(source->stream, NULL, NULL, data, source->size);
    free(data);
}

static void on_source_tick(uv_timer_t *timer)
{
    struct source *source = timer->data;
    char id[16];
    if (source->sent == source->count) {
        uv_timer_stop(timer);
        if (source->close_after) {
            http_stream_close(source->stream);
        }
        return;
    }
    source->sent++;
    snprintf(id, sizeof id, "%d", source->sent);
    if (source->size > 0) {
        send_large(source);
    } else {
        http_stream_send(source->stream, "tick", id, "one\r\ntwo\rx\n", 11);
    }
}

static void open_source(struct http_request *request, int count, size_t size, bool close_after)
{
    struct source *source = memory_zero(1, sizeof *source);
    const char *last = http_last_event_id(request);
    uv_timer_init(fixture_loop, &source->timer);
    source->timer.data = source;
    source->sent = last != NULL ? number_of(last, '\0') : 0;
    source->count = count;
    source->size = size;
    source->close_after = close_after;
    source->stream = http_answer_stream(request, on_gone, source);
    opened++;
    if (count > 0) {
        uv_timer_start(&source->timer, on_source_tick, 5, 5);
    }
}

static void get_three(struct http_request *request, void *state)
{
    (void)state;
    open_source(request, 3, 0, true);
}

static void get_endless(struct http_request *request, void *state)
{
    (void)state;
    open_source(request, 1000000, 0, false);
}

static void get_quiet(struct http_request *request, void *state)
{
    (void)state;
    open_source(request, 0, 0, false);
}

static void get_flood(struct http_request *request, void *state)
{
    (void)state;
    open_source(request, 1000000, 200 * 1024, false);
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/three", .access = "", .handler = get_three},
    {.method = "GET", .path = "/endless", .access = "", .handler = get_endless},
    {.method = "GET", .path = "/quiet", .access = "", .handler = get_quiet},
    {.method = "GET", .path = "/flood", .access = "", .handler = get_flood},
    {0},
};

#define H         "Host: h\r\n"
#define ASK(line) line " HTTP/1.1\r\n" H "\r\n"

static struct answer answer;

static int start(void **state)
{
    struct http_config config = fixture_config(routes);
    config.connections_max = 8;
    config.deadline_ms = 200;
    config.requests_max = 1; /* streams do not count as requests under way */
    *state = http_fixture_start(&config, 100);
    opened = gone = 0;
    return 0;
}

static void events_arrive_in_order_and_the_stream_ends(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, ASK("GET /three"));
    client_await(client, "\r\n0\r\n\r\n"); /* the last chunk */
    assert_non_null(strstr(client->bytes, "Content-Type: text/event-stream"));
    assert_non_null(strstr(client->bytes, "Cache-Control: no-store"));
    const char *at = client->bytes;
    for (int i = 1; i <= 3; i++) {
        char event[96];
        snprintf(event, sizeof event,
                 "event: tick\nid: %d\ndata: one\ndata: two\ndata: x\ndata: \n\n", i);
        at = strstr(at, event);
        assert_non_null(at);
    }
    await_count(&gone, 1);
    client->size = 0;
    client->bytes[0] = '\0';
    client_say(client, ASK("GET /livez")); /* the connection goes on */
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 200);
    client_close(client);
}

static void last_event_id_is_told(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, "GET /three HTTP/1.1\r\n" H "Last-Event-ID: 2\r\n\r\n");
    client_await(client, "\r\n0\r\n\r\n");
    assert_null(strstr(client->bytes, "id: 2\n"));
    assert_non_null(strstr(client->bytes, "id: 3\n"));
    client_close(client);
}

static void quiet_stream_opens_at_once_and_has_a_heartbeat(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, ASK("GET /quiet"));
    client_await(client, ": open\n\n");
    client_await(client, ":\n\n");
    client->size = 0;
    client->bytes[0] = '\0';
    client_await(client, ":\n\n"); /* and another, past the deadline of requests */
    assert_int_equal(gone, 0);
    client_close(client);
    await_count(&gone, 1); /* noticed by the next heartbeats */
}

static void closed_client_is_noticed(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, ASK("GET /endless"));
    client_await(client, "id: 2\n");
    client_close(client);
    await_count(&gone, 1);
}

static void client_that_does_not_read_is_dropped(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, ASK("GET /flood"));
    await_count(&gone, 1); /* 256 KiB over what the sockets hold */
    client_close(client);
}

static void streams_leave_room_for_requests(void **state)
{
    struct client *clients[5];
    for (int i = 0; i < 4; i++) {
        clients[i] = client_open(*state);
        client_say(clients[i], ASK("GET /quiet"));
        client_await(clients[i], ": open");
    }
    clients[4] = client_open(*state);
    client_say(clients[4], ASK("GET /quiet"));
    client_read(clients[4], &answer, false);
    assert_int_equal(answer.status, 503);
    await_count(&gone, 1);
    for (int i = 0; i < 5; i++) {
        client_close(clients[i]);
    }
    await_count(&gone, 5);
}

static void head_of_a_stream_ends_it(void **state)
{
    http_ask(*state, ASK("HEAD /quiet"), &answer);
    assert_int_equal(answer.status, 200);
    await_count(&gone, 1);
}

static void stop_ends_streams(void **state)
{
    struct client *endless = client_open(*state), *quiet = client_open(*state);
    struct client *flood = client_open(*state);
    client_say(endless, ASK("GET /endless"));
    client_say(quiet, ASK("GET /quiet"));
    client_say(flood, ASK("GET /flood"));
    client_await(endless, "id: 1\n");
    client_await(quiet, ": open");
    await_count(&opened, 3);
    http_fixture_stop(*state);
    assert_int_equal(gone, 3);
    client_is_closed(quiet);
    assert_non_null(strstr(quiet->bytes, "\r\n0\r\n\r\n")); /* orderly */
    client_close(endless);
    client_close(quiet);
    client_close(flood);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_arrive_in_order_and_the_stream_ends, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(last_event_id_is_told, start, http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(quiet_stream_opens_at_once_and_has_a_heartbeat, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(closed_client_is_noticed, start, http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(client_that_does_not_read_is_dropped, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(streams_leave_room_for_requests, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(head_of_a_stream_ends_it, start, http_fixture_tear_down),
        cmocka_unit_test_setup(stop_ends_streams, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
