/* SPDX-License-Identifier: Apache-2.0 */
/* Files in both directions: what they may hold in memory, how long they may take. */
#include <fcntl.h>
#include <unistd.h>

#include "http_fixture.h"

enum { FILE_MAX = 64 * 1024, MEMORY_MAX = 100 * 1024, SENT_SIZE = 30 * 1024 };

static void post_file(struct http_request *request, void *state)
{
    size_t size;
    char text[32];
    (void)state;
    http_body(request, &size);
    snprintf(text, sizeof text, "%zu", size);
    http_answer(request, 200, "text/plain", text, strlen(text));
}

static void get_file(struct http_request *request, void *state)
{
    char path[] = "/tmp/http-file-XXXXXX";
    (void)state;
    int fd = mkstemp(path);
    assert(fd >= 0 && unlink(path) == 0 && ftruncate(fd, SENT_SIZE) == 0);
    assert(pwrite(fd, "0123456789", 10, 0) == 10 && pwrite(fd, "end", 3, SENT_SIZE - 3) == 3);
    struct http_file file = {
        .fd = fd, .size = SENT_SIZE, .content_type = "image/jpeg", .etag = "\"one\""};
    http_answer_file(request, &file);
}

static atomic_int over_count;

static void on_over(void *arg)
{
    assert(strcmp(arg, "in the arena") == 0);
    over_count++;
}

static void get_file_until_over(struct http_request *request, void *state)
{
    http_when_over(request, on_over, arena_text(http_arena(request), "in the arena"));
    get_file(request, state);
}

static const struct http_route routes[] = {
    {.method = "POST",
     .path = "/file",
     .access = "",
     .handler = post_file,
     .flags = HTTP_FILE,
     .body_max = FILE_MAX},
    {.method = "GET", .path = "/file", .access = "", .handler = get_file},
    {.method = "GET", .path = "/told", .access = "", .handler = get_file_until_over},
    {0},
};

#define H    "Host: h\r\n"
#define POST "POST /file HTTP/1.1\r\n" H

static struct answer answer;

static int start(void **state)
{
    struct http_config config = fixture_config(routes);
    config.deadline_ms = 200;
    config.transfer_ms = 700;
    config.file_bytes_max = MEMORY_MAX;
    *state = http_fixture_start(&config, 0);
    return 0;
}

static struct client *announce(struct http_fixture *fixture, size_t size)
{
    char header[128];
    struct client *client = client_open(fixture);
    snprintf(header, sizeof header, POST "Content-Type: any/thing\r\nContent-Length: %zu\r\n\r\n",
             size);
    client_say(client, header);
    pause_ms(20);
    return client;
}

static void send_rest(struct client *client, size_t size)
{
    char *body = memory_zero(1, size + 1);
    client_send(client, body, size);
    free(body);
    client_read(client, &answer, false);
}

static void files_beyond_the_memory_set_aside_are_turned_away(void **state)
{
    struct client *first = announce(*state, FILE_MAX);
    struct client *second = announce(*state, FILE_MAX);
    send_rest(second, FILE_MAX);
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.body, "uploads_full"));
    assert_non_null(answer_header(&answer, "Retry-After"));
    send_rest(first, FILE_MAX);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "65536");
    client_close(first);
    client_close(second);
    second = announce(*state, FILE_MAX); /* its place was given back */
    send_rest(second, FILE_MAX);
    assert_int_equal(answer.status, 200);
    client_close(second);
}

/* One that does not say its size may come to the most. */
static void file_in_chunks_is_counted_at_its_most(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, POST "Transfer-Encoding: chunked\r\n\r\n");
    pause_ms(20);
    struct client *other = announce(*state, MEMORY_MAX - FILE_MAX + 1);
    send_rest(other, MEMORY_MAX - FILE_MAX + 1);
    assert_int_equal(answer.status, 503);
    client_say(client, "3\r\nabc\r\n0\r\n\r\n");
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "3");
    client_close(client);
    client_close(other);
}

static void client_that_leaves_gives_its_place_back(void **state)
{
    for (int i = 0; i < 3; i++) {
        client_close(announce(*state, FILE_MAX));
        pause_ms(50);
    }
    struct client *client = announce(*state, FILE_MAX);
    send_rest(client, FILE_MAX);
    assert_int_equal(answer.status, 200);
    client_close(client);
}

static void file_may_take_longer_than_other_requests(void **state)
{
    struct client *client = announce(*state, 10);
    pause_ms(400);
    send_rest(client, 10);
    assert_int_equal(answer.status, 200);
    client_close(client);
    client = announce(*state, 10);
    pause_ms(1000);
    assert_true(client_is_closed(client));
    client_close(client);
}

