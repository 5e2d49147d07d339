/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/http_private.h"
#include "common/log.h"

/* In running order. Any step may refuse, which answers and ends the way. */
static void request_begin(struct http_request *request, const char *version); /* header is in */
static void request_authenticate(struct http_request *request);
static void on_checked(const struct principal *principal, const struct error *err, void *arg);
static void request_append(struct http_request *request, const char *bytes, size_t size);
static void request_received(struct http_request *request); /* body is in */
static void request_dispatch(struct http_request *request); /* body in and principal known */

/* What is sent to us after we refused is not worth reading beyond this, or what the route takes. */
enum { DISCARD_MAX = 1024 * 1024 };

static const struct principal nobody = {.kind = PRINCIPAL_NOBODY, .id = ""};

struct http_request *http_request_new(struct http_connection *connection, const char *uri)
{
    struct http *http = connection->http;
    struct http_request *request = memory_zero(1, sizeof *request);
    request->http = http;
    request->connection = connection;
    request->route = &http->unknown;
    request->started_us = clock_monotonic_us();
    request->if_match = -1;
    arena_init(&request->arena);
    buffer_init(&request->body);
    request->uri = arena_text(&request->arena, uri);
    http->requests++;
    return request;
}

static void request_free(struct http_request *request)
{
    struct http *http = request->http;
    if (request->response != NULL) {
        MHD_destroy_response(request->response);
    }
    if (request->on_over != NULL) {
        request->on_over(request->on_over_arg);
    }
    buffer_finish(&request->body);
    arena_finish(&request->arena);
    free(request);
    http->requests--;
    if (http_is_over(http)) {
        http_run_soon(http);
    }
}

/* Frees it when neither daemon, handler nor auth will come back to it. */
void http_request_release(struct http_request *request)
{
    if (request->connection == NULL && !request->handler_open && !request->auth_open) {
        request_free(request);
    }
}

void http_request_leave(struct http_request *request)
{
    http_key_drop(request);
    if (request->counted) {
        request->counted = false;
        request->http->under_way--;
    }
    if (request->file_bytes > 0) {
        request->http->file_bytes -= request->file_bytes;
        request->file_bytes = 0;
        buffer_finish(&request->body);
    }
}

void http_when_over(struct http_request *request, http_on_over *on_over, void *arg)
{
    assert(request->handler_open && request->on_over == NULL);
    request->on_over = on_over;
    request->on_over_arg = arg;
}

bool http_request_settle(struct http_request *request)
{
    assert(request->handler_open); /* a handler answers exactly once */
    request->handler_open = false;
    http_request_leave(request);
    bool wanted = !request->answered && request->connection != NULL;
    if (!wanted) {
        http_request_release(request);
    }
    return wanted;
}

void http_request_gone(struct http_request *request)
{
    request->connection = NULL;
    request->mhd = NULL;
    if (request->stream != NULL) {
        http_stream_gone(request->stream);
        request->stream = NULL;
    }
    if (!request->handler_open) {
        http_request_leave(request);
    }
    http_request_release(request);
}

void http_request_expire(struct http_request *request)
{
    struct error err = {0};
    if (!request->received) {
        http_connection_cut(request->connection); /* still sending: there is no way to answer */
        return;
    }
    log_warn("http_deadline", log_text("route", request->route->spec->path),
             log_text("traceparent", request->trace.parent));
    error_set(&err, ERR_RETRY, "deadline", "there was no answer in time");
    http_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, &err);
}

static bool is_too_much(const struct http_request *request)
{
    return request->discarded > DISCARD_MAX &&
           (request->route == NULL || request->discarded > request->route->spec->body_max);
}

/* Called by the daemon: once for the header, once for each piece of the body, once for its end
 * and once more when a sleeping connection has been woken. */
enum MHD_Result http_request_step(struct http_request *request, const char *method,
                                  const char *version, const char *upload, size_t *upload_size)
{
    if (!request->begun) {
        request->begun = true;
        request->method = arena_text(&request->arena, method);
        request_begin(request, version);
        request->close &= request->answered;
    } else if (*upload_size > 0) {
        request_append(request, upload, *upload_size);
        *upload_size = 0;
        if (is_too_much(request)) {
            return MHD_NO;
        }
    } else if (!request->received) {
        request->received = true;
        request_received(request);
    }
    request->suspended = false;
    if (request->response != NULL && (request->received || request->close)) {
        struct MHD_Response *response = request->response;
        request->response = NULL;
        enum MHD_Result queued =
            MHD_queue_response(request->mhd, (unsigned)request->status, response);
        MHD_destroy_response(response);
        return queued;
    }
    if (request->received) {
        request->suspended = true;
        MHD_suspend_connection(request->mhd);
    }
    return MHD_YES;
}

