/* SPDX-License-Identifier: Apache-2.0 */
/* http: the server. libmicrohttpd driven by the libuv loop; one table of routes per service.
 *
 * A request lives from its first byte to its last: struct http_request is made when the header is
 * in, its handler is called once when the whole body is in, and it must be answered exactly once,
 * now or later (the connection sleeps meanwhile). All memory that the handler allocates comes from
 * the request's arena and dies with it. Answering after the client has gone is allowed and does
 * nothing. A request that is not answered within deadline_ms gets 503.
 *
 * Every non-2xx is RFC 9457 problem+json, except on routes with a problem writer of their own
 * (Open311), and except where libmicrohttpd finds that this is no HTTP/1 at all or the header is
 * over 32 KiB (400, 431, 505 with its own few words, connection closed). Refused before any
 * handler: header over 16 KiB (431), body over the route's limit (413), Transfer-Encoding together
 * with Content-Length or two Content-Length (400: request smuggling, RFC 9112 section 6.3), unknown
 * path (404) or method (405 with Allow), a body that says to be of another type than the route's
 * (415), a principal without a role of the route (401, 403), parameters of the query that the route
 * does not know or that come twice (400), more than requests_max under way, or a change while the
 * service is full (503, Retry-After). Loop thread only. */
#ifndef COMMON_HTTP_H
#define COMMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/arena.h"
#include "common/auth.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/metrics.h"
#include "common/trace.h"
#include "common/uuid.h"

enum { HTTP_PARAMS_MAX = 4, HTTP_BODY_MAX = 64 * 1024 };

struct http;
struct http_request;

typedef void http_handler(struct http_request *request, void *state);
/* Writes err as the body of an error answer and sets its content type. Returns the status to send:
 * the given one, unless a standard wants another. */
typedef int http_write_problem(struct http_request *request, int status, const struct error *err,
                               struct buffer *body, const char **content_type);

enum http_flags {
    HTTP_IDEMPOTENT = 1,    /* Idempotency-Key is read; same key in flight gets 409 */
    HTTP_IF_MATCH = 2,      /* If-Match is required (428) and must hold a quoted version (400) */
    HTTP_API_KEY_PARAM = 4, /* parameter api_key of the query or of a form body is an API key too
                               (Open311) */
    HTTP_FORM = 8,          /* the body is a form; elsewhere it is JSON */
    HTTP_EVENTS = 16,       /* the body is JSON, or CloudEvents in JSON format, one or a batch */
    HTTP_FILE = 32,         /* the body is a file of any type: it may take transfer_ms to arrive and
                               be answered, and what all such bodies hold is bounded */
    HTTP_NO_HEAD = 64,      /* HEAD is refused as any other method (Open311) */
    HTTP_UNLISTED = 256     /* answers for what is no route, in the form of its neighbours: no
                               document tells of it */
};

struct http_route {
    const char *method;
    const char *path;   /* "/api/intake/submissions/{id}"; parameters are whole segments, but a
                           fixed suffix may follow: "{id}.xml" */
    const char *access; /* roles and scopes that may call it, blank-separated ("officer
                           scope:read"); "" is public; "*" is anyone signed in */
    http_handler *handler;
    unsigned flags;
    size_t body_max;             /* 0: no body allowed */
    http_write_problem *problem; /* NULL: problem+json */
    const char *query; /* names of its parameters, blank-separated; NULL: any (Open311, whose
                          clients add their own) */
};

struct http_config {
    const char *bind;
    unsigned port;
    const struct http_route *routes; /* ended by a row without method */
    void *state;                     /* given to handlers */
    struct auth *auth;               /* borrowed */
    size_t connections_max;
    size_t requests_max; /* under way at once */
    unsigned idle_s;     /* connection without traffic */
    unsigned deadline_ms;
    unsigned transfer_ms;  /* for files, in either direction; instead of deadline_ms and idle_s */
    size_t file_bytes_max; /* in memory, of all bodies with HTTP_FILE; more get 503 */
};

bool http_listen(struct http **http, uv_loop_t *loop, const struct http_config *config,
                 struct metrics *metrics, struct error *err);
/* The port listened on; tells which one the system chose when config->port was 0. */
unsigned http_port(const struct http *http);
/* Stops accepting, ends streams and idle connections; on_closed when every request is answered
 * (those past their deadline by their handler) and http is freed. */
typedef void http_on_closed(void *arg);
void http_close(struct http *http, http_on_closed *on_closed, void *arg);

/* Readiness shown by /readyz; /livez and /metrics are always served. */
typedef bool http_is_ready(struct buffer *why_not, void *arg);
void http_set_ready(struct http *http, http_is_ready *is_ready, void *arg);

/* While it says true, whatever may change something (all but GET and HEAD) gets 503 with
 * Retry-After before its handler: nothing new is taken. */
typedef bool http_is_full(void *arg);
void http_set_full(struct http *http, http_is_full *is_full, void *arg);

