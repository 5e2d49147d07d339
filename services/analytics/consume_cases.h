/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the events of city.cases.v1, a batch in one statement. */
#ifndef ANALYTICS_CONSUME_CASES_H
#define ANALYTICS_CONSUME_CASES_H

#include "common/consume.h"

consume_handler consume_cases;

#endif