/* Takes its place in memory, and more time than other requests have. */
static void begin_file(struct http_request *request)
{
    struct http *http = request->http;
    request->file_bytes = http_file_size(request);
    http->file_bytes += request->file_bytes;
    http_wait_stop(&request->connection->wait);
    http_wait_start(&http->uploading, &request->connection->wait, uv_now(http->loop));
}

static void request_begin(struct http_request *request, const char *version)
{
    struct error err = {0};
    int status;
    if (!http_check_header(request, version, &status, &err)) {
        http_refuse(request, status, &err);
        return;
    }
    if (!request->route->builtin) {
        request->counted = true;
        request->http->under_way++;
    }
    if ((request->route->spec->flags & HTTP_FILE) != 0) {
        begin_file(request);
    }
    if ((request->route->spec->flags & HTTP_API_KEY_PARAM) == 0) {
        request_authenticate(request);
    }
}

static const char *bearer_token(const struct http_request *request)
{
    const char *text = http_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
    if (text == NULL || strncasecmp(text, "Bearer ", 7) != 0) {
        return NULL;
    }
    return text + 7 + strspn(text + 7, " ");
}

static const char *api_key(const struct http_request *request)
{
    const char *key = http_header(request, "X-Api-Key");
    if (key == NULL && (request->route->spec->flags & HTTP_API_KEY_PARAM) != 0) {
        key = http_pairs_find(&request->query, "api_key");
        return key != NULL ? key : http_form(request, "api_key");
    }
    return key;
}

static void request_authenticate(struct http_request *request)
{
    request->auth_open = true;
    if (request->route->builtin) {
        on_checked(&nobody, NULL, request);
        return;
    }
    auth_check(request->http->auth, bearer_token(request), api_key(request), &request->arena,
               on_checked, request);
}

static int access_status(const struct http_request *request, struct error *err)
{
    if (principal_may(request->principal, request->route->spec->access)) {
        return 0;
    }
    if (request->principal->kind == PRINCIPAL_NOBODY) {
        error_set(err, ERR_UNAUTHENTICATED, "sign_in", "this needs a signed-in caller");
    } else {
        error_set(err, ERR_FORBIDDEN, "no_role", "this needs a role that the caller lacks");
    }
    return http_status(err->kind);
}

static void on_checked(const struct principal *principal, const struct error *err, void *arg)
{
    struct http_request *request = arg;
    struct error refused = {0};
    request->auth_open = false;
    if (request->connection == NULL) {
        http_request_release(request);
        return;
    }
    if (request->answered) {
        return; /* too late */
    }
    if (err != NULL) {
        http_refuse(request, http_status(err->kind), err);
        return;
    }
    request->principal = principal;
    int status = access_status(request, &refused);
    if (status != 0) {
        http_refuse(request, status, &refused);
    } else if (request->received) {
        request_dispatch(request);
    }
}

static void request_append(struct http_request *request, const char *bytes, size_t size)
{
    struct error err = {0};
    size_t most = request->route->spec->body_max;
    if (request->answered) {
        request->discarded += size;
        return;
    }
    if (request->body.size + size <= most) {
        if (request->body.size == 0 && request->file_bytes > 0) {
            buffer_reserve(&request->body, request->file_bytes + 1); /* touched only as it fills */
        }
        buffer_put(&request->body, bytes, size);
        return;
    }
    request->discarded = size;
    error_set(&err, ERR_TOO_LARGE, "body_too_large", "the body may have %zu bytes", most);
    http_refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, &err);
}

static bool read_form(struct http_request *request, struct error *err)
{
    return (request->route->spec->flags & HTTP_FORM) == 0 ||
           http_pairs_parse(&request->form, &request->arena, request->body.data, request->body.size,
                            "form", err);
}

static void request_received(struct http_request *request)
{
    struct error err = {0};
    if (request->answered) {
        return;
    }
    buffer_put(&request->body, "", 0); /* the NUL, also of an empty body */
    if (!read_form(request, &err)) {
        http_refuse(request, http_status(err.kind), &err);
    } else if (request->principal != NULL) {
        request_dispatch(request);
    } else if (!request->auth_open) {
        request_authenticate(request);
    }
}

static void request_dispatch(struct http_request *request)
{
    struct http *http = request->http;
    struct error err = {0};
    int status;
    if (!http_check_preconditions(request, &status, &err)) {
        http_refuse(request, status, &err);
        return;
    }
    request->handler_open = true;
    request->route->spec->handler(request, request->route->builtin ? http : http->state);
}