static void file_is_sent_from_its_descriptor(void **state)
{
    http_ask(*state, "HEAD /file HTTP/1.1\r\n" H "Connection: close\r\n\r\n", &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "Content-Length"), "30720");
    assert_string_equal(answer_header(&answer, "Content-Type"), "image/jpeg");
    assert_string_equal(answer_header(&answer, "X-Content-Type-Options"), "nosniff");
}

#define ASK(more) "GET /file HTTP/1.1\r\n" H "Connection: close\r\n" more "\r\n"

static void range_of_a_file_is_sent_alone(void **state)
{
    static const struct {
        const char *request;
        int status;
        const char *content_range, *body; /* NULL: not looked at */
    } rows[] = {
        {ASK("Range: bytes=2-5\r\n"), 206, "bytes 2-5/30720", "2345"},
        {ASK("Range: bytes=30717-\r\n"), 206, "bytes 30717-30719/30720", "end"},
        {ASK("Range: bytes=-3\r\n"), 206, "bytes 30717-30719/30720", "end"},
        {ASK("Range: bytes=30717-999999999\r\n"), 206, "bytes 30717-30719/30720", "end"},
        {ASK("Range: bytes=0-1\r\nIf-Range: \"one\"\r\n"), 206, "bytes 0-1/30720", "01"},
        {ASK("Range: bytes=30720-\r\n"), 416, "bytes */30720", NULL},
        {ASK("Range: bytes=-0\r\n"), 416, "bytes */30720", NULL},
        {ASK("Range: bytes=5-2\r\n"), 416, "bytes */30720", NULL},
        {ASK("Range: bytes=a-b\r\n"), 416, "bytes */30720", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        http_ask(*state, rows[i].request, &answer);
        assert_int_equal(answer.status, rows[i].status);
        assert_string_equal(answer_header(&answer, "Content-Range"), rows[i].content_range);
        assert_string_equal(answer_header(&answer, "Accept-Ranges"), "bytes");
        if (rows[i].body != NULL) {
            assert_string_equal(answer.body, rows[i].body);
            assert_string_equal(answer_header(&answer, "ETag"), "\"one\"");
        } else {
            assert_non_null(strstr(answer.body, "bad_range"));
        }
    }
}

/* Of several ranges, of what has changed since, and for HEAD, which asks about the whole. */
static void whole_file_is_sent_where_a_range_is_not_due(void **state)
{
    static const char *const rows[] = {
        ASK(""),
        ASK("Range: bytes=0-1,3-4\r\n"),
        ASK("Range: lines=0-1\r\n"),
        ASK("Range: bytes=0-1\r\nIf-Range: \"two\"\r\n"),
        ASK("Range: bytes=0-1\r\nIf-Range: W/\"one\"\r\n"),
        ASK("Range: bytes=0-1\r\nIf-Range: Sat, 29 Oct 1994 19:43:31 GMT\r\n"),
        "HEAD /file HTTP/1.1\r\n" H "Connection: close\r\nRange: bytes=0-1\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        http_ask(*state, rows[i], &answer);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer_header(&answer, "Content-Length"), "30720");
        assert_string_equal(answer_header(&answer, "Accept-Ranges"), "bytes");
        assert_null(answer_header(&answer, "Content-Range"));
    }
}

static void file_that_the_reader_has_is_not_sent(void **state)
{
    http_ask(*state, ASK("If-None-Match: \"two\", W/\"one\"\r\nRange: bytes=0-1\r\n"), &answer);
    assert_int_equal(answer.status, 304);
    assert_string_equal(answer_header(&answer, "ETag"), "\"one\"");
    http_ask(*state, ASK("If-None-Match: \"two\"\r\nRange: bytes=0-1\r\n"), &answer);
    assert_int_equal(answer.status, 206);
}

static void await_over(int count)
{
    for (int i = 0; i < 100 && over_count < count; i++) {
        pause_ms(20);
    }
    assert_int_equal(over_count, count);
}

/* When all is sent, or the client gone. */
static void whoever_asked_is_told_when_a_request_is_over(void **state)
{
    over_count = 0;
    http_ask(*state, "HEAD /told HTTP/1.1\r\n" H "Connection: close\r\n\r\n", &answer);
    assert_int_equal(answer.status, 200);
    await_over(1);
    struct client *client = client_open(*state);
    client_say(client, "GET /told HTTP/1.1\r\n" H "\r\n");
    pause_ms(20);
    client_close(client);
    await_over(2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_beyond_the_memory_set_aside_are_turned_away, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(file_in_chunks_is_counted_at_its_most, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(client_that_leaves_gives_its_place_back, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(file_may_take_longer_than_other_requests, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(file_is_sent_from_its_descriptor, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(range_of_a_file_is_sent_alone, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(whole_file_is_sent_where_a_range_is_not_due, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(file_that_the_reader_has_is_not_sent, start,
                                        http_fixture_tear_down),
        cmocka_unit_test_setup_teardown(whoever_asked_is_told_when_a_request_is_over, start,
                                        http_fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
