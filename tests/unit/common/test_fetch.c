/* SPDX-License-Identifier: Apache-2.0 */
/* fetch against servers in a thread that say what the row of the test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/arena.h"
#include "common/fetch.h"
#include "tests/unit/common/local_server.h"

enum { TEXT_SIZE = 16 * 1024 };

struct fixture {
    uv_loop_t loop;
    struct metrics *metrics;
    struct fetch *fetch;
    struct local_server server;
    const char *answer;     /* HTTP: whole; NULL: none until the client goes */
    const char *rcpt_reply; /* SMTP */
    char seen[TEXT_SIZE];
    char url[64];
};

struct told {
    int calls;
    long status;
    char body[TEXT_SIZE];
    struct error err;
    struct fetch *again; /* asks for another transfer when told */
    bool again_taken;
};

static void serve_http(int connection, void *arg)
{
    struct fixture *fixture = arg;
    char ignored[64];
    if (!read_until(connection, fixture->seen, TEXT_SIZE, "\r\n\r\n")) {
        return;
    }
    if (fixture->answer != NULL) {
        send_text(connection, fixture->answer);
    } else {
        read_until(connection, ignored, sizeof ignored, "never");
    }
}

static void note(struct fixture *fixture, const char *line)
{
    size_t end = strlen(fixture->seen);
    snprintf(fixture->seen + end, sizeof fixture->seen - end, "%s", line);
}

/* Takes one mail; seen gathers all that the client says. */
static void serve_smtp(int connection, void *arg)
{
    struct fixture *fixture = arg;
    char line[TEXT_SIZE];
    fixture->seen[0] = '\0';
    send_text(connection, "220 test\r\n");
    while (read_until(connection, line, sizeof line, "\r\n")) {
        note(fixture, line);
        if (strncmp(line, "RCPT", 4) == 0) {
            send_text(connection, fixture->rcpt_reply);
        } else if (strncmp(line, "DATA", 4) == 0) {
            send_text(connection, "354 go on\r\n");
            read_until(connection, line, sizeof line, "\r\n.\r\n");
            note(fixture, line);
            send_text(connection, "250 2.0.0 taken\r\n");
        } else if (strncmp(line, "QUIT", 4) == 0) {
            send_text(connection, "221 bye\r\n");
            return;
        } else {
            send_text(connection, "250 fine\r\n");
        }
    }
}

static void set_up(struct fixture *fixture, const char *scheme, serve_connection *serve)
{
    const struct fetch_config config = {.transfers_max = 1, .waiting_max = 1, .ca_file = ""};
    memset(fixture, 0, sizeof *fixture);
    local_server_start(&fixture->server, serve, fixture);
    snprintf(fixture->url, sizeof fixture->url, "%s://127.0.0.1:%u", scheme, fixture->server.port);
    uv_loop_init(&fixture->loop);
    fixture->metrics = metrics_new();
    assert_true(fetch_open(&fixture->fetch, &fixture->loop, &config, fixture->metrics, NULL));
}

static void tear_down(struct fixture *fixture)
{
    fetch_close(fixture->fetch);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    metrics_free(fixture->metrics);
    local_server_stop(&fixture->server);
}

static void on_answer(long status, const char *body, size_t size, const struct error *err,
                      void *arg)
{
    struct told *told = arg;
    told->calls++;
    told->status = status;
    memcpy(told->body, body, size);
    told->body[size] = '\0';
    if (err != NULL) {
        told->err = *err;
    }
    if (told->again != NULL) {
        const struct fetch_request request = {.method = "GET", .url = "http://127.0.0.1:1"};
        told->again_taken = fetch_http(told->again, &request, on_answer, told, NULL);
    }
}

static void on_mailed(long reply, const struct error *err, void *arg)
{
    on_answer(reply, "", 0, err, arg);
}

