/* SPDX-License-Identifier: Apache-2.0 */
/* What a client sees of one request after another. */
#include "http_fixture.h"

static atomic_int handled;

static void get_hello(struct http_request *request, void *state)
{
    (void)state;
    handled++;
    http_answer(request, 200, "text/plain", "hello", 5);
}

static void get_echo(struct http_request *request, void *state)
{
    struct error err = {0};
    int64_t n = http_query_int(request, "n", 1, 100, 7, &err);
    const char *q = http_query(request, "q");
    (void)state;
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    char *text = arena_format(http_arena(request), "%s|%s|%d|%s", http_param(request, "id"),
                              q != NULL ? q : "-", (int)n, http_principal(request)->id);
    http_answer_header(request, "Cache-Control", "max-age=60");
    http_answer(request, 200, "text/plain", text, strlen(text));
}

static void post_body(struct http_request *request, void *state)
{
    size_t size;
    const char *body = http_body(request, &size);
    (void)state;
    handled++;
    assert(strlen(body) == size);
    http_answer(request, 201, "text/plain", body, size);
}

static void post_form(struct http_request *request, void *state)
{
    const char *const *media, *value;
    struct buffer text;
    (void)state;
    buffer_init(&text);
    size_t count = http_form_values(request, "media", &media);
    buffer_put_format(&text, "%s|%s|%zu|%s|", http_principal(request)->id,
                      http_form(request, "description"), count, count > 1 ? media[1] : "-");
    for (size_t i = 0; i < http_form_count(request); i++) {
        buffer_put_format(&text, "%s,", http_form_at(request, i, &value));
    }
    http_answer(request, 200, "text/plain", text.data, text.size);
    buffer_finish(&text);
}

static void get_later(struct http_request *request, void *state)
{
    (void)state;
    handled++;
    answer_after(request, 40);
}

static void put_version(struct http_request *request, void *state)
{
    char *text = arena_format(http_arena(request), "%d", (int)http_if_match(request));
    (void)state;
    http_answer(request, 200, "text/plain", text, strlen(text));
}

static void post_key(struct http_request *request, void *state)
{
    const char *key = http_idempotency_key(request);
    (void)state;
    http_answer(request, 200, "text/plain", key != NULL ? key : "none",
                key != NULL ? strlen(key) : 4);
}

static void get_failure(struct http_request *request, void *state)
{
    static const struct {
        const char *name;
        enum error_kind kind;
    } kinds[] = {{"input", ERR_INPUT},       {"unprocessable", ERR_UNPROCESSABLE},
                 {"conflict", ERR_CONFLICT}, {"busy", ERR_BUSY},
                 {"retry", ERR_RETRY},       {"fatal", ERR_FATAL}};
    struct error err = {0};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, http_param(request, "kind")) == 0) {
            error_set(&err, kinds[i].kind, "failed", "secret detail");
        }
    }
    err.retry_after_s = err.kind == ERR_BUSY ? 30 : 0;
    http_answer_error(request, &err);
}

static int write_xml(struct http_request *request, int status, const struct error *err,
                     struct buffer *body, const char **content_type)
{
    (void)request;
    buffer_put_format(body, "<error>%d %s</error>", status, err->code);
    *content_type = "text/xml";
    return status;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/hello", .access = "", .handler = get_hello},
    {.method = "POST", .path = "/body", .access = "", .handler = post_body, .body_max = 1000},
    {.method = "GET", .path = "/echo/{id}", .access = "", .handler = get_echo},
    {.method = "GET", .path = "/strict/{id}", .access = "", .handler = get_echo, .query = "n qq q"},
    {.method = "GET", .path = "/none", .access = "officer", .handler = get_hello, .query = ""},
    {.method = "GET", .path = "/later", .access = "", .handler = get_later},
    {.method = "GET", .path = "/officer", .access = "officer", .handler = get_hello},
    {.method = "POST",
     .path = "/officer",
     .access = "officer",
     .handler = post_body,
     .body_max = HTTP_BODY_MAX},
    {.method = "PUT",
     .path = "/version",
     .access = "",
     .handler = put_version,
     .flags = HTTP_IF_MATCH},
    {.method = "POST", .path = "/key", .access = "", .handler = post_key, .flags = HTTP_IDEMPOTENT},
    {.method = "POST",
     .path = "/key/later",
     .access = "",
     .handler = get_later,
     .flags = HTTP_IDEMPOTENT},
    {.method = "POST",
     .path = "/form",
     .access = "scope:write",
     .handler = post_form,
     .flags = HTTP_API_KEY_PARAM | HTTP_FORM,
     .body_max = 1000},
    {.method = "GET", .path = "/failure/{kind}", .access = "", .handler = get_failure},
    {.method = "GET",
     .path = "/xml",
     .access = "officer",
     .handler = get_hello,
     .problem = write_xml},
    {0},
};

