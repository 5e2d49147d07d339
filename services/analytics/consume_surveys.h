/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what people are asked and answer, from city.surveys.v1. */
#ifndef ANALYTICS_CONSUME_SURVEYS_H
#define ANALYTICS_CONSUME_SURVEYS_H

#include "common/consume.h"

consume_handler consume_surveys;

#endif