static void await(struct fixture *fixture, struct told *told)
{
    while (told->calls == 0) {
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
    assert_int_equal(told->calls, 1);
}

static void get(struct fixture *fixture, const char *url, struct told *told)
{
    const struct fetch_request request = {
        .method = "GET", .url = url, .deadline_ms = 300, .answer_max = 100};
    struct error err = {0};
    *told = (struct told){0};
    if (fetch_http(fixture->fetch, &request, on_answer, told, &err)) {
        await(fixture, told);
    } else {
        told->err = err;
    }
}

static void fetch_gets_what_the_server_says(void **state)
{
    static const struct {
        const char *answer;
        long status;
        const char *body, *code;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", 200, "hello",
         ""},
        {"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 204, "", ""},
        {"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy", 503, "busy",
         ""},
        {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n"
         "Connection: close\r\n\r\n",
         302, "", ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\nConnection: close\r\n\r\n"
         "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
         "90"
         "1234567890",
         0, "", "answer_too_large"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\ncut", 0, "",
         "no_answer"},
        {"nonsense\r\n\r\n", 0, "", "no_answer"},
        {"", 0, "", "no_answer"},
        {NULL, 0, "", "no_answer"}, /* the deadline */
    };
    struct fixture fixture;
    struct told told;
    (void)state;
    set_up(&fixture, "http", serve_http);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture.answer = rows[i].answer;
        get(&fixture, fixture.url, &told);
        assert_int_equal(told.status, rows[i].status);
        assert_string_equal(told.body, rows[i].body);
        assert_string_equal(told.err.code, rows[i].code);
        assert_int_equal(told.err.kind, rows[i].code[0] == '\0' ? ERR_NONE : ERR_RETRY);
    }
    tear_down(&fixture);
}

static void fetch_speaks_http_only(void **state)
{
    static const char *const urls[] = {"file:///etc/passwd", "http://127.0.0.1:1/", "nonsense",
                                       "ftp://127.0.0.1/"};
    struct fixture fixture;
    struct told told;
    (void)state;
    set_up(&fixture, "http", serve_http);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        get(&fixture, urls[i], &told);
        assert_int_equal(told.status, 0);
        assert_int_equal(told.err.kind, ERR_RETRY);
    }
    tear_down(&fixture);
}

static void fetch_posts_headers_and_body(void **state)
{
    struct fixture fixture;
    struct told told = {0};
    (void)state;
    set_up(&fixture, "http", serve_http);
    fixture.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    const struct fetch_request request = {
        .method = "PUT",
        .url = fixture.url,
        .headers = (const char *const[]){"Content-Type: text/x", NULL},
        .body = "a\r\n\r\n", /* ends what the server waits for in any case */
        .body_size = 5,
        .deadline_ms = 2000,
        .answer_max = 100,
    };
    assert_true(fetch_http(fixture.fetch, &request, on_answer, &told, NULL));
    await(&fixture, &told);
    assert_string_equal(told.body, "ok");
    assert_non_null(strstr(fixture.seen, "PUT / HTTP/1.1\r\n"));
    assert_non_null(strstr(fixture.seen, "Content-Type: text/x\r\n"));
    assert_non_null(strstr(fixture.seen, "Content-Length: 5\r\n"));
    assert_null(strstr(fixture.seen, "Expect:"));
    tear_down(&fixture);
}

/* That a server takes the signature is seen in tests/service/intake/media_bucket.test.mjs. */
static void fetch_signs_what_it_sends(void **state)
{
    static const struct fetch_signature signature = {"ha-noi", "s3", "the-user", "the-secret"};
    static const char hash[] = "2ba23bfe1e7bbfeba4a4dea8ceb9a0dcbe5a3ee2eedbeb2b1e4b2f4a7d0e4a1c";
    static const struct {
        const char *body, *sha256, *said;
    } rows[] = {
        {NULL, NULL,
         "\r\nx-amz-content-sha256: "
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n"},
        {"a\r\n\r\n", hash,
         "\r\nx-amz-content-sha256: "
         "2ba23bfe1e7bbfeba4a4dea8ceb9a0dcbe5a3ee2eedbeb2b1e4b2f4a7d0e4a1c\r\n"},
    };
    struct fixture fixture;
    (void)state;
    set_up(&fixture, "http", serve_http);
    fixture.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct told told = {0};
        const struct fetch_request request = {
            .method = rows[i].body != NULL ? "PUT" : "GET",
            .url = fixture.url,
            .body = rows[i].body,
            .body_size = rows[i].body != NULL ? strlen(rows[i].body) : 0,
            .body_stays = true,
            .body_sha256 = rows[i].sha256,
            .signature = &signature,
            .deadline_ms = 2000,
            .answer_max = 100,
        };
        assert_true(fetch_http(fixture.fetch, &request, on_answer, &told, NULL));
        await(&fixture, &told);
        assert_int_equal(told.status, 200);
        assert_non_null(strstr(fixture.seen, rows[i].said));
        assert_non_null(
            strstr(fixture.seen, "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=the-user/"));
        assert_non_null(strstr(fixture.seen, "/ha-noi/s3/aws4_request, SignedHeaders="));
        assert_non_null(strstr(fixture.seen, "x-amz-content-sha256;x-amz-date, Signature="));
        assert_null(strstr(fixture.seen, "the-secret"));
        assert_null(strstr(fixture.seen, "expect"));
    }
    tear_down(&fixture);
}