static struct answer answer;

static int start(void **state)
{
    return http_fixture_set_up(state, routes);
}

#define H         "Host: h\r\n"
#define ASK(line) line " HTTP/1.1\r\n" H "\r\n"

struct exchange {
    const char *request;
    int status;
    const char *in_body; /* NULL: do not care */
};

static void check(const struct http_fixture *fixture, const struct exchange *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        http_ask(fixture, rows[i].request, &answer);
        if (answer.status != rows[i].status) {
            print_error("%s\n", rows[i].request);
        }
        assert_int_equal(answer.status, rows[i].status);
        if (rows[i].in_body != NULL && strstr(answer.body, rows[i].in_body) == NULL) {
            fail_msg("%s has no %s", answer.body, rows[i].in_body);
        }
        if (answer.status >= 400) {
            assert_string_equal(answer_header(&answer, "Content-Type"), "application/problem+json");
        }
        assert_string_equal(answer_header(&answer, "X-Content-Type-Options"), "nosniff");
    }
}

#define CHECK(state, rows) check(*(state), rows, sizeof(rows) / sizeof((rows)[0]))

static void request_is_routed_and_decoded(void **state)
{
    static const struct exchange rows[] = {
        {ASK("GET /hello"), 200, "hello"},
        {ASK("GET /hello?x=1"), 200, "hello"},
        {ASK("GET /nothing"), 404, "\"code\":\"no_such_path\""},
        {ASK("GET /hello/"), 404, NULL},
        {ASK("GET /echo/a%2Fb%C4%91?q=x+y%26&n=42"), 200, "a/b\xC4\x91|x y&|42|"},
        {ASK("GET /echo/1?q=first&q=second"), 200, "1|first|7|"},
        {ASK("GET /echo/1?n=0"), 400, "\"field\":\"n\",\"code\":\"out_of_range\""},
        {ASK("GET /echo/1?n=x"), 400, "not_an_integer"},
        {ASK("GET /echo/1?n="), 400, "not_an_integer"},
        {ASK("GET /echo/1?n=99999999999999999999"), 400, "out_of_range"},
        {ASK("GET /echo/1?q=%FF"), 400, "\"field\":\"q\""},
        {ASK("GET /echo/%FF"), 400, "\"field\":\"id\""},
        {ASK("GET /echo/%00"), 400, "\"field\":\"id\""},
        {ASK("GET /echo/a%0Ab"), 400, "\"field\":\"id\""},
    };
    CHECK(state, rows);
    http_ask(*state, ASK("GET /echo/1"), &answer);
    assert_string_equal(answer_header(&answer, "Cache-Control"), "max-age=60");
    http_ask(*state, ASK("GET /hello"), &answer);
    assert_string_equal(answer_header(&answer, "Cache-Control"), "no-store");
}

static void the_query_is_what_the_route_knows(void **state)
{
    static const struct exchange rows[] = {
        {ASK("GET /strict/1?n=5&q=a"), 200, "1|a|5|"},
        {ASK("GET /strict/1?nn=5"), 400, "\"field\":\"nn\",\"code\":\"unknown_parameter\""},
        {ASK("GET /strict/1?N=5"), 400, "\"field\":\"N\""},
        {ASK("GET /strict/1?n%20q=5"), 400, "\"field\":\"n q\""},
        {ASK("GET /strict/1?=5"), 400, "\"field\":\"\""},
        {ASK("GET /strict/1?n=5&q=a&n=5"), 400, "\"field\":\"n\",\"code\":\"repeated\""},
        {ASK("GET /strict/1?x=1&n=5&y=2"), 400, "\"field\":\"y\""},
        {ASK("GET /none?x=1"), 401, "sign_in"},
        {"GET /none?x=1 HTTP/1.1\r\n" H "Authorization: Bearer officer\r\n\r\n", 400,
         "\"field\":\"x\""},
        {"GET /none? HTTP/1.1\r\n" H "Authorization: Bearer officer\r\n\r\n", 200, "hello"},
        {ASK("GET /echo/1?x=1&n=5&n=6"), 200, "1|-|5|"},
    };
    CHECK(state, rows);
}

