/* SPDX-License-Identifier: Apache-2.0 */
/* case_feed: changes of cases as they come, to officials who listen here (server-sent events).
 *
 * Every version of a case knows the number of the transaction that wrote it. A reader that takes
 * what lies below the oldest transaction still under way misses nothing, whichever replica wrote
 * it; a transaction that takes long holds the feed up, nothing more. All listeners of this process
 * are served by one reading, each POLL_MS and only while there are any. A listener stands at a
 * number, which is the id of its last event: what has a lower one was told, what has the same one
 * may be told again. Loop thread only. */
#ifndef ROUTING_CASE_FEED_H
#define ROUTING_CASE_FEED_H

#include "common/http.h"
#include "services/routing/routing.h"

struct case_feed;
struct case_feed *case_feed_new(struct routing *routing);
/* The HTTP server has ended the streams before. */
typedef void case_feed_on_closed(void *arg);
void case_feed_close(struct case_feed *feed, case_feed_on_closed *on_closed, void *arg);

enum { FEED_POSITION_MAX = 19 }; /* digits */

/* Answers the request with a stream of what the caller may see: of one desk when unit is not NULL.
 * from: where to go on, digits; NULL: with what comes next. When too much has happened since, or
 * the number is none of ours, the first event is "reset": what the client shows, it must read anew.
 */
void case_feed_listen(struct case_feed *feed, struct http_request *request, const char *unit,
                      const char *from);

#endif
