/* SPDX-License-Identifier: Apache-2.0 */
/* media_store: where the bytes of uploaded files are.
 *
 * This is the seam: media_volume.c keeps them in a directory that all replicas see (MEDIA_DIR),
 * media_bucket.c in a storage with an S3 interface (MEDIA_S3_BUCKET). A file is there whole or not
 * at all, and stays when its writer is told so. Nothing here waits: what does runs in another
 * thread, or goes through the loop. A storage that is away is ERR_RETRY (storage_away), one that
 * refuses ERR_FATAL; texts hold no name of a file. */
#ifndef INTAKE_MEDIA_STORE_H
#define INTAKE_MEDIA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/config.h"
#include "common/error.h"
#include "common/loop.h"
#include "common/metrics.h"
#include "media_link.h"
#include "media_type.h"

struct media_store;

/* False: a directory cannot be written to, or a setting is wrong. Whether a bucket is there shows
 * later. */
bool media_store_open(struct media_store **store, struct loop *loop, const struct config *config,
                      struct metrics *metrics, struct error *err);
void media_store_close(struct media_store *store); /* must be idle; NULL is fine */

/* False, with the reason, until a bucket could be written to, read and cleared for the first time.
 * What happens to it later does not count: reports come in without pictures, too. */
bool media_store_is_ready(const struct media_store *store, struct buffer *why_not);

/* All variants of one file. The caller's memory until on_put: err NULL when they are stored. What
 * was there under the same name is the same. */
struct media_put {
    struct uuid id;
    struct {
        const void *bytes;
        size_t size;
    } parts[MEDIA_VARIANTS];
    void (*on_put)(struct media_put *put, const struct error *err);
};
void media_store_put(struct media_store *store, struct media_put *put);

/* Opens one to be read. The caller's memory until on_open: the descriptor is then the caller's; err
 * is ERR_NOT_FOUND when there is none, ERR_RETRY (storage_busy) when too much is being read. After
 * on_open without err, media_store_release once the descriptor is closed: it may hold memory. */
struct media_get {
    struct uuid id;
    enum media_variant variant;
    void (*on_open)(struct media_get *get, const struct error *err);
    int fd;
    uint64_t size;
    int64_t written_us;   /* since 1970 */
    enum media_type type; /* by its first bytes, which we wrote */
    size_t held;          /* the store's */
};
void media_store_get(struct media_store *store, struct media_get *get);
void media_store_release(struct media_store *store, struct media_get *get);

/* Removes all variants of some files, as long as the monotonic clock is before until_us: whoever
 * claimed them may do so no longer. What is not there is gone. The caller's memory until
 * on_removed; err: not all of them are gone. */
struct media_removal {
    const struct uuid *ids;
    size_t count;
    uint64_t until_us;
    void (*on_removed)(struct media_removal *removal, const struct error *err);
};
void media_store_remove(struct media_store *store, struct media_removal *removal);

/* Removes what writers that died left half written, once it is so old that none can be at it. */
struct media_tidying {
    unsigned age_s;
    void (*on_tidied)(struct media_tidying *tidying, const struct error *err);
};
void media_store_tidy(struct media_store *store, struct media_tidying *tidying);

#endif