static void a_body_is_of_the_type_of_the_route(void **state)
{
#define TYPED(path, type)                                                                          \
    "POST " path " HTTP/1.1\r\n" H "Content-Type: " type "\r\nContent-Length: 3\r\n\r\na=b"
    static const struct exchange rows[] = {
        {TYPED("/body", "application/json"), 201, "a=b"},
        {TYPED("/body", "Application/JSON; charset=utf-8"), 201, "a=b"},
        {"POST /body HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\na=b", 201, "a=b"},
        {"POST /body HTTP/1.1\r\n" H "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n", 201,
         ""},
        {TYPED("/body", "text/plain"), 415, "\"field\":\"Content-Type\""},
        {TYPED("/body", "application/x-www-form-urlencoded"), 415, "application/json"},
        {TYPED("/body", "application/jsonp"), 415, "unsupported_media_type"},
        {TYPED("/body", ""), 415, NULL},
        {TYPED("/form?api_key=key", "application/json"), 415, "application/x-www-form-urlencoded"},
        {TYPED("/form?api_key=key", "multipart/form-data; boundary=x"), 415, NULL},
    };
    CHECK(state, rows);
    http_ask(*state,
             "POST /form?api_key=key HTTP/1.1\r\n" H "Content-Length: 13\r\n\r\ndescription=x",
             &answer);
    assert_int_equal(answer.status, 200);
}

static void method_not_allowed_tells_which_are(void **state)
{
    http_ask(*state, ASK("DELETE /officer"), &answer);
    assert_int_equal(answer.status, 405);
    assert_string_equal(answer_header(&answer, "Allow"), "POST, GET, HEAD");
}

static void head_is_get_without_body(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, ASK("HEAD /hello") ASK("GET /hello"));
    client_read(client, &answer, true);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "Content-Length"), "5");
    client_read(client, &answer, false);
    assert_string_equal(answer.body, "hello");
    client_close(client);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    struct client *client = client_open(*state);
    client_say(client,
               ASK("GET /echo/1")
                   ASK("GET /later") "POST /body HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"
                                     "POST /body HTTP/1.1\r\n" H
                                     "Transfer-Encoding: chunked\r\n\r\n"
                                     "2\r\nde\r\n1\r\nf\r\n0\r\n\r\n" ASK("GET /nothing")
                                         ASK("GET /echo/2"));
    static const char *const bodies[] = {"1|-|7|", "later", "abc", "def", NULL, "2|-|7|"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        client_read(client, &answer, false);
        if (bodies[i] != NULL) {
            assert_string_equal(answer.body, bodies[i]);
        } else {
            assert_int_equal(answer.status, 404);
        }
    }
    client_close(client);
}

static void expectation_is_met_only_for_a_body_that_is_wanted(void **state)
{
    static const char expect[] = "Content-Length: 3\r\nExpect: 100-continue\r\n";
    char request[256];
    struct client *client = client_open(*state);
    snprintf(request, sizeof request, "POST /body HTTP/1.1\r\n" H "%s\r\n", expect);
    client_say(client, request);
    client_read(client, &answer, true);
    assert_int_equal(answer.status, 100);
    client_say(client, "abc" ASK("GET /hello"));
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 201);
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 200);
    snprintf(request, sizeof request, "POST /officer HTTP/1.1\r\n" H "%s\r\n", expect);
    client_say(client, request);
    client_read(client, &answer, false);
    assert_int_equal(answer.status, 401);
    assert_true(client_is_closed(client));
    client_close(client);
}

