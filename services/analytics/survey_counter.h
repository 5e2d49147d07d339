/* SPDX-License-Identifier: Apache-2.0 */
/* survey_counter: counts the answers to surveys anew, one survey a round, each every few seconds at
 * most: so readers cost the same however many have answered. Loop thread only; run by the turn's
 * holder alone. */
#ifndef ANALYTICS_SURVEY_COUNTER_H
#define ANALYTICS_SURVEY_COUNTER_H

#include "common/service.h"

struct survey_counter;
struct turn;

struct survey_counter *survey_counter_new(const struct service_parts *parts, struct turn *turn);
void survey_counter_free(struct survey_counter *counter); /* NULL is fine */

typedef void survey_counter_on_done(void *arg);
void survey_counter_run(struct survey_counter *counter, survey_counter_on_done *on_done, void *arg);

#endif
