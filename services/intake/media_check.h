/* SPDX-License-Identifier: Apache-2.0 */
/* media_check: are the uploads that a submission names there, and this sender's?
 *
 * Another's and one that never was are the same: unknown. Those that are there are kept from then
 * on as if they had just been uploaded, so none goes before it is bound in the submission's
 * transaction (store_use_media). Loop thread only. */
#ifndef INTAKE_MEDIA_CHECK_H
#define INTAKE_MEDIA_CHECK_H

#include "common/arena.h"
#include "common/auth.h"
#include "common/error.h"
#include "common/http.h"
#include "common/pg.h"

/* As whom the principal uploads. */
const char *media_uploader(const struct principal *principal, struct arena *arena);

/* The caller's memory until on_checked. */
struct media_check {
    const char *const *media; /* URLs and references */
    size_t count;
    const char *field; /* what the sender calls them: "media" */
    /* err: ERR_UNPROCESSABLE unknown_media, naming each as field[i]. */
    void (*on_checked)(struct media_check *check, const struct error *err);
};

/* on_checked is called once: at once when no upload is among them. */
void media_check_start(struct media_check *check, struct http_request *request, struct pg *pg);

#endif
