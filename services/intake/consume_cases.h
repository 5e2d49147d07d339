/* SPDX-License-Identifier: Apache-2.0 */
/* consume_cases: city.cases.v1 feeds the timeline and where the case stands. */
#ifndef INTAKE_CONSUME_CASES_H
#define INTAKE_CONSUME_CASES_H

#include "common/consume.h"

#define CASES_TOPIC "city.cases.v1"
consume_handler consume_cases;

#endif