struct pieces {
    struct told told; /* first: on_answer gets it */
    char text[TEXT_SIZE];
    size_t taken, most;
};

static bool on_piece(const char *bytes, size_t size, void *arg)
{
    struct pieces *pieces = arg;
    if (pieces->taken + size > pieces->most) {
        return false;
    }
    memcpy(pieces->text + pieces->taken, bytes, size);
    pieces->taken += size;
    return true;
}

static void fetch_gives_good_bodies_piece_by_piece(void **state)
{
    static const struct {
        const char *answer;
        size_t most;
        long status;
        const char *pieces, *body, *code;
        int64_t modified_s;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", 5, 200, "hello",
         "", "", 0},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone", 5, 404, "",
         "none", "", 0},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", 4, 0, "", "",
         "answer_refused", 0},
        {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\ncut", 50, 0, "cut", "",
         "no_answer", 0},
    };
    struct fixture fixture;
    (void)state;
    set_up(&fixture, "http", serve_http);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t modified_s = 0;
        struct pieces pieces = {.most = rows[i].most};
        const struct fetch_request request = {.method = "GET",
                                              .url = fixture.url,
                                              .deadline_ms = 2000,
                                              .answer_max = 100,
                                              .on_piece = on_piece,
                                              .modified_s = &modified_s};
        fixture.answer = rows[i].answer;
        assert_true(fetch_http(fixture.fetch, &request, on_answer, &pieces, NULL));
        await(&fixture, &pieces.told);
        assert_int_equal(pieces.told.status, rows[i].status);
        assert_string_equal(pieces.text, rows[i].pieces);
        assert_string_equal(pieces.told.body, rows[i].body);
        assert_string_equal(pieces.told.err.code, rows[i].code);
        assert_int_equal(modified_s, rows[i].modified_s);
    }
    tear_down(&fixture);
}

static void fetch_lets_wait_and_then_refuses(void **state)
{
    struct fixture fixture;
    struct told told[3] = {0};
    struct error err = {0};
    (void)state;
    set_up(&fixture, "http", serve_http);
    fixture.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    const struct fetch_request request = {
        .method = "GET", .url = fixture.url, .deadline_ms = 2000, .answer_max = 100};
    assert_true(fetch_http(fixture.fetch, &request, on_answer, &told[0], NULL));
    assert_true(fetch_http(fixture.fetch, &request, on_answer, &told[1], NULL));
    assert_false(fetch_http(fixture.fetch, &request, on_answer, &told[2], &err));
    assert_int_equal(err.kind, ERR_BUSY);
    await(&fixture, &told[0]);
    await(&fixture, &told[1]);
    assert_string_equal(told[1].body, "ok");
    assert_int_equal(told[2].calls, 0);
    tear_down(&fixture);
}

static void fetch_ends_all_when_it_closes(void **state)
{
    struct fixture fixture;
    struct told told[2] = {0};
    (void)state;
    set_up(&fixture, "http", serve_http);
    const struct fetch_request request = {
        .method = "GET", .url = fixture.url, .deadline_ms = 60000, .answer_max = 100};
    for (size_t i = 0; i < 2; i++) {
        told[i].again = fixture.fetch;
        assert_true(fetch_http(fixture.fetch, &request, on_answer, &told[i], NULL));
    }
    uv_run(&fixture.loop, UV_RUN_ONCE); /* the first is on its way */
    tear_down(&fixture);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(told[i].calls, 1);
        assert_int_equal(told[i].err.kind, ERR_RETRY);
        assert_false(told[i].again_taken);
    }
}

