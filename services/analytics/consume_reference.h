/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the names of units and categories, headcounts and populations from city.reference.v1. */
#ifndef ANALYTICS_CONSUME_REFERENCE_H
#define ANALYTICS_CONSUME_REFERENCE_H

#include "common/consume.h"

consume_handler consume_reference;

#endif