/* ---- reading a request ---- */
struct arena *http_arena(struct http_request *request);
const struct principal *http_principal(const struct http_request *request);
const struct trace *http_trace(const struct http_request *request);
const char *http_method(const struct http_request *request);
const char *http_path(const struct http_request *request);
const char *http_param(const struct http_request *request, const char *name); /* never NULL */
const char *http_query(const struct http_request *request, const char *name); /* NULL: absent */
const char *http_header(const struct http_request *request, const char *name);
/* All headers, one by one, as they came; NULL past the last. */
const char *http_header_at(const struct http_request *request, size_t index, const char **value);
/* The address that is connected, without port; "" when it cannot be told. In the request's arena.
 */
const char *http_peer(struct http_request *request);
const char *http_body(const struct http_request *request, size_t *size);
/* Parameter of the path as a UUID; field error when it is none. */
bool http_param_uuid(const struct http_request *request, const char *name, struct uuid *uuid,
                     struct error *err);
/* Query parameter as a UUID; false when absent, and with a field error when bad. */
bool http_query_uuid(const struct http_request *request, const char *name, struct uuid *uuid,
                     struct error *err);
/* Query parameter as a number; fallback when absent, field error when bad. */
int64_t http_query_int(const struct http_request *request, const char *name, int64_t min,
                       int64_t max, int64_t fallback, struct error *err);
/* Query parameter that is a comma list, in the request's arena; empty parts are dropped, and absent
 * it has none. Field error with over `max` parts. */
size_t http_query_list(struct http_request *request, const char *name, size_t max,
                       const char *const **parts, struct error *err);
/* Idempotency-Key without its quotes (draft-ietf-httpapi-idempotency-key-header-07), NULL when
 * absent. */
const char *http_idempotency_key(const struct http_request *request);
int64_t http_if_match(const struct http_request *request); /* version; -1 when absent */

/* ---- the body of a route with HTTP_FORM, decoded; one that is not valid UTF-8 never reaches a
 * handler ---- */
const char *http_form(const struct http_request *request, const char *name); /* first; or NULL */
/* All values of a repeated field, in order; the array lives in the request's arena. */
size_t http_form_values(struct http_request *request, const char *name, const char *const **values);
size_t http_form_count(const struct http_request *request);
/* The name of field `index`; for names that are not known beforehand ("attribute[…]"). */
const char *http_form_at(const struct http_request *request, size_t index, const char **value);

/* ---- answering: exactly once; afterwards the request is no longer the handler's to touch ---- */
/* Adds a header, up to 16, copied. Every answer has X-Content-Type-Options: nosniff, and
 * Cache-Control: no-store unless set here; 429 and 503 get a Retry-After. */
void http_answer_header(struct http_request *request, const char *name, const char *value);
/* Copies body. content_type NULL: application/json. */
void http_answer(struct http_request *request, int status, const char *content_type,
                 const char *body, size_t size);
/* The reader has what the tag (with its quotes) stands for, and wants 304. */
bool http_has_etag(const struct http_request *request, const char *etag);
/* Sends a file from where it is: with 200 all of it, with 206 the range that a GET asks for, with
 * 304 nothing when the reader has it; 416 for a range that it does not have. fd is given away, also
 * when nobody waits for the answer. */
struct http_file {
    int fd;
    uint64_t size;
    const char *content_type;
    const char *etag; /* with its quotes, and strong: other bytes, other tag */
};
void http_answer_file(struct http_request *request, const struct http_file *file);
/* The ETag of what has versions, as If-Match will name it. */
void http_answer_version(struct http_request *request, int64_t version);
/* 200 with an ETag of the body, or 304 when If-None-Match names that. */
void http_answer_tagged(struct http_request *request, const char *content_type, const char *body,
                        size_t size);
/* ERR_FATAL is logged here, and its text is kept from the client. */
void http_answer_error(struct http_request *request, const struct error *err);
/* The one table of kinds to statuses. */
int http_status(enum error_kind kind);

/* ---- after the answer ---- */
/* on_over is called once when nothing of the request is under way any more: answered to the last
 * byte, or its client gone. Its arena is still there. Asked for before answering. */
typedef void http_on_over(void *arg);
void http_when_over(struct http_request *request, http_on_over *on_over, void *arg);

/* ---- server-sent events ---- */
struct http_stream;
/* Answers with text/event-stream; the stream lives until the client goes, the server stops or
 * http_stream_close. on_gone is called once in any case, never from within a call of this header;
 * after it the stream is freed. A comment line goes out every 15 s. When streams hold half of
 * connections_max the client gets 503 and the stream is gone in the next turn of the loop. */
typedef void http_on_gone(struct http_stream *stream, void *arg);
struct http_stream *http_answer_stream(struct http_request *request, http_on_gone *on_gone,
                                       void *arg);
/* Last-Event-ID of the request, or NULL. A stream with over 256 KiB unsent is closed: false. */
const char *http_last_event_id(const struct http_request *request);
bool http_stream_send(struct http_stream *stream, const char *event, const char *id,
                      const char *data, size_t size);
void http_stream_close(struct http_stream *stream);

#endif
