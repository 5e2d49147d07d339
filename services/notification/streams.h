/* SPDX-License-Identifier: Apache-2.0 */
/* streams: messages in the app as they come, to whoever listens here (server-sent events).
 *
 * Each stream knows the last number it was sent. Accounts that a commit of this process concerns
 * are read at once; what other replicas commit is found by asking for all accounts that have
 * streams here, each POLL_MS, in one query and only while there are streams. Numbers of an inbox
 * appear in order (sql/0001), so "greater than the last" misses nothing. Loop thread only. */
#ifndef NOTIFICATION_STREAMS_H
#define NOTIFICATION_STREAMS_H

#include <stdint.h>

#include "common/http.h"
#include "common/pg.h"
#include "reference.h"

struct streams;
struct streams *streams_new(uv_loop_t *loop, struct pg *pg, const struct snapshot_source *reference,
                            const char *site);
/* The HTTP server has ended the streams before. */
typedef void streams_on_closed(void *arg);
void streams_close(struct streams *streams, streams_on_closed *on_closed, void *arg);

/* Answers the request with a stream of what comes after seq. */
void streams_open(struct streams *streams, struct http_request *request, const char *account,
                  int64_t seq);
/* The account has a new message. */
void streams_nudge(struct streams *streams, const char *account);

#endif
