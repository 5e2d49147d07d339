/* SPDX-License-Identifier: Apache-2.0 */
/* store_sender: what a person filed lately. */
#ifndef INTAKE_STORE_SENDER_H
#define INTAKE_STORE_SENDER_H

#include "common/pg.h"
#include "sender_history.h"

/* The newest since then, at most limit; descriptions are read of that category alone. */
void store_read_sender(struct pg_tx *tx, const char *reporter, const char *category, int64_t since,
                       int32_t limit);
size_t store_take_sender(const struct pg_tx *tx, struct earlier_filing **earlier,
                         struct arena *arena);

#endif
