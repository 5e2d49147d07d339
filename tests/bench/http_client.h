/* SPDX-License-Identifier: Apache-2.0 */
/* http_client: one keep-alive connection that asks one thing at a time.
 *
 * Just enough HTTP/1.1 for load generation against our own servers: answers have a Content-Length.
 * Anything unexpected (a reset, a malformed head) ends the program: a figure measured over broken
 * connections would be worth nothing. */
#ifndef BENCH_HTTP_CLIENT_H
#define BENCH_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "common/buffer.h"

struct http_client;

/* head and body are NUL-terminated and borrowed for the call. */
typedef void http_client_on_answer(int status, const char *head, const char *body, void *arg);

struct http_client {
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    struct buffer out, in;
    size_t head_size, body_size; /* of the answer being read; head_size 0: head not whole */
    http_client_on_answer *on_answer;
    void *arg;
};

typedef void http_client_on_connected(void *arg);
void http_client_connect(struct http_client *client, uv_loop_t *loop, int port,
                         http_client_on_connected *on_connected, void *arg);

/* headers: lines, each with its CRLF; body may be NULL. */
void http_client_ask(struct http_client *client, const char *method, const char *path,
                     const char *headers, const char *body, http_client_on_answer *on_answer);

#endif
