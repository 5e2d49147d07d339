/* SPDX-License-Identifier: Apache-2.0 */
/* publisher: says on analytics.* what has changed, each key at most once a second.
 *
 * A cell keeps what was said of it last, so that only figures with other numbers are said. Keys of
 * periods that are over for good (neither the present one nor the last), and of what the public may
 * not see (discloser.h), are said no more: a tombstone each. Loop thread only. */
#ifndef ANALYTICS_PUBLISHER_H
#define ANALYTICS_PUBLISHER_H

#include "services/analytics/turn.h"

struct discloser;

struct turn_step publisher_step(const struct service_parts *parts, struct turn *turn,
                                const struct discloser *discloser);

#endif
