/* SPDX-License-Identifier: Apache-2.0 */
/* consume_inbound: city.inbound.v1, what other city systems report. Hostile until validated. */
#ifndef INTAKE_CONSUME_INBOUND_H
#define INTAKE_CONSUME_INBOUND_H

#include "common/consume.h"

#define INBOUND_TOPIC "city.inbound.v1"
consume_handler consume_inbound;

#endif
