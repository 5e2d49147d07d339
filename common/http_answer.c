/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/http_private.h"
#include "common/json.h"
#include "common/log.h"

enum { EXTRA_MAX = 16, BUSY_RETRY_S = 1, AWAY_RETRY_S = 2 };

int http_status(enum error_kind kind)
{
    static const int statuses[] = {
        [ERR_NONE] = MHD_HTTP_OK,
        [ERR_INPUT] = MHD_HTTP_BAD_REQUEST,
        [ERR_UNPROCESSABLE] = 422,
        [ERR_UNAUTHENTICATED] = MHD_HTTP_UNAUTHORIZED,
        [ERR_FORBIDDEN] = MHD_HTTP_FORBIDDEN,
        [ERR_NOT_FOUND] = MHD_HTTP_NOT_FOUND,
        [ERR_CONFLICT] = MHD_HTTP_CONFLICT,
        [ERR_TOO_LARGE] = 413,
        [ERR_BUSY] = MHD_HTTP_TOO_MANY_REQUESTS,
        [ERR_RETRY] = MHD_HTTP_SERVICE_UNAVAILABLE,
        [ERR_FATAL] = MHD_HTTP_INTERNAL_SERVER_ERROR,
    };
    return statuses[kind];
}

int http_write_problem_json(struct http_request *request, int status, const struct error *err,
                            struct buffer *body, const char **content_type)
{
    struct json_writer json;
    json_write_start(&json, body);
    json_open_object(&json, NULL);
    json_put_text(&json, "type", "about:blank");
    json_put_text(&json, "title", MHD_get_reason_phrase_for((unsigned)status));
    json_put_int(&json, "status", status);
    json_put_text(&json, "detail", err->text);
    json_put_text(&json, "code", err->code);
    if (err->field_count > 0) {
        json_open_array(&json, "errors");
        for (size_t i = 0; i < err->field_count; i++) {
            json_open_object(&json, NULL);
            json_put_text(&json, "field", err->fields[i].field);
            json_put_text(&json, "code", err->fields[i].code);
            json_put_text(&json, "detail", err->fields[i].text);
            json_close_object(&json);
        }
        json_close_array(&json);
    }
    json_put_text_size(&json, "trace", trace_id(&request->trace), 32);
    json_close_object(&json);
    *content_type = "application/problem+json";
    return status;
}

void http_answer_header(struct http_request *request, const char *name, const char *value)
{
    struct http_pairs *extra = &request->extra;
    if (extra->items == NULL) {
        extra->items = arena_array(&request->arena, EXTRA_MAX, sizeof *extra->items);
    }
    assert(extra->count < EXTRA_MAX);
    extra->items[extra->count++] =
        (struct http_pair){arena_text(&request->arena, name), arena_text(&request->arena, value)};
}

static bool has_extra(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->extra.count; i++) {
        if (strcasecmp(request->extra.items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES) {
        log_warn("http_header_refused", log_text("name", name)); /* a line break in the value */
    }
}

static void add_headers(const struct http_request *request, int status,
                        struct MHD_Response *response)
{
    for (size_t i = 0; i < request->extra.count; i++) {
        add_header(response, request->extra.items[i].name, request->extra.items[i].value);
    }
    add_header(response, "X-Content-Type-Options", "nosniff");
    if (!has_extra(request, MHD_HTTP_HEADER_CACHE_CONTROL)) {
        add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    }
    bool wait = status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE;
    if (wait && !has_extra(request, MHD_HTTP_HEADER_RETRY_AFTER)) {
        add_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    }
    if (request->close || request->http->closing) {
        add_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
}

static void count_answer(struct http_request *request, int status)
{
    struct route *route = request->route;
    struct metrics *metrics = request->http->metrics;
    struct metrics_counter **counter = &route->answers[status / 100];
    if (*counter == NULL) {
        const char *labels[] = {
            arena_format(&request->arena, "route=%s", route->spec->path),
            arena_format(&request->arena, "method=%s", route->spec->method),
            arena_format(&request->arena, "status=%dxx", status / 100),
            NULL,
        };
        *counter = metrics_counter(metrics, "http_requests_total", "Requests answered.", labels);
    }
    if (route->seconds == NULL) {
        const char *labels[] = {
            arena_format(&request->arena, "route=%s", route->spec->path),
            arena_format(&request->arena, "method=%s", route->spec->method),
            NULL,
        };
        route->seconds =
            metrics_histogram(metrics, "http_request_duration_seconds",
                              "From the first line of a request to its answer.", labels);
    }
    metrics_add(*counter, 1);
    metrics_observe(route->seconds, (double)(clock_monotonic_us() - request->started_us) / 1e6);
}

static void send_bytes(struct http_request *request, int status, const char *content_type,
                       const char *body, size_t size)
{
    /* The library does not change what it copies. */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    assert(response != NULL);
    if (size > 0) {
        add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    }
    http_respond(request, status, response);
}

void http_respond(struct http_request *request, int status, struct MHD_Response *response)
{
    add_headers(request, status, response);
    count_answer(request, status);
    request->answered = true;
    request->status = status;
    request->response = response;
    if (request->stream == NULL) {
        struct http *http = request->http;
        http_wait_start(request->sends_file ? &http->sending : &http->writing,
                        &request->connection->wait, uv_now(http->loop));
    }
    if (request->suspended) {
        request->suspended = false;
        MHD_resume_connection(request->mhd);
        http_run_soon(request->http);
    }
}

void http_answer(struct http_request *request, int status, const char *content_type,
                 const char *body, size_t size)
{
    if (http_request_settle(request)) {
        send_bytes(request, status, content_type != NULL ? content_type : "application/json", body,
                   size);
    }
}

/* What each kind of refusal owes the client besides its body. */
static void add_error_headers(struct http_request *request, int status, const struct error *err)
{
    if (status == MHD_HTTP_UNAUTHORIZED) {
        bool sent = http_header(request, MHD_HTTP_HEADER_AUTHORIZATION) != NULL;
        http_answer_header(request, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
                           sent ? "Bearer error=\"invalid_token\"" : "Bearer");
    }
    if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        char seconds[16];
        unsigned fallback = status == MHD_HTTP_SERVICE_UNAVAILABLE ? AWAY_RETRY_S : BUSY_RETRY_S;
        snprintf(seconds, sizeof seconds, "%u",
                 err->retry_after_s > 0 ? err->retry_after_s : fallback);
        http_answer_header(request, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
}

static void send_problem(struct http_request *request, int status, const struct error *err)
{
    struct buffer body;
    const char *content_type = NULL;
    http_write_problem *write = request->problem;
    buffer_init(&body);
    if (write == NULL) {
        write = http_write_problem_json;
    }
    status = write(request, status, err, &body, &content_type);
    add_error_headers(request, status, err);
    send_bytes(request, status, content_type, body.data, body.size);
    buffer_finish(&body);
}

void http_refuse(struct http_request *request, int status, const struct error *err)
{
    send_problem(request, status, err);
    if (!request->handler_open) {
        http_request_leave(request);
    }
}

void http_answer_error(struct http_request *request, const struct error *err)
{
    struct error shown = *err;
    if (err->kind == ERR_FATAL) {
        log_error_error("http_failed", err, log_text("route", request->route->spec->path),
                        log_text("traceparent", request->trace.parent));
        error_clear(&shown);
        error_set(&shown, ERR_FATAL, "internal", "the fault is ours and has been logged");
    }
    if (http_request_settle(request)) {
        send_problem(request, http_status(shown.kind), &shown);
    }
}