/* Each of these can be read in two ways; a second request hides in the body. */
static void ambiguous_framing_is_refused(void **state)
{
    static const char *const heads[] = {
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 3\r\nContent-Length: 30\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3, 3\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: 0x3\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Host: other\r\n",
    };
    char request[1024];
    handled = 0;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        for (int get = 0; get < 2; get++) {
            struct client *client = client_open(*state);
            snprintf(request, sizeof request, "%s HTTP/1.1\r\n" H "%s\r\n0\r\n\r\n%s",
                     get ? "GET /hello" : "POST /body", heads[i], ASK("GET /hello"));
            client_say(client, request);
            client_read(client, &answer, false);
            if (answer.status != 400 && answer.status != 413) {
                fail_msg("%d for %s", answer.status, heads[i]);
            }
            client_is_closed(client);
            assert_null(strstr(client->bytes, "HTTP/1.1 2"));
            client_close(client);
        }
    }
    assert_int_equal(handled, 0);
}

static void header_is_limited(void **state)
{
    enum { REQUEST_SIZE = 64 * 1024 };
    char *request = memory_zero(1, REQUEST_SIZE);
    for (int size_k = 20; size_k <= 40; size_k += 20) {
        struct client *client = client_open(*state);
        int at = snprintf(request, REQUEST_SIZE, "GET /hello HTTP/1.1\r\n" H "X: ");
        memset(request + at, 'x', (size_t)size_k * 1024);
        memcpy(request + at + size_k * 1024, "\r\n\r\n", sizeof "\r\n\r\n");
        client_say(client, request);
        client_read(client, &answer, false);
        assert_int_equal(answer.status, 431);
        client_is_closed(client);
        client_close(client);
    }
    free(request);
}

