/* SPDX-License-Identifier: Apache-2.0 */
/* Reads vn.hanoi.roster.published.v1 and vn.hanoi.population.published.v1. */
#ifndef ANALYTICS_BASIS_JSON_H
#define ANALYTICS_BASIS_JSON_H

#include "common/error.h"
#include "services/analytics/basis.h"

/* Other members are skipped. Texts live in the arena. False: err names the bad fields. */
bool basis_read(struct basis *basis, enum basis_kind kind, const char *json, size_t size,
                struct arena *arena, struct error *err);

#endif
