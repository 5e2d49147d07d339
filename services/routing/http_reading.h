/* SPDX-License-Identifier: Apache-2.0 */
/* http_reading: reading what residents have told, and why.
 *
 * Officials who see a case may read what was filed, and what was noted about it, but say why: in
 * the header X-Access-Reason or the parameter `reason`. Who read what, and the reason, are in the
 * access log before the answer is sent. */
#ifndef ROUTING_HTTP_READING_H
#define ROUTING_HTTP_READING_H

#include "services/routing/http_routing.h"

enum { REASON_MIN = 3, REASON_MAX = 200 };

struct reading {
    struct http_request *request;
    struct routing *routing;
    struct case_read read; /* the case, once it may be read */
    const char *what;      /* NULL: nothing that needs a reason */
    const char *reason;
    void (*on_allowed)(struct reading *reading);
    void *arg; /* for on_allowed and what comes after it */
};

/* Calls on_allowed when the caller is an official of the case and has said why; else answers.
 * faults: those that were found before; NULL: none. */
void reading_start(struct http_request *request, struct routing *routing, const char *what,
                   const struct error *faults, void (*on_allowed)(struct reading *reading),
                   void *arg);

/* Adds the entry in the access log, if there is something to log, and sends. */
void reading_send(struct reading *reading, struct pg_tx *tx, pg_on_done *on_done);

#endif