static void body_is_limited(void **state)
{
    char request[4096];
    static const struct exchange rows[] = {
        {"POST /body HTTP/1.1\r\n" H "Content-Length: 1000000\r\n\r\n", 413, "1000 bytes"},
        {"POST /body HTTP/1.1\r\n" H "Content-Length: 99999999999999999\r\n\r\n", 413, NULL},
        {"POST /body HTTP/1.1\r\n" H "Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n", 413,
         NULL},
        {"POST /key HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\nx", 413, NULL},
        {"GET /hello HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\nx", 413, NULL},
        {"GET /hello HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 200, NULL},
    };
    CHECK(state, rows);
    handled = 0;
    for (int size = 1000; size <= 1001; size++) { /* chunked, in two halves */
        struct client *client = client_open(*state);
        int at = snprintf(request, sizeof request,
                          "POST /body HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
                          "1f4\r\n%0500d\r\n%x\r\n%0*d\r\n0\r\n\r\n%s",
                          0, (unsigned)size - 500, size - 500, 0, ASK("GET /hello"));
        client_send(client, request, (size_t)at);
        client_read(client, &answer, false);
        assert_int_equal(answer.status, size == 1000 ? 201 : 413);
        client_read(client, &answer, false);
        assert_int_equal(answer.status, 200);
        client_close(client);
    }
    assert_int_equal(handled, 3); /* the body that fits, and the request after each */
}

static void short_refused_body_keeps_the_connection(void **state)
{
    struct client *client = client_open(*state);
    client_say(client, "POST /officer HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"
                       "PATCH /nothing HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc" //
               ASK("GET /hello"));
    static const int statuses[] = {401, 404, 200};
    for (size_t i = 0; i < 3; i++) {
        client_read(client, &answer, false);
        assert_int_equal(answer.status, statuses[i]);
    }
    client_close(client);
}

static void access_is_checked_before_the_handler(void **state)
{
    static const struct exchange rows[] = {
        {ASK("GET /officer"), 401, "sign_in"},
        {"GET /officer HTTP/1.1\r\n" H "Authorization: Bearer bad\r\n\r\n", 401, "bad_token"},
        {"GET /hello HTTP/1.1\r\n" H "Authorization: Bearer bad\r\n\r\n", 401, "bad_token"},
        {"GET /officer HTTP/1.1\r\n" H "Authorization: Bearer citizen\r\n\r\n", 403, "no_role"},
        {"GET /officer HTTP/1.1\r\n" H "authorization: bearer  officer\r\n\r\n", 200, "hello"},
        {"GET /officer HTTP/1.1\r\n" H "Authorization: Bearer slow-officer\r\n\r\n", 200, "hello"},
        {"POST /officer HTTP/1.1\r\n" H "Content-Length: 3\r\n"
         "Authorization: Bearer slow-officer\r\n\r\nabc",
         201, "abc"},
        {"GET /officer HTTP/1.1\r\n" H "Authorization: Basic officer\r\n\r\n", 401, "sign_in"},
        {"GET /officer HTTP/1.1\r\n" H "X-Api-Key: key\r\n\r\n", 403, NULL},
        {"GET /echo/1 HTTP/1.1\r\n" H "X-Api-Key: key\r\n\r\n", 200, "1|-|7|scope:write"},
        {ASK("GET /officer?api_key=key"), 401, NULL},
    };
    CHECK(state, rows);
    http_ask(*state, rows[0].request, &answer);
    assert_string_equal(answer_header(&answer, "WWW-Authenticate"), "Bearer");
    http_ask(*state, rows[1].request, &answer);
    assert_string_equal(answer_header(&answer, "WWW-Authenticate"),
                        "Bearer error=\"invalid_token\"");
}

#define FORM(size)                                                                                 \
    H "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: " size    \
      "\r\n\r\n"

static void form_may_carry_the_api_key(void **state)
{
    static const struct exchange rows[] = {
        {"POST /form HTTP/1.1\r\n" FORM(
             "64") "api_key=key&description=c%C3%A2y+%C4%91%E1%BB%95&media=a&media=b",
         200, "scope:write|c\xC3\xA2y \xC4\x91\xE1\xBB\x95|2|b|api_key,description,media,media,"},
        {"POST /form?api_key=key HTTP/1.1\r\n" FORM("13") "description=x", 200, "scope:write|x|0|"},
        {"POST /form HTTP/1.1\r\n" FORM("26") "api_key=other&description=x", 401, "bad_token"},
        {"POST /form HTTP/1.1\r\n" FORM("13") "description=x", 401, "sign_in"},
        {"POST /form?api_key=key HTTP/1.1\r\n" FORM("15") "description=%FF", 400,
         "\"field\":\"description\""},
    };
    CHECK(state, rows);
}

static void version_is_required_and_read(void **state)
{
    static const struct exchange rows[] = {
        {ASK("PUT /version"), 428, "if_match_required"},
        {"PUT /version HTTP/1.1\r\n" H "If-Match: \"12\"\r\n\r\n", 200, "12"},
        {"PUT /version HTTP/1.1\r\n" H "If-Match: 12\r\n\r\n", 400, "If-Match"},
        {"PUT /version HTTP/1.1\r\n" H "If-Match: \"\"\r\n\r\n", 400, NULL},
        {"PUT /version HTTP/1.1\r\n" H "If-Match: W/\"1\"\r\n\r\n", 400, NULL},
        {"PUT /version HTTP/1.1\r\n" H "If-Match: *\r\n\r\n", 400, NULL},
        {"PUT /version HTTP/1.1\r\n" H "If-Match: \"1\", \"2\"\r\n\r\n", 400, NULL},
        {"PUT /version HTTP/1.1\r\n" H "If-Match: \"9999999999999999999\"\r\n\r\n", 400, NULL},
    };
    CHECK(state, rows);
}

static void idempotency_key_is_checked(void **state)
{
    static const struct exchange rows[] = {
        {ASK("POST /key"), 200, "none"},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key: \"a b\"\r\n\r\n", 200, "a b"},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key: abc\r\n\r\n", 200, "abc"},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key: \"a\\\"b\"\r\n\r\n", 200, "a\"b"},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key: \"\"\r\n\r\n", 400, "Idempotency-Key"},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key: \"a\\\"\r\n\r\n", 400, "Idempotency-Key"},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key:\r\n\r\n", 400, NULL},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key: \"\xC3\xA1\"\r\n\r\n", 400, NULL},
        {"POST /key HTTP/1.1\r\n" H "Idempotency-Key: a\"b\r\n\r\n", 400, NULL},
        {"POST /key HTTP/1.1\r\n" H
         "Idempotency-Key: 0123456789012345678901234567890123456789012345678901234567890123456789"
         "01234567890123456789012345678901234567890123456789012345678\r\n\r\n",
         400, NULL},
    };
    CHECK(state, rows);
}

static void same_key_in_flight_is_a_conflict(void **state)
{
    static const char request[] = "POST /key/later HTTP/1.1\r\n" H "Idempotency-Key: k\r\n\r\n";
    struct client *first = client_open(*state);
    handled = 0;
    client_say(first, request);
    await_count(&handled, 1);
    http_ask(*state, request, &answer);
    assert_int_equal(answer.status, 409);
    assert_non_null(strstr(answer.body, "in_flight"));
    http_ask(*state,
             "POST /key/later HTTP/1.1\r\n" H "Authorization: Bearer other\r\n"
             "Idempotency-Key: k\r\n\r\n",
             &answer);
    assert_int_equal(answer.status, 200); /* another caller's key */
    client_read(first, &answer, false);
    assert_int_equal(answer.status, 200);
    http_ask(*state, request, &answer);
    assert_int_equal(answer.status, 200); /* no longer in flight */
    client_close(first);
}

