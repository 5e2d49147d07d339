/* SPDX-License-Identifier: Apache-2.0 */
/* store_support: who supports and who follows which submission, each person once. */
#ifndef INTAKE_STORE_SUPPORT_H
#define INTAKE_STORE_SUPPORT_H

#include "common/outbox.h"
#include "common/pg.h"
#include "common/uuid.h"

struct support_change {
    struct uuid submission_id;
    const char *account;
    bool wanted; /* false: taken back */
    int64_t at;
    struct uuid command; /* of the event, which is said only when something changed */
};

/* Two statements: the change with its event (a row when something changed), then how many support
 * it now. */
void store_change_support(struct pg_tx *tx, const struct support_change *change,
                          const struct outbox_columns *said);
/* One statement; command is not used. */
void store_change_follow(struct pg_tx *tx, const struct support_change *change);

/* What the account follows, as far as everybody may see it, the last filed first; rows for
 * store_take_list. before nil: from the newest on. */
void store_list_followed(struct pg_tx *tx, const char *account, const struct uuid *before,
                         int32_t limit);

#endif
