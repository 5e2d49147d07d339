/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what counting needs from the snapshot that every event of an account carries
 * (proto/events/account_snapshot.schema.json). */
#ifndef ANALYTICS_ACCOUNT_FACT_JSON_H
#define ANALYTICS_ACCOUNT_FACT_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/account_fact.h"

/* type: of the event, which says what it must tell. Other members are skipped. Texts live in the
 * arena. False: err names the bad fields. */
bool account_fact_read(struct account_fact *account, const char *type, const char *json,
                       size_t size, struct arena *arena, struct error *err);

#endif