static void send_mail(struct fixture *fixture, const char *message, bool require_tls,
                      struct told *told)
{
    const struct fetch_mail mail = {
        .url = fixture->url,
        .user = "",
        .password = "",
        .require_tls = require_tls,
        .from = "city@ihanoi.example",
        .to = "an@ihanoi.example",
        .message = message,
        .message_size = strlen(message),
        .deadline_ms = 2000,
    };
    *told = (struct told){0};
    assert_true(fetch_mail(fixture->fetch, &mail, on_mailed, told, NULL));
    await(fixture, told);
}

static void mail_tells_taken_from_refused_and_later(void **state)
{
    static const struct {
        const char *reply;
        long status;
        enum error_kind kind;
    } rows[] = {
        {"250 fine\r\n", 250, ERR_NONE},
        {"451 4.7.1 greylisted\r\n", 451, ERR_RETRY},
        {"550 5.1.1 nobody here\r\n", 550, ERR_INPUT},
        {"250 fine\r\n", 250, ERR_NONE},
    };
    struct fixture fixture;
    struct told told;
    (void)state;
    set_up(&fixture, "smtp", serve_smtp);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture.rcpt_reply = rows[i].reply;
        send_mail(&fixture, "Subject: x\r\n\r\nhello\r\n", false, &told);
        assert_int_equal(told.status, rows[i].status);
        assert_int_equal(told.err.kind, rows[i].kind);
        assert_null(strstr(told.err.text, "an@ihanoi.example"));
    }
    tear_down(&fixture);
}

static void mail_goes_out_as_written(void **state)
{
    struct fixture fixture;
    struct told told;
    (void)state;
    set_up(&fixture, "smtp", serve_smtp);
    fixture.rcpt_reply = "250 fine\r\n";
    send_mail(&fixture, "Subject: x\r\n\r\nhello\r\n.\r\nRCPT TO:<b@x>\r\n", false, &told);
    assert_int_equal(told.err.kind, ERR_NONE);
    assert_non_null(strstr(fixture.seen, "MAIL FROM:<city@ihanoi.example>"));
    assert_non_null(strstr(fixture.seen, "RCPT TO:<an@ihanoi.example>"));
    /* A lone dot is doubled, or the text behind it would be taken for commands. */
    assert_non_null(strstr(fixture.seen, "hello\r\n..\r\nRCPT TO:<b@x>\r\n.\r\n"));
    tear_down(&fixture);
}

static void mail_does_not_go_in_the_clear_when_tls_is_required(void **state)
{
    struct fixture fixture;
    struct told told;
    (void)state;
    set_up(&fixture, "smtp", serve_smtp);
    fixture.rcpt_reply = "250 fine\r\n";
    send_mail(&fixture, "Subject: x\r\n\r\nhello\r\n", true, &told);
    assert_int_equal(told.err.kind, ERR_RETRY);
    assert_null(strstr(fixture.seen, "MAIL"));
    tear_down(&fixture);
}

static void mail_waits_for_a_server_that_is_away(void **state)
{
    struct fixture fixture;
    struct told told;
    (void)state;
    set_up(&fixture, "smtp", serve_smtp);
    snprintf(fixture.url, sizeof fixture.url, "smtp://127.0.0.1:1");
    send_mail(&fixture, "x\r\n", false, &told);
    assert_int_equal(told.status, 0);
    assert_int_equal(told.err.kind, ERR_RETRY);
    tear_down(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetch_gets_what_the_server_says),
        cmocka_unit_test(fetch_speaks_http_only),
        cmocka_unit_test(fetch_posts_headers_and_body),
        cmocka_unit_test(fetch_signs_what_it_sends),
        cmocka_unit_test(fetch_gives_good_bodies_piece_by_piece),
        cmocka_unit_test(fetch_lets_wait_and_then_refuses),
        cmocka_unit_test(fetch_ends_all_when_it_closes),
        cmocka_unit_test(mail_tells_taken_from_refused_and_later),
        cmocka_unit_test(mail_goes_out_as_written),
        cmocka_unit_test(mail_does_not_go_in_the_clear_when_tls_is_required),
        cmocka_unit_test(mail_waits_for_a_server_that_is_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
