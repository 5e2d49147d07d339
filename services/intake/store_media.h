/* SPDX-License-Identifier: Apache-2.0 */
/* store_media: the rows of uploaded files. Add one statement to a transaction, then take its
 * result. */
#ifndef INTAKE_STORE_MEDIA_H
#define INTAKE_STORE_MEDIA_H

#include "common/arena.h"
#include "common/pg.h"
#include "common/uuid.h"

struct media_row {
    struct uuid id;
    const char *uploader;
    int32_t width, height, bytes; /* width 0: the file is not whole yet */
};

/* Before the file is written. The row then says whether it has been written before. */
void store_claim_media(struct pg_tx *tx, const struct uuid *id, const char *uploader,
                       int64_t now_us);
/* When the file is whole. */
void store_finish_media(struct pg_tx *tx, const struct media_row *row);
/* Only files that are whole. */
void store_read_media(struct pg_tx *tx, const struct uuid *id);

/* Of any of the three; false when there is none. */
bool store_take_media(const struct pg_tx *tx, struct media_row *row, struct arena *arena);

#endif
