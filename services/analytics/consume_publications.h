/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps which unit published something on which day, from city.publications.v1. */
#ifndef ANALYTICS_CONSUME_PUBLICATIONS_H
#define ANALYTICS_CONSUME_PUBLICATIONS_H

#include "common/consume.h"

consume_handler consume_publications;

#endif