static void problems_follow_their_kind(void **state)
{
    static const struct exchange rows[] = {
        {ASK("GET /failure/input"), 400, "\"detail\":\"secret detail\",\"code\":\"failed\""},
        {ASK("GET /failure/unprocessable"), 422, "\"status\":422"},
        {ASK("GET /failure/conflict"), 409, "\"title\":\"Conflict\""},
        {ASK("GET /failure/busy"), 429, "\"type\":\"about:blank\""},
        {ASK("GET /failure/retry"), 503, NULL},
        {ASK("GET /failure/fatal"), 500, "\"code\":\"internal\""},
        {"GET /nothing HTTP/1.1\r\n" H
         "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
         404, "\"trace\":\"0af7651916cd43dd8448eb211c80319c\""},
    };
    CHECK(state, rows);
    http_ask(*state, ASK("GET /failure/fatal"), &answer);
    assert_null(strstr(answer.body, "secret"));
    http_ask(*state, ASK("GET /failure/busy"), &answer);
    assert_string_equal(answer_header(&answer, "Retry-After"), "30");
    http_ask(*state, ASK("GET /failure/retry"), &answer);
    assert_non_null(answer_header(&answer, "Retry-After"));
    http_ask(*state, ASK("GET /xml"), &answer);
    assert_string_equal(answer.body, "<error>401 sign_in</error>");
    http_ask(*state, ASK("GET /xml?x=%FF"), &answer);
    assert_string_equal(answer_header(&answer, "Content-Type"), "text/xml");
}

static bool why_not_ready(struct buffer *why_not, void *arg)
{
    (void)arg;
    buffer_put_text(why_not, "database: no connection\noutbox: backlog is full\n");
    return false;
}

static void health_and_metrics_are_served(void **state)
{
    struct http_fixture *fixture = *state;
    static const struct exchange rows[] = {
        {ASK("GET /livez"), 200, "true"},
        {ASK("GET /readyz"), 200, "true"},
        {ASK("GET /metrics"), 200,
         "http_requests_total{route=\"/hello\",method=\"GET\",status=\"2xx\"}"},
        {ASK("GET /metrics"), 200, "http_requests_total{route=\"unknown\""},
        {ASK("GET /metrics"), 200, "http_request_duration_seconds_bucket{route=\"/hello\""},
        {ASK("GET /metrics"), 200, "http_requests_in_flight 0"},
    };
    http_ask(fixture, ASK("GET /hello"), &answer);
    http_ask(fixture, ASK("GET /nothing"), &answer);
    CHECK(state, rows);
    http_set_ready(fixture->http, why_not_ready, NULL);
    http_ask(fixture, ASK("GET /readyz"), &answer);
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.body, "database: no connection;outbox: backlog is full\""));
    http_set_ready(fixture->http, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_is_routed_and_decoded),
        cmocka_unit_test(the_query_is_what_the_route_knows),
        cmocka_unit_test(a_body_is_of_the_type_of_the_route),
        cmocka_unit_test(method_not_allowed_tells_which_are),
        cmocka_unit_test(head_is_get_without_body),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(expectation_is_met_only_for_a_body_that_is_wanted),
        cmocka_unit_test(ambiguous_framing_is_refused),
        cmocka_unit_test(header_is_limited),
        cmocka_unit_test(body_is_limited),
        cmocka_unit_test(short_refused_body_keeps_the_connection),
        cmocka_unit_test(access_is_checked_before_the_handler),
        cmocka_unit_test(form_may_carry_the_api_key),
        cmocka_unit_test(version_is_required_and_read),
        cmocka_unit_test(idempotency_key_is_checked),
        cmocka_unit_test(same_key_in_flight_is_a_conflict),
        cmocka_unit_test(problems_follow_their_kind),
        cmocka_unit_test(health_and_metrics_are_served),
    };
    return cmocka_run_group_tests(tests, start, http_fixture_tear_down);
}
