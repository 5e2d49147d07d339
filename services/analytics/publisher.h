/* SPDX-License-Identifier: Apache-2.0 */
/* publisher: says on analytics.* what has changed, each key at most once a second.
 *
 * A cell keeps what was said of it last, so that only figures with other numbers are said. Keys of
 * periods that are over for good (neither the present one nor the last), and of what the public may
 * not see (discloser.h), are said no more: a tombstone each. Loop thread only; run by the turn's
 * holder alone. */
#ifndef ANALYTICS_PUBLISHER_H
#define ANALYTICS_PUBLISHER_H

#include "common/service.h"

struct discloser;
struct publisher;
struct turn;

struct publisher *publisher_new(const struct service_parts *parts, struct turn *turn,
                                const struct discloser *discloser);
void publisher_free(struct publisher *publisher); /* not while it runs; NULL is fine */

/* Says what is due, or as much of it as one transaction may hold. */
typedef void publisher_on_done(void *arg);
void publisher_run(struct publisher *publisher, publisher_on_done *on_done, void *arg);

#endif
