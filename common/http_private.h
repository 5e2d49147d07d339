/* SPDX-License-Identifier: Apache-2.0 */
/* http, inside: what its files share.
 *
 *   http_server.c       daemon and loop, connections and their time limits, orderly close
 *   http_request.c      the life of a request, from its first line to its last byte
 *   http_route.c        table to tree, and back from a path to its routes
 *   http_check.c        what is refused before a handler: framing, preconditions
 *   http_read.c         what handlers read
 *   http_form.c         percent-encoding, queries and form bodies
 *   http_answer.c       what handlers answer, problems
 *   http_stream.c       server-sent events
 *   http_idempotency.c  keys in flight
 *   http_wait.c         time limits: lists in which all wait equally long
 *   http_builtin.c      /livez, /readyz, /metrics
 */
#ifndef COMMON_HTTP_PRIVATE_H
#define COMMON_HTTP_PRIVATE_H

#include <microhttpd.h>

#include "common/http.h"

enum { HTTP_HEADER_MAX = 16 * 1024 };

/* ---- waiting: everything in one list waits equally long, so the first is always due first ---- */
struct http_waits;

struct http_wait {
    struct http_wait *next, *previous;
    struct http_waits *in; /* NULL: waits for nothing */
    uint64_t due_ms;
};

struct http_waits {
    struct http_wait *first, *last;
    uint64_t wait_ms;
    void (*on_due)(struct http_wait *wait); /* has left the list */
};

void http_wait_start(struct http_waits *waits, struct http_wait *wait, uint64_t now_ms);
void http_wait_stop(struct http_wait *wait); /* allowed when it waits for nothing */
void http_waits_sweep(struct http_waits *waits, uint64_t now_ms);
/* Nobody in the list waits longer than wait_ms from now, nor will. */
void http_waits_hurry(struct http_waits *waits, uint64_t wait_ms, uint64_t now_ms);

/* ---- routes ---- */
struct route {
    const struct http_route *spec;
    bool builtin;                       /* ours: served even when the server is full */
    struct route *next;                 /* same path, another method */
    struct metrics_counter *answers[6]; /* by first digit of the status; NULL until seen */
    struct metrics_histogram *seconds;
};

struct route_node;

struct router {
    struct route_node *root;
    struct route *routes;
    size_t route_count;
};

struct path_part {
    const char *name;
    size_t name_size;
    const char *text; /* still percent-encoded */
    size_t size;
};

struct route_match {
    struct route *routes; /* of this path, any method; NULL: no such path */
    size_t part_count;
    struct path_part parts[HTTP_PARAMS_MAX];
};

void router_init(struct router *router, const struct http_route *builtin,
                 const struct http_route *own);
void router_finish(struct router *router);
void router_match(const struct router *router, const char *path, size_t size,
                  struct route_match *match);
/* HEAD is answered by GET, unless that refuses it; NULL: method not allowed. */
struct route *route_for_method(struct route *routes, const char *method);
void route_write_allow(const struct route *routes, struct buffer *out);

/* ---- names with values: headers, parameters, queries, forms ---- */
struct http_pair {
    const char *name, *value;
};

struct http_pairs {
    struct http_pair *items;
    size_t count;
};

const char *http_pairs_find(const struct http_pairs *pairs, const char *name);

/* Undoes percent-encoding (and '+' for blank); NULL for broken escapes, NUL and bad UTF-8. */
char *http_decode(struct arena *arena, const char *text, size_t size, bool plus_is_blank);
/* what names the text in errors: "query", "form". */
bool http_pairs_parse(struct http_pairs *pairs, struct arena *arena, const char *text, size_t size,
                      const char *what, struct error *err);

/* ---- the server ---- */
struct http {
    uv_loop_t *loop;
    uv_poll_t readable; /* the daemon's epoll descriptor */
    uv_idle_t again;    /* the daemon wants to run in this turn of the loop */
    uv_timer_t sweep;
    size_t open_handles;
    struct MHD_Daemon *daemon;
    unsigned port;

    struct router router;
    struct route unknown; /* counts what no route answers */
    void *state;
    struct auth *auth;
    struct metrics *metrics;
    struct metrics_gauge *in_flight, *open_connections, *open_streams;

