/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are slow, gone or too many; handlers that are late; the end of the server. */
#include "http_fixture.h"

enum { DEADLINE_MS = 300, CONNECTIONS_MAX = 4 };

static atomic_int handled, answered_late;

static void get_hello(struct http_request *request, void *state)
{
    (void)state;
    http_answer(request, 200, "text/plain", "hello", 5);
}

static void get_later(struct http_request *request, void *state)
{
    (void)state;
    handled++;
    answer_after(request, 100);
}

/* Touches after the deadline what a handler may touch. */
static void on_too_late(uv_timer_t *timer)
{
    struct http_request *request = timer->data;
    assert(strcmp(http_header(request, "X-Tag"), "t") == 0);
    assert(strcmp(http_query(request, "q"), "x") == 0);
    http_answer_header(request, "X-Late", "1");
    http_answer(request, 200, NULL, arena_text(http_arena(request), "{}"), 2);
    answered_late++;
    uv_close((uv_handle_t *)timer, on_later_closed);
}

static void get_too_late(struct http_request *request, void *state)
{
    uv_timer_t *timer = memory_zero(1, sizeof *timer);
    (void)state;
    uv_timer_init(fixture_loop, timer);
    timer->data = request;
    uv_timer_start(timer, on_too_late, 3 * DEADLINE_MS, 0);
}

static void post_body(struct http_request *request, void *state)
{
    size_t size;
    const char *body = http_body(request, &size);
    (void)state;
    http_answer(request, 200, "text/plain", body, size);
}

enum { LARGE_MAX = 2 * 1024 * 1024 };

static const struct http_route routes[] = {
    {.method = "GET", .path = "/hello", .access = "", .handler = get_hello},
    {.method = "GET", .path = "/later", .access = "", .handler = get_later},
    {.method = "GET", .path = "/too-late", .access = "", .handler = get_too_late},
    {.method = "POST",
     .path = "/body",
     .access = "",
     .handler = post_body,
     .body_max = HTTP_BODY_MAX},
    {.method = "POST",
     .path = "/large",
     .access = "officer",
     .handler = post_body,
     .body_max = LARGE_MAX},
    {0},
};

#define H         "Host: h\r\n"
#define ASK(line) line " HTTP/1.1\r\n" H "\r\n"

static struct answer answer;

static int start(void **state)
{
    struct http_config config = fixture_config(routes);
    config.deadline_ms = DEADLINE_MS;
    config.idle_s = 1;
    config.requests_max = 2;
    config.connections_max = CONNECTIONS_MAX;
    *state = http_fixture_start(&config, 0);
    handled = answered_late = 0;
    return 0;
}

static void late_handler_gives_503_and_may_still_answer(void **state)
{
    http_ask(*state, "GET /too-late?q=x HTTP/1.1\r\n" H "X-Tag: t\r\n\r\n", &answer);
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.body, "\"code\":\"deadline\""));
    assert_non_null(answer_header(&answer, "Retry-After"));
    await_count(&answered_late, 1);
    http_ask(*state, ASK("GET /hello"), &answer);
    assert_int_equal(answer.status, 200);
}

static void client_may_leave_before_its_answer(void **state)
{
    for (int i = 0; i < 3; i++) {
        struct client *client = client_open(*state);
        client_say(client, i == 2 ? "POST /body HTTP/1.1\r\n" H "Content-Length: 9\r\n\r\nabc"
                                  : ASK("GET /later"));
        if (i < 2) {
            await_count(&handled, i + 1);
        } else {
            pause_ms(20);
        }
        if (i == 1) { /* reset instead of an orderly end */
            struct linger linger = {.l_onoff = 1};
            setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        }
        client_close(client);
        pause_ms(150);
    }
    http_ask(*state, ASK("GET /later"), &answer); /* every place was given back */
    assert_int_equal(answer.status, 200);
}

/* The client sends all of it before it looks for the answer. */
static void refused_body_of_a_size_that_is_taken_keeps_the_connection(void **state)
{
    struct client *client = client_open(*state);
    char *body = memory_zero(1, LARGE_MAX), header[128];
    snprintf(header, sizeof header, "POST /large HTTP/1.1\r\n" H "Content-Length: %d\r\n\r\n",
             LARGE_MAX);
    assert_true(client_say(client, header));
    for (size_t sent = 0; sent < LARGE_MAX; sent += LARGE_MAX / 64) {
        assert_true(client_send(client, body + sent, LARGE_MAX / 64));
    }
    client_say(client, ASK("GET /hello"));
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 401);
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 200);
    client_close(client);
    free(body);
}

static void too_many_requests_are_turned_away(void **state)
{
    struct client *clients[2];
    for (int i = 0; i < 2; i++) {
        clients[i] = client_open(*state);
        client_say(clients[i], ASK("GET /later"));
        await_count(&handled, i + 1);
    }
    http_ask(*state, ASK("GET /hello"), &answer);
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.body, "overloaded"));
    assert_non_null(answer_header(&answer, "Retry-After"));
    http_ask(*state, ASK("GET /livez"), &answer);
    assert_int_equal(answer.status, 200);
    for (int i = 0; i < 2; i++) {
        client_read(clients[i], &answer, false);
        assert_int_equal(answer.status, 200);
        client_close(clients[i]);
    }
    http_ask(*state, ASK("GET /hello"), &answer);
    assert_int_equal(answer.status, 200);
}

/* Who comes when all connections are taken waits until one is free. */
static bool always_full(void *arg)
{
    (void)arg;
    return true;
}

