/* SPDX-License-Identifier: Apache-2.0 */
/* consume_reference: city.reference.v1 feeds categories, unit names and promises. */
#ifndef INTAKE_CONSUME_REFERENCE_H
#define INTAKE_CONSUME_REFERENCE_H

#include "common/consume.h"

#define REFERENCE_TOPIC "city.reference.v1"
consume_handler consume_reference;

#endif
