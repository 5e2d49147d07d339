/* SPDX-License-Identifier: Apache-2.0 */
/* idempotency: what a command is known by that its sender may send again. Pure. */
#ifndef INTAKE_IDEMPOTENCY_H
#define INTAKE_IDEMPOTENCY_H

#include "common/uuid.h"

/* The same for the same scope (who sends, and where to) and Idempotency-Key; nobody else's is. */
struct uuid idempotency_id(const char *scope, const char *key);

#endif
