/* SPDX-License-Identifier: Apache-2.0 */
/* store_media: the rows of uploaded files. Add one statement to a transaction, then take its
 * result. */
#ifndef INTAKE_STORE_MEDIA_H
#define INTAKE_STORE_MEDIA_H

#include "common/arena.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "media_type.h"

struct media_row {
    struct uuid id;
    const char *uploader;
    enum media_type type;  /* of the full file; MEDIA_UNKNOWN: it is not whole yet */
    int32_t width, height; /* pixels; 0: it has none */
    int32_t bytes;
};

/* Who asks for links. */
struct media_viewer {
    const char *uploader; /* sees what it uploaded */
    bool sees_all;
    const char *account; /* sees what its own submissions hold, and cases assigned to it; or NULL */
    const char *unit;    /* sees what its cases hold, and those of the units below it; or NULL */
};

/* Before the file is written. The row then says whether it has been written before. */
void store_claim_media(struct pg_tx *tx, const struct uuid *id, const char *uploader,
                       int64_t now_us);
/* Of a claim: the file is being removed, and may be sent again when it is gone. */
bool store_media_is_going(const struct pg_tx *tx);
/* When the file is whole. */
void store_finish_media(struct pg_tx *tx, const struct media_row *row);
/* Only files that are whole, and only for who may see them. */
void store_read_media(struct pg_tx *tx, const struct uuid *id, const struct media_viewer *viewer);

/* Of any of the three; false when there is none. */
bool store_take_media(const struct pg_tx *tx, struct media_row *row, struct arena *arena);

/* ---- what files are of ---- */

/* Says that the uploads are wanted, which keeps them for as long again as from being uploaded.
 * Rows: ids of those that are whole and the uploader's. */
void store_want_media(struct pg_tx *tx, const struct uuid *ids, size_t count, const char *uploader,
                      int64_t now_us);

/* One file of one submission. */
struct media_use {
    struct uuid media, submission;
    struct uuid message; /* that names it; nil: what was filed, or a result of its case */
};
/* Binds those that are there, of submissions and messages that are there. Add it after what makes
 * them so; does nothing for none. */
void store_use_media(struct pg_tx *tx, const struct media_use *uses, size_t count);

/* ---- what goes ---- */

/* Claims files of no submission that were uploaded, or last wanted, before then; oldest first. From
 * then on nothing can name them. Rows: ids. */
void store_claim_unused_media(struct pg_tx *tx, int64_t before_us, int64_t now_us, int64_t until_us,
                              int32_t limit);
/* How many those are, and their bytes: one row. */
void store_count_unused_media(struct pg_tx *tx, int64_t before_us);
/* When the files of claimed ones are gone. Rows: ids. */
void store_drop_media(struct pg_tx *tx, const struct uuid *ids, size_t count);

#endif