static void full_service_takes_no_changes(void **state)
{
    struct http_fixture *fixture = *state;
    static const char post[] = "POST /body HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc";
    http_set_full(fixture->http, always_full, NULL);
    http_ask(*state, post, &answer);
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.body, "\"code\":\"full\""));
    assert_non_null(answer_header(&answer, "Retry-After"));
    http_ask(*state, ASK("GET /hello"), &answer);
    assert_int_equal(answer.status, 200);
    http_set_full(fixture->http, NULL, NULL);
    http_ask(*state, post, &answer);
    assert_int_equal(answer.status, 200);
}

static void further_clients_wait_for_a_connection(void **state)
{
    struct client *clients[CONNECTIONS_MAX + 2];
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        clients[i] = client_open(*state);
        client_say(clients[i], ASK("GET /hello"));
        client_read(clients[i], &answer, false);
    }
    for (int i = 0; i < 2; i++) {
        clients[CONNECTIONS_MAX + i] = client_open(*state);
        client_say(clients[CONNECTIONS_MAX + i], ASK("GET /hello"));
    }
    pause_ms(50);
    for (int i = 0; i < 2; i++) {
        client_close(clients[i]);
        client_read(clients[CONNECTIONS_MAX + i], &answer, false);
        assert_int_equal(answer.status, 200);
    }
    for (int i = 2; i < CONNECTIONS_MAX + 2; i++) {
        client_say(clients[i], ASK("GET /hello")); /* none had to be cut for them */
        client_read(clients[i], &answer, false);
        client_close(clients[i]);
    }
}

/* One byte each 20 ms is traffic enough for an idle limit, but not for the deadline. */
static void trickling_client_is_cut(void **state)
{
    static const char *const starts[] = {
        "GE",                                                           /* in the first line */
        "GET /hello HTTP/1.1\r\nX: ",                                   /* in the header */
        "POST /body HTTP/1.1\r\n" H "Content-Length: 60000\r\n\r\nabc", /* in the body */
        "GET /hello HTTP/1.1\r\n" H "\r\nGE",                           /* in the next first line */
    };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct client *client = client_open(*state);
        int sent = 0;
        client_say(client, starts[i]);
        while (client_say(client, "x") && sent++ < 150) {
            pause_ms(20);
        }
        assert_in_range(sent, 5, 100);
        client_close(client);
    }
}

static void idle_connection_is_closed(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, ASK("GET /hello"));
    client_read(client, &answer, false);
    assert_true(client_is_closed(client));
    assert_int_equal(client->size, 0);
    client_close(client);
}

static void stop_answers_what_is_under_way(void **state)
{
    struct client *waiting = client_open(*state), *idle = client_open(*state);
    struct client *sending = client_open(*state);
    client_say(idle, ASK("GET /hello"));
    client_read(idle, &answer, false);
    client_say(waiting, ASK("GET /later"));
    client_say(sending, "POST /body HTTP/1.1\r\n" H "Content-Length: 6\r\n\r\nabc");
    await_count(&handled, 1);
    http_fixture_begin_stop(*state);
    assert_true(client_is_closed(idle));
    client_say(sending, "def");
    client_read(sending, &answer, false);
    assert_string_equal(answer.body, "abcdef");
    assert_string_equal(answer_header(&answer, "Connection"), "close");
    client_read(waiting, &answer, false);
    assert_string_equal(answer.body, "later");
    assert_string_equal(answer_header(&answer, "Connection"), "close");
    assert_true(client_is_closed(waiting));
    http_fixture_join(*state);
    client_close(waiting);
    client_close(idle);
    client_close(sending);
}

static void stop_waits_for_handlers_past_their_deadline(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, "GET /too-late?q=x HTTP/1.1\r\n" H "X-Tag: t\r\n\r\n");
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 503);
    client_close(client);
    http_fixture_stop(*state);
    assert_int_equal(answered_late, 1);
}

static void stop_does_not_wait_for_clients_that_hang(void **state)
{
    struct client *silent = client_open(*state), *half = client_open(*state);
    client_say(half, "GET /hello HTT");
    pause_ms(50);
    http_fixture_stop(*state);
    client_close(silent);
    client_close(half);
}

static void port_in_use_is_reported(void **state)
{
    struct http_fixture *fixture = *state;
    struct http_config config = fixture_config(routes);
    struct http *http = NULL;
    struct error err = {0};
    uv_loop_t loop;
    uv_loop_init(&loop);
    config.port = fixture->port;
    assert_false(http_listen(&http, &loop, &config, NULL, &err));
    assert_string_equal(err.code, "cannot_listen");
    error_clear(&err);
    config.bind = "nowhere";
    assert_false(http_listen(&http, &loop, &config, NULL, &err));
    assert_string_equal(err.code, "bad_address");
    uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(late_handler_gives_503_and_may_still_answer, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(client_may_leave_before_its_answer, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(refused_body_of_a_size_that_is_taken_keeps_the_connection,
                                        start, http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(too_many_requests_are_turned_away, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(full_service_takes_no_changes, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(further_clients_wait_for_a_connection, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(trickling_client_is_cut, start, http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(idle_connection_is_closed, start, http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(port_in_use_is_reported, start, http_fixture_tear_down),
        cmocka_unit_test_setup(stop_answers_what_is_under_way, start),
        cmocka_unit_test_setup(stop_waits_for_handlers_past_their_deadline, start),
        cmocka_unit_test_setup(stop_does_not_wait_for_clients_that_hang, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
