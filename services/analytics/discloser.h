/* SPDX-License-Identifier: Apache-2.0 */
/* discloser: keeps up to date what the public may see (disclosure.h).
 *
 * Every process looks at all public sums again every few seconds, if anything was counted since.
 * A sum that has just become too small is hidden at once, by its own number; what else must be
 * hidden for its sake follows within PERIOD_MS. Loop thread only. */
#ifndef ANALYTICS_DISCLOSER_H
#define ANALYTICS_DISCLOSER_H

#include "common/service.h"
#include "services/analytics/disclosure.h"
#include "services/analytics/figure.h"

struct discloser;

struct discloser *discloser_new(const struct service_parts *parts);
typedef void discloser_on_closed(void *arg);
void discloser_close(struct discloser *discloser, discloser_on_closed *on_closed, void *arg);

/* Grows with every change of what is hidden; 0: nothing is known yet, so everything is hidden. */
uint64_t discloser_generation(const struct discloser *discloser);
const struct disclosure *discloser_hidden(const struct discloser *discloser, enum subject subject);
/* Keys that are hidden now and were not in the generation before, or the other way round. */
const struct cell_key *discloser_changed(const struct discloser *discloser, size_t *count);

/* Is the sum over this cell hidden? tally: of it. */
bool discloser_hides(const struct discloser *discloser, const struct cell_key *key,
                     const struct tally *tally);
/* Is the figure hidden in a sum that may be seen? So few tell too much of each. */
bool discloser_hides_figure(const struct figure *figure);

#endif
