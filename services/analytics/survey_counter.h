/* SPDX-License-Identifier: Apache-2.0 */
/* survey_counter: counts the answers to surveys anew, one survey a round, each every few seconds at
 * most: so readers cost the same however many have answered. Loop thread only. */
#ifndef ANALYTICS_SURVEY_COUNTER_H
#define ANALYTICS_SURVEY_COUNTER_H

#include "services/analytics/turn.h"

struct turn_step survey_counter_step(const struct service_parts *parts, struct turn *turn);

#endif
