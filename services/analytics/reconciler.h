/* SPDX-License-Identifier: Apache-2.0 */
/* reconciler: compares the counts of cases with routing's own, through its API, and lists what
 * differs.
 *
 *   analytics reconcile
 *
 * While serving it does so once on each day of the city, from RECONCILE_AT on, in one of the
 * processes: differences go to the log (`figure_differs`), their number to the metric
 * analytics_reconciliation_differences and the table `reconciliation`. Without ROUTING_URL it never
 * does. Events on their way make differences that are gone at the next look: what stays the same
 * for LOOKS of them is told. Loop thread only. */
#ifndef ANALYTICS_RECONCILER_H
#define ANALYTICS_RECONCILER_H

#include "common/service.h"
#include "services/analytics/reconciliation.h"

#define RECONCILER_OPTIONS                                                                         \
    {.name = "ROUTING_URL",                                                                        \
     .type = CONFIG_TEXT,                                                                          \
     .fallback = "",                                                                               \
     .help = "of routing, with whose counts ours are compared; empty: they are not"},              \
        {.name = "RECONCILE_KEY",                                                                  \
         .type = CONFIG_SECRET,                                                                    \
         .fallback = "",                                                                           \
         .help = "API key with the scope figures:read, for that"},                                 \
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

/* made NULL: it could not be done, err says why. Its texts die with the call. */
typedef void reconciler_on_done(const struct reconciliation *made, const struct error *err,
                                void *arg);
void reconciler_run(struct reconciler *reconciler, reconciler_on_done *on_done, void *arg);

int reconcile_verb(const struct config *config, int argc, char **argv);

#endif
