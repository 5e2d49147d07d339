/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the events of city.outreach.v1: activities of teams, classes, calls to 1022. */
#ifndef ANALYTICS_CONSUME_OUTREACH_H
#define ANALYTICS_CONSUME_OUTREACH_H

#include "common/consume.h"

consume_handler consume_outreach;

#endif
