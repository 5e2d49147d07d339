/* SPDX-License-Identifier: Apache-2.0 */
/* adoption_publisher: says on analytics.adoption.v1 whose coverage has changed, each key at most
 * once a second.
 *
 * A key is looked at again when its accounts, any basis or the day is another than when it was
 * looked at last, and said when its figures are other ones. Loop thread only; run by the turn's
 * holder alone. */
#ifndef ANALYTICS_ADOPTION_PUBLISHER_H
#define ANALYTICS_ADOPTION_PUBLISHER_H

#include "common/service.h"

struct adoption_publisher;
struct turn;

struct adoption_publisher *adoption_publisher_new(const struct service_parts *parts,
                                                  struct turn *turn);
void adoption_publisher_free(
    struct adoption_publisher *publisher); /* not while it runs; NULL is fine */

/* Says what is due, or as much of it as one transaction may hold. */
typedef void adoption_publisher_on_done(void *arg);
void adoption_publisher_run(struct adoption_publisher *publisher,
                            adoption_publisher_on_done *on_done, void *arg);

#endif
