/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "media_store_private.h"

bool media_store_open(struct media_store **store, struct loop *loop, const struct config *config,
                      struct metrics *metrics, struct error *err)
{
    if (config_text(config, "MEDIA_S3_BUCKET")[0] != '\0') {
        return media_bucket_open(store, loop, config, metrics, err);
    }
    const char *place = config_text(config, "MEDIA_DIR");
    return place[0] != '\0'
               ? media_volume_open(store, loop, place, err)
               : error_set(err, ERR_FATAL, "bad_setting", "set MEDIA_DIR or MEDIA_S3_BUCKET");
}

void media_store_close(struct media_store *store)
{
    if (store != NULL) {
        store->kind->close(store);
    }
}

void media_store_put(struct media_store *store, struct media_put *put)
{
    store->kind->put(store, put);
}

void media_store_get(struct media_store *store, struct media_get *get)
{
    store->kind->get(store, get);
}

void media_store_release(struct media_store *store, struct media_get *get)
{
    if (store->kind->release != NULL) {
        store->kind->release(store, get);
    }
}

void media_store_remove(struct media_store *store, struct media_removal *removal)
{
    store->kind->remove(store, removal);
}

void media_store_tidy(struct media_store *store, struct media_tidying *tidying)
{
    store->kind->tidy(store, tidying);
}

bool media_store_is_ready(const struct media_store *store, struct buffer *why_not)
{
    return store->kind->is_ready == NULL || store->kind->is_ready(store, why_not);
}

void media_name_file(const struct uuid *id, enum media_variant variant, char name[MEDIA_NAME_SIZE])
{
    char text[UUID_TEXT_SIZE];
    uuid_format(id, text);
    snprintf(name, MEDIA_NAME_SIZE, "%.2s/%s.%s", text, text, media_variant_words[variant]);
}

enum media_type media_type_of_file(int fd)
{
    char head[MEDIA_SNIFF_SIZE];
    ssize_t size = pread(fd, head, sizeof head, 0);
    return media_type_sniff(head, size > 0 ? (size_t)size : 0);
}
