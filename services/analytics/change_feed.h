/* SPDX-License-Identifier: Apache-2.0 */
/* change_feed: figures as they change, to whoever listens here (server-sent events).
 *
 * The holder of the turn writes beside each sum in which of its turns that was told; any replica
 * reads what has a greater number than it has told, each POLL_MS, for all its listeners at once and
 * only while there are any. The number is the id of the events, and the sequence of the topics. Who
 * comes back with one gets what was told with it or has changed since, as it is now. Loop thread
 * only. */
#ifndef ANALYTICS_CHANGE_FEED_H
#define ANALYTICS_CHANGE_FEED_H

#include "services/analytics/http_figures.h"

struct change_feed;
struct change_feed *change_feed_new(const struct service_parts *parts,
                                    const struct discloser *discloser);
/* The HTTP server has ended the streams before. */
typedef void change_feed_on_closed(void *arg);
void change_feed_close(struct change_feed *feed, change_feed_on_closed *on_closed, void *arg);

/* Answers with a stream of the figures of the slice's cells that the caller may see: of one
 * indicator, or of all of the subject. from: the last number that the client has; below 0: none.
 * First comes "ready", or "reset" when the number is none of ours; 503 when there are too many
 * streams. */
void change_feed_listen(struct change_feed *feed, const struct asked *asked, int64_t from);

#endif
