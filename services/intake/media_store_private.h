/* SPDX-License-Identifier: Apache-2.0 */
/* media_store, inside: what a kind of storage is made of. */
#ifndef INTAKE_MEDIA_STORE_PRIVATE_H
#define INTAKE_MEDIA_STORE_PRIVATE_H

#include "media_store.h"

/* The functions of media_store.h. Those that may be NULL have nothing to do. */
struct media_store_kind {
    void (*close)(struct media_store *store);
    void (*put)(struct media_store *store, struct media_put *put);
    void (*get)(struct media_store *store, struct media_get *get);
    void (*release)(struct media_store *store, struct media_get *get); /* or NULL */
    void (*remove)(struct media_store *store, struct media_removal *removal);
    void (*tidy)(struct media_store *store, struct media_tidying *tidying);
    bool (*is_ready)(const struct media_store *store, struct buffer *why_not); /* or NULL */
};

/* First in the struct of each kind. */
struct media_store {
    const struct media_store_kind *kind;
};

bool media_volume_open(struct media_store **store, struct loop *loop, const char *place,
                       struct error *err);
bool media_bucket_open(struct media_store **store, struct loop *loop, const struct config *config,
                       struct metrics *metrics, struct error *err);

enum { MEDIA_NAME_SIZE = 64 };

/* "0d/0d5f….full", below the directory or the prefix: the same everywhere, so that files can be
 * moved from one kind to the other by any tool that copies. */
void media_name_file(const struct uuid *id, enum media_variant variant, char name[MEDIA_NAME_SIZE]);

/* By the first bytes of what is open, and written by us. */
enum media_type media_type_of_file(int fd);

#endif