    size_t connections, connections_max;
    size_t requests; /* structs alive */
    size_t under_way, requests_max;
    size_t streams;
    size_t file_bytes, file_bytes_max;
    /* Of connections, one at a time. */
    struct http_waits idle, unanswered, writing, streaming, uploading, sending;

    uint64_t key_seed;
    struct http_request **keys; /* buckets of requests with an Idempotency-Key */
    size_t key_mask;

    struct http_stream *stillborn; /* streams that never had a client, to be told so */

    http_is_ready *is_ready;
    void *is_ready_arg;
    http_is_full *is_full;
    void *is_full_arg;

    bool run_wanted; /* since the daemon last ran */
    bool closing, stopped;
    http_on_closed *on_closed;
    void *on_closed_arg;
};

extern const struct http_route http_builtin_routes[];

void http_run_soon(struct http *http);
bool http_is_over(const struct http *http); /* closing, and nothing left to answer */

struct http_connection {
    struct http_wait wait; /* first */
    struct http *http;
    struct http_request *request; /* under way on it, or NULL */
    int fd;
};

/* Both ways: the daemon finds the end and cleans up. */
void http_connection_cut(struct http_connection *connection);

/* ---- requests ---- */
struct http_request {
    struct http *http;
    struct http_connection *connection; /* NULL once the client is gone or was answered */
    struct MHD_Connection *mhd;         /* likewise */
    struct arena arena;
    uint64_t started_us;

    const char *uri; /* as received */
    const char *method, *path;
    struct http_pairs headers, params, query, form;
    struct route *route;         /* never NULL after the header: http->unknown */
    http_write_problem *problem; /* of the path, known before the route; NULL: problem+json */
    struct trace trace;
    const struct principal *principal;
    struct buffer body;
    size_t announced;  /* by Content-Length */
    size_t file_bytes; /* held of http->file_bytes_max */
    size_t discarded;  /* bytes of a body that nobody wants */

    const char *idempotency_key;
    struct http_request *next_key; /* in its bucket */
    bool key_held;
    int64_t if_match;

    bool begun; /* the header is in */
    bool has_body;
    bool received;     /* the body is in */
    bool suspended;    /* the connection sleeps until the answer */
    bool counted;      /* in http->under_way */
    bool auth_open;    /* auth_check has not called back */
    bool handler_open; /* the handler owes an answer */
    bool answered;     /* by the handler, or by us before it */
    bool close;        /* a refusal now is given before the body and ends the connection */

    bool sends_file; /* has transfer_ms to be taken */

    struct http_pairs extra; /* headers of the answer */
    int status;
    struct MHD_Response *response; /* made, not yet given to the daemon */
    struct http_stream *stream;
    http_on_over *on_over; /* or NULL */
    void *on_over_arg;
};

struct http_request *http_request_new(struct http_connection *connection, const char *uri);
enum MHD_Result http_request_step(struct http_request *request, const char *method,
                                  const char *version, const char *upload, size_t *upload_size);
void http_request_expire(struct http_request *request);
void http_request_gone(struct http_request *request); /* the daemon has let go of it */
void http_request_release(struct http_request *request);
/* Takes the handler's debt off; false when nobody waits for the answer any more, and the request
 * may be gone with it. */
bool http_request_settle(struct http_request *request);
/* Gives back its place and its key; idempotent. */
void http_request_leave(struct http_request *request);

/* Reads header and framing; false with an error and its status. */
bool http_check_header(struct http_request *request, const char *version, int *status,
                       struct error *err);
/* What the body of a route with HTTP_FILE may come to. */
size_t http_file_size(const struct http_request *request);
/* The query, Idempotency-Key and If-Match. */
bool http_check_preconditions(struct http_request *request, int *status, struct error *err);

/* Hands the response to the daemon, now or when the connection has woken up. */
void http_respond(struct http_request *request, int status, struct MHD_Response *response);
void http_refuse(struct http_request *request, int status, const struct error *err);
int http_write_problem_json(struct http_request *request, int status, const struct error *err,
                            struct buffer *body, const char **content_type);

void http_keys_init(struct http *http);
void http_keys_finish(struct http *http);
bool http_key_take(struct http_request *request); /* false: in flight */
void http_key_drop(struct http_request *request);

/* ---- streams ---- */
void http_stream_beat(struct http_stream *stream);
void http_stream_gone(struct http_stream *stream);
void http_streams_bury(struct http *http); /* tells the stillborn */

#endif
