/* SPDX-License-Identifier: Apache-2.0 */
/* fetch: HTTP requests and SMTP mail going out, on one libcurl multi handle in the loop.
 *
 * Each transfer has a deadline, a size limit and no redirects; at most transfers_max run at once,
 * further ones wait in line up to waiting_max, then are refused with ERR_BUSY. Loop thread only. */
#ifndef COMMON_FETCH_H
#define COMMON_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/error.h"
#include "common/metrics.h"

struct fetch;

struct fetch_config {
    size_t transfers_max;
    size_t waiting_max;
    const char *ca_file;       /* "": the system's */
    const char *const *labels; /* of its metrics; NULL: none */
};

bool fetch_open(struct fetch **fetch, uv_loop_t *loop, const struct fetch_config *config,
                struct metrics *metrics, struct error *err);
void fetch_close(struct fetch *fetch); /* transfers under way end with ERR_RETRY */

/* AWS Signature Version 4. A signed request waits for "100 Continue" before a large body. */
struct fetch_signature {
    const char *region, *service; /* "us-east-1", "s3" */
    const char *user, *secret;
};

/* A piece of the answer's body, in order. False: no more of it, the transfer ends. */
typedef bool fetch_on_piece(const char *bytes, size_t size, void *arg);

struct fetch_request {
    const char *method;         /* "GET" */
    const char *url;            /* http or https */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
    const char *body;
    size_t body_size;
    bool body_stays; /* until on_answer: then it is not copied */
    unsigned deadline_ms;
    size_t answer_max;                       /* bytes */
    const struct fetch_signature *signature; /* NULL: not signed */
    const char *body_sha256;                 /* if signed: in hex; NULL: there is no body */
    fetch_on_piece *on_piece; /* takes the body of a 2xx, whose on_answer then has none; or NULL */
    int64_t *modified_s; /* set before on_answer: Last-Modified, since 1970; 0 without; or NULL */
};

/* status 0: no answer, err says why (ERR_RETRY). body is valid during the call. */
typedef void fetch_on_answer(long status, const char *body, size_t size, const struct error *err,
                             void *arg);
bool fetch_http(struct fetch *fetch, const struct fetch_request *request,
                fetch_on_answer *on_answer, void *arg, struct error *err);

struct fetch_mail {
    const char *url; /* smtp://host:port or smtps://…; credentials in user, password */
    const char *user, *password; /* "" for none */
    bool require_tls;
    const char *from; /* address only */
    const char *to;
    const char *message; /* RFC 5322, CRLF line ends; copied */
    size_t message_size;
    unsigned deadline_ms;
};

/* reply is the SMTP status of the last command (250, 451 …), 0 when the server was not reached.
 * err is NULL when the server took the message; ERR_RETRY for 4xx and network trouble, ERR_INPUT
 * for 5xx. */
typedef void fetch_on_mailed(long reply, const struct error *err, void *arg);
bool fetch_mail(struct fetch *fetch, const struct fetch_mail *mail, fetch_on_mailed *on_mailed,
                void *arg, struct error *err);

#endif
