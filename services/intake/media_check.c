/* SPDX-License-Identifier: Apache-2.0 */
#include "media_check.h"

#include <stdio.h>

#include "common/clock.h"
#include "media_reference.h"
#include "store_media.h"

const char *media_uploader(const struct principal *principal, struct arena *arena)
{
    return arena_format(arena, "%s %s", principal->kind == PRINCIPAL_PERSON ? "person" : "key",
                        principal->id);
}

static bool is_among(const struct pg_tx *tx, const struct uuid *id)
{
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        struct uuid found = pg_value_uuid(tx, 0, row, 0);
        if (uuid_equal(&found, id)) {
            return true;
        }
    }
    return false;
}

static void name_unknown(const struct media_check *check, size_t index, struct error *err)
{
    char field[64];
    snprintf(field, sizeof field, "%s[%zu]", check->field, index);
    error_set(err, ERR_UNPROCESSABLE, "unknown_media", "a file was not found among your uploads");
    error_add_field(err, field, "unknown_media", "is not a file that you uploaded");
}

static void on_wanted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct media_check *check = arg;
    struct error err = {0};
    struct uuid id;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        check->on_checked(check, &err);
        return;
    }
    for (size_t i = 0; i < check->count; i++) {
        if (media_reference_parse(check->media[i], &id) && !is_among(tx, &id)) {
            name_unknown(check, i, &err);
        }
    }
    check->on_checked(check, error_is_set(&err) ? &err : NULL);
}

void media_check_start(struct media_check *check, struct http_request *request, struct pg *pg)
{
    struct arena *arena = http_arena(request);
    struct uuid *ids = arena_array(arena, check->count, sizeof *ids);
    size_t count = media_reference_ids(check->media, check->count, ids);
    if (count == 0) {
        check->on_checked(check, NULL);
        return;
    }
    struct pg_tx *tx = pg_tx_new(pg);
    store_want_media(tx, ids, count, media_uploader(http_principal(request), arena),
                     clock_now_us());
    pg_tx_send(tx, on_wanted, check);
}
