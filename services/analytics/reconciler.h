/* SPDX-License-Identifier: Apache-2.0 */
/* reconciler: compares counts with their owners' own, through their APIs, and lists what differs:
 * of cases with routing's, of deliveries with notification's (census.h).
 *
 *   analytics reconcile
 *
 * While serving it does so once on each day of the city, from RECONCILE_AT on, in one of the
 * processes, each subject on its own: differences go to the log (`figure_differs`), their number to
 * the metric analytics_reconciliation_differences and the table `reconciliation`. An owner without
 * an address (ROUTING_URL, NOTIFICATION_URL) is not asked. Events on their way make differences
 * that are gone at the next look: what stays the same for LOOKS of them is told. Loop thread only.
 */
#ifndef ANALYTICS_RECONCILER_H
#define ANALYTICS_RECONCILER_H

#include "common/service.h"
#include "services/analytics/reconciliation.h"

#define RECONCILER_OPTIONS                                                                         \
    {.name = "ROUTING_URL",                                                                        \
     .type = CONFIG_TEXT,                                                                          \
     .fallback = "",                                                                               \
     .help = "of routing, with whose counts of cases ours are compared; empty: they are not"},     \
        {.name = "NOTIFICATION_URL",                                                               \
         .type = CONFIG_TEXT,                                                                      \
         .fallback = "",                                                                           \
         .help = "of notification, likewise for deliveries"},                                      \
        {.name = "RECONCILE_KEY",                                                                  \
         .type = CONFIG_SECRET,                                                                    \
         .fallback = "",                                                                           \
         .help = "API key of both with the scope figures:read, for that"},                         \
    {                                                                                              \
        .name = "RECONCILE_AT", .type = CONFIG_TEXT, .fallback = "02:30",                          \
        .help = "time of day in the city from which on they are compared, once a day"              \
    }

struct reconciler;

/* parts: loop, config, metrics, pg and fetch are used. nightly: by itself, once a day. NULL, err:
 * a setting is wrong. */
struct reconciler *reconciler_new(const struct service_parts *parts, bool nightly,
                                  struct error *err);
typedef void reconciler_on_closed(void *arg);
void reconciler_close(struct reconciler *reconciler, reconciler_on_closed *on_closed, void *arg);

/* Is there an owner with an address? */
bool reconciler_has_work(const struct config *config);

/* made NULL: it could not be done, err says why. Its texts die with the call. */
typedef void reconciler_on_made(const struct census_layout *layout,
                                const struct reconciliation *made, const struct error *err,
                                void *arg);
/* all: nobody was left out because it was closed meanwhile. */
typedef void reconciler_on_done(bool all, void *arg);
/* on_made for each owner that has an address, then on_done. */
void reconciler_run(struct reconciler *reconciler, reconciler_on_made *on_made,
                    reconciler_on_done *on_done, void *arg);

int reconcile_verb(const struct config *config, int argc, char **argv);

#endif
