/* SPDX-License-Identifier: Apache-2.0 */
/* http_fixture: a server in a thread of its own, and a client that speaks raw bytes.
 *
 * The server runs on a free port until http_fixture_stop, which waits for its orderly end. The
 * test's thread is the client: it blocks, at most PATIENCE_S per read. Authentication is a stub
 * that takes the place of common/auth.c: the token is the role, "slow-ROLE" is checked in 20 ms,
 * "bad" is refused; the API key "key" is a system with scope:write. */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "common/http_private.h"
#include "tests/support/number.h"

enum { PATIENCE_S = 5, RECEIVED_MAX = 1024 * 1024 };

struct http_fixture {
    uv_loop_t loop;
    uv_async_t stop;
    uv_sem_t up;
    pthread_t thread;
    struct http *http;
    struct metrics *metrics;
    struct http_config config;
    unsigned port;
    uint64_t beat_ms;
};

static uv_loop_t *fixture_loop;

/* ---- the stub of auth ---- */
struct slow_check {
    uv_timer_t timer;
    struct principal principal;
    auth_on_checked *on_checked;
    void *arg;
};

static inline void on_slow_check_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static inline void on_slow_check(uv_timer_t *timer)
{
    struct slow_check *check = timer->data;
    check->on_checked(&check->principal, NULL, check->arg);
    uv_close((uv_handle_t *)timer, on_slow_check_closed);
}

static inline void check_slowly(const struct principal *principal, auth_on_checked *on_checked,
                                void *arg)
{
    struct slow_check *check = memory_zero(1, sizeof *check);
    *check = (struct slow_check){
        .principal = *principal, .on_checked = on_checked, .arg = arg, .timer.data = check};
    uv_timer_init(fixture_loop, &check->timer);
    check->timer.data = check;
    uv_timer_start(&check->timer, on_slow_check, 20, 0);
}

void auth_check(struct auth *auth, const char *bearer, const char *api_key, struct arena *arena,
                auth_on_checked *on_checked, void *arg)
{
    struct principal *principal = arena_alloc(arena, sizeof *principal);
    (void)auth;
    *principal = (struct principal){.kind = PRINCIPAL_NOBODY, .id = ""};
    if ((bearer != NULL && strcmp(bearer, "bad") == 0) ||
        (api_key != NULL && strcmp(api_key, "key") != 0)) {
        struct error err = {0};
        error_set(&err, ERR_UNAUTHENTICATED, "bad_token", "the token is not valid");
        on_checked(NULL, &err, arg);
    } else if (bearer != NULL && strncmp(bearer, "slow-", 5) == 0) {
        static struct principal officer = {
            .kind = PRINCIPAL_PERSON, .id = "slow", .grant_count = 1, .grants = {"officer"}};
        check_slowly(&officer, on_checked, arg);
    } else {
        const char *grant = bearer != NULL ? bearer : "scope:write";
        if (bearer != NULL || api_key != NULL) {
            principal->kind = bearer != NULL ? PRINCIPAL_PERSON : PRINCIPAL_SYSTEM;
            principal->id = grant;
            principal->grants[principal->grant_count++] = grant;
        }
        on_checked(principal, NULL, arg);
    }
}

bool principal_may(const struct principal *principal, const char *access)
{
    return access[0] == '\0' ||
           (principal->grant_count > 0 && strstr(access, principal->grants[0]) != NULL);
}

/* ---- the server ---- */
static inline void on_fixture_closed(void *arg)
{
    struct http_fixture *fixture = arg;
    uv_close((uv_handle_t *)&fixture->stop, NULL);
}

static inline void on_fixture_stop(uv_async_t *async)
{
    struct http_fixture *fixture = async->data;
    http_close(fixture->http, on_fixture_closed, fixture);
}

static inline void *fixture_run(void *arg)
{
    struct http_fixture *fixture = arg;
    struct error err = {0};
    uv_loop_init(&fixture->loop);
    fixture_loop = &fixture->loop;
    uv_async_init(&fixture->loop, &fixture->stop, on_fixture_stop);
    fixture->stop.data = fixture;
    fixture->metrics = metrics_new();
    if (!http_listen(&fixture->http, &fixture->loop, &fixture->config, fixture->metrics, &err)) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    if (fixture->beat_ms > 0) {
        fixture->http->streaming.wait_ms = fixture->beat_ms;
    }
    fixture->port = http_port(fixture->http);
    uv_sem_post(&fixture->up);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    metrics_free(fixture->metrics);
    assert(uv_loop_close(&fixture->loop) == 0); /* no handle may be left */
    return NULL;
}

static inline struct http_config fixture_config(const struct http_route *routes)
{
    return (struct http_config){.bind = "127.0.0.1",
                                .routes = routes,
                                .connections_max = 64,
                                .requests_max = 32,
                                .idle_s = 10,
                                .deadline_ms = 4000};
}

static inline struct http_fixture *http_fixture_start(const struct http_config *config,
                                                      uint64_t beat_ms)
{
    struct http_fixture *fixture = memory_zero(1, sizeof *fixture);
    signal(SIGPIPE, SIG_IGN);
    fixture->config = *config;
    fixture->beat_ms = beat_ms;
    uv_sem_init(&fixture->up, 0);
    pthread_create(&fixture->thread, NULL, fixture_run, fixture);
    uv_sem_wait(&fixture->up);
    return fixture;
}

