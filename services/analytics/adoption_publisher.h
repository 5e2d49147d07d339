/* SPDX-License-Identifier: Apache-2.0 */
/* adoption_publisher: says on analytics.adoption.v1 whose coverage has changed, each key at most
 * once a second.
 *
 * A key is looked at again when its accounts, any basis or the day is another than when it was
 * looked at last, and said when its figures are other ones. Loop thread only. */
#ifndef ANALYTICS_ADOPTION_PUBLISHER_H
#define ANALYTICS_ADOPTION_PUBLISHER_H

#include "services/analytics/turn.h"

struct turn_step adoption_publisher_step(const struct service_parts *parts, struct turn *turn);

#endif
