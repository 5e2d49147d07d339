/* SPDX-License-Identifier: Apache-2.0 */
/* media_object_client: one request to the bucket, signed, and what came of it.
 *
 * Has transfers of its own, so that a slow storage holds up nothing else. Loop thread only. */
#ifndef INTAKE_MEDIA_OBJECT_CLIENT_H
#define INTAKE_MEDIA_OBJECT_CLIENT_H

#include "common/fetch.h"
#include "common/loop.h"
#include "media_object.h"

enum { OBJECT_KEY_SIZE = 96 };

struct object_client_config {
    const char *endpoint, *place; /* as for media_object_base */
    const char *region, *access_key, *secret_key;
    size_t bytes_max; /* of one object that is read */
};

struct object_client;
/* The texts of config are borrowed. False: ERR_FATAL names a setting. */
bool object_client_open(struct object_client **client, struct loop *loop,
                        const struct object_client_config *config, struct metrics *metrics,
                        struct error *err);
/* Requests under way end with ERR_RETRY; NULL is fine. */
void object_client_close(struct object_client *client);

/* The caller's memory until on_done, which may come at once; so are the bytes. err as
 * media_object_judge has it; ERR_RETRY when there was no answer, or not in time: 8 s, and for what
 * is sent a second more for every 4 MiB. */
struct object_request {
    enum object_act act;
    char key[OBJECT_KEY_SIZE];
    const void *bytes; /* to put */
    size_t size;
    const char *sha256, *type; /* of the bytes */
    bool (*on_piece)(const char *bytes, size_t size, struct object_request *request); /* got */
    int64_t modified_s; /* of what was got, since 1970 */
    void (*on_done)(struct object_request *request, const struct error *err);
};
void object_client_send(struct object_client *client, struct object_request *request);

#endif