static inline void http_fixture_begin_stop(struct http_fixture *fixture)
{
    uv_async_send(&fixture->stop);
}

static inline void http_fixture_join(struct http_fixture *fixture)
{
    pthread_join(fixture->thread, NULL);
    uv_sem_destroy(&fixture->up);
    free(fixture);
}

static inline void http_fixture_stop(struct http_fixture *fixture)
{
    http_fixture_begin_stop(fixture);
    http_fixture_join(fixture);
}

/* Set-up and tear-down of tests that need nothing but their routes. */
static inline int http_fixture_set_up(void **state, const struct http_route *routes)
{
    struct http_config config = fixture_config(routes);
    *state = http_fixture_start(&config, 0);
    return 0;
}

static inline int http_fixture_tear_down(void **state)
{
    http_fixture_stop(*state);
    return 0;
}

/* ---- the client ---- */
struct client {
    int fd;
    size_t size; /* received and not yet taken */
    char bytes[RECEIVED_MAX];
};

static inline struct client *client_open(const struct http_fixture *fixture)
{
    struct client *client = memory_alloc(sizeof *client);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)fixture->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    client->size = 0;
    client->bytes[0] = '\0';
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(client->fd, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static inline void client_close(struct client *client)
{
    close(client->fd);
    free(client);
}

/* The server may have hung up already: that shows in what is read. */
static inline bool client_send(struct client *client, const char *text, size_t size)
{
    return send(client->fd, text, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static inline bool client_say(struct client *client, const char *text)
{
    return client_send(client, text, strlen(text));
}

/* False at the end of the connection; fails the test when nothing comes at all. */
static inline bool client_receive(struct client *client)
{
    ssize_t size =
        recv(client->fd, client->bytes + client->size, RECEIVED_MAX - client->size - 1, 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        fail_msg("the server keeps silent");
    }
    if (size <= 0) {
        return false;
    }
    client->size += (size_t)size;
    client->bytes[client->size] = '\0';
    return true;
}

static inline bool client_is_closed(struct client *client)
{
    while (client_receive(client)) {
    }
    return true;
}

static inline void client_await(struct client *client, const char *text)
{
    while (strstr(client->bytes, text) == NULL) {
        if (!client_receive(client)) {
            fail_msg("closed before %s came: %s", text, client->bytes);
        }
    }
}

struct answer {
    int status;
    char *head;
    char *body;
    size_t body_size;
    char text[64 * 1024];
};

static inline const char *answer_header(const struct answer *answer, const char *name)
{
    static char value[1024];
    size_t size = strlen(name);
    for (const char *line = answer->head; (line = strchr(line, '\n')) != NULL;) {
        line++;
        if (strncasecmp(line, name, size) == 0 && line[size] == ':') {
            snprintf(value, sizeof value, "%.*s", (int)strcspn(line + size + 2, "\r"),
                     line + size + 2);
            return value;
        }
    }
    return NULL;
}

/* Takes the next answer with a Content-Length off what was received. */
static inline void client_read(struct client *client, struct answer *answer, bool head_only)
{
    char *end;
    while ((end = strstr(client->bytes, "\r\n\r\n")) == NULL) {
        if (!client_receive(client)) {
            fail_msg("closed before an answer: %s", client->bytes);
        }
    }
    size_t head_size = (size_t)(end - client->bytes) + 4;
    memcpy(answer->text, client->bytes, head_size);
    answer->text[head_size - 1] = '\0';
    answer->head = answer->text;
    answer->status = number_of(answer->head + 9, ' ');
    const char *length = answer_header(answer, "Content-Length");
    answer->body_size = length != NULL && !head_only ? strtoul(length, NULL, 10) : 0;
    while (client->size < head_size + answer->body_size) {
        if (!client_receive(client)) {
            fail_msg("closed inside an answer: %s", client->bytes);
        }
    }
    answer->body = answer->text + head_size;
    memcpy(answer->body, client->bytes + head_size, answer->body_size);
    answer->body[answer->body_size] = '\0';
    client->size -= head_size + answer->body_size;
    memmove(client->bytes, client->bytes + head_size + answer->body_size, client->size + 1);
}

/* One request on a connection of its own. */
static inline void http_ask(const struct http_fixture *fixture, const char *request,
                            struct answer *answer)
{
    struct client *client = client_open(fixture);
    client_say(client, request);
    client_read(client, answer, strncmp(request, "HEAD", 4) == 0);
    client_close(client);
}

static inline void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* Waits for what the server's thread does after its answer. */
static inline void await_count(const atomic_int *count, int wanted)
{
    for (int i = 0; i < PATIENCE_S * 200 && atomic_load(count) < wanted; i++) {
        pause_ms(5);
    }
    assert_int_equal(atomic_load(count), wanted);
}

/* ---- answering later ---- */
static inline void on_later_closed(uv_handle_t *handle)
{
    free(handle);
}

static inline void on_later(uv_timer_t *timer)
{
    http_answer(timer->data, 200, "text/plain", "later", 5);
    uv_close((uv_handle_t *)timer, on_later_closed);
}

static inline void answer_after(struct http_request *request, uint64_t wait_ms)
{
    uv_timer_t *timer = memory_zero(1, sizeof *timer);
    uv_timer_init(fixture_loop, timer);
    timer->data = request;
    uv_timer_start(timer, on_later, wait_ms, 0);
}

#endif
