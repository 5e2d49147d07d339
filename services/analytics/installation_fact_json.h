/* SPDX-License-Identifier: Apache-2.0 */
/* Reads vn.hanoi.installation.first_opened.v1. */
#ifndef ANALYTICS_INSTALLATION_FACT_JSON_H
#define ANALYTICS_INSTALLATION_FACT_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/installation_fact.h"

/* Other members are skipped. Texts live in the arena. False: err names the bad fields. */
bool installation_fact_read(struct installation_fact *installation, const char *json, size_t size,
                            struct arena *arena, struct error *err);

#endif
