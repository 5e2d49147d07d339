/* SPDX-License-Identifier: Apache-2.0 */
/* A bucket: <prefix>/<first two hex digits>/<id>.<variant>, each put in one request, so that the
 * storage has it whole or not at all and nothing half written is ever left. A repeat writes the
 * same bytes under the same name. What is read lies in memory until it is sent: see HELD_MAX. */
#define _GNU_SOURCE /* memfd_create */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/log.h"
#include "common/work.h"
#include "media_bucket_probe.h"
#include "media_object_client.h"
#include "media_store_private.h"

enum {
    HELD_MAX = 128 * 1024 * 1024, /* of all files that are being read and sent */
    US_PER_S = 1000000,
    REMOVALS_AT_ONCE = 8 /* a batch of the sweep must be through before its claim is over */
};

struct bucket {
    struct media_store store; /* first */
    struct loop *loop;
    struct object_client *client;
    struct bucket_probe *probe;
    size_t busy;
    size_t held; /* bytes */
};

static const struct media_store_kind bucket_kind;

bool media_bucket_open(struct media_store **out, struct loop *loop, const struct config *config,
                       struct metrics *metrics, struct error *err)
{
    const struct object_client_config client = {
        .endpoint = config_text(config, "MEDIA_S3_ENDPOINT"),
        .place = config_text(config, "MEDIA_S3_BUCKET"),
        .region = config_text(config, "MEDIA_S3_REGION"),
        .access_key = config_text(config, "MEDIA_S3_ACCESS_KEY"),
        .secret_key = config_text(config, "MEDIA_S3_SECRET_KEY"),
        .bytes_max = HELD_MAX,
    };
    struct bucket *bucket = memory_zero(1, sizeof *bucket);
    *bucket = (struct bucket){.store = {.kind = &bucket_kind}, .loop = loop};
    if (!object_client_open(&bucket->client, loop, &client, metrics, err)) {
        free(bucket);
        return false;
    }
    bucket->probe = bucket_probe_new(loop, bucket->client);
    *out = &bucket->store;
    return true;
}

static void bucket_close(struct media_store *store)
{
    struct bucket *bucket = (struct bucket *)store;
    assert(bucket->busy == 0);
    bucket_probe_close(bucket->probe); /* first: it must not try again when its request ends */
    object_client_close(bucket->client);
    free(bucket);
}

static bool bucket_is_ready(const struct media_store *store, struct buffer *why_not)
{
    return bucket_probe_is_good(((const struct bucket *)store)->probe, why_not);
}

/* What is refused is logged where it is answered. */
static void note(const char *event, const struct error *err)
{
    if (err != NULL && err->kind == ERR_RETRY) {
        log_warn_error(event, err);
    }
}

/* ---- writing ---- */

struct putting {
    struct bucket *bucket;
    struct media_put *put;
    struct part {
        struct object_request request; /* first */
        struct putting *putting;
        char sha256[DIGEST_HEX_SIZE];
    } parts[MEDIA_VARIANTS];
    size_t under_way;
    struct error err; /* the first */
};

/* In running order: hashing 64 MiB takes too long for the loop. */
static void hash_in_thread(void *arg);
static void on_hashed(void *arg);
static void on_part_put(struct object_request *request, const struct error *err);

static void bucket_put(struct media_store *store, struct media_put *put)
{
    struct putting *putting = memory_zero(1, sizeof *putting);
    putting->bucket = (struct bucket *)store;
    putting->bucket->busy++;
    putting->put = put;
    work_start(loop_uv(putting->bucket->loop), hash_in_thread, on_hashed, putting);
}

static void hash_in_thread(void *arg)
{
    struct putting *putting = arg;
    for (size_t i = 0; i < MEDIA_VARIANTS; i++) {
        uint8_t digest[DIGEST_SIZE];
        digest_sha256(putting->put->parts[i].bytes, putting->put->parts[i].size, digest);
        digest_hex(digest, putting->parts[i].sha256);
    }
}

static void on_hashed(void *arg)
{
    struct putting *putting = arg;
    const struct media_put *put = putting->put;
    putting->under_way = MEDIA_VARIANTS;
    for (size_t i = 0; i < MEDIA_VARIANTS; i++) {
        struct part *part = &putting->parts[i];
        part->putting = putting;
        part->request = (struct object_request){
            .act = OBJECT_PUT,
            .bytes = put->parts[i].bytes,
            .size = put->parts[i].size,
            .sha256 = part->sha256,
            .type = media_type_name(media_type_sniff(put->parts[i].bytes, put->parts[i].size)),
            .on_done = on_part_put,
        };
        media_name_file(&put->id, (enum media_variant)i, part->request.key);
    }
    struct object_client *client = putting->bucket->client;
    for (size_t i = 0; i < MEDIA_VARIANTS; i++) {
        object_client_send(client, &putting->parts[i].request); /* the last may free putting */
    }
}

static void on_part_put(struct object_request *request, const struct error *err)
{
    struct putting *putting = ((struct part *)request)->putting;
    if (err != NULL && !error_is_set(&putting->err)) {
        putting->err = *err;
    }
    if (--putting->under_way > 0) {
        return;
    }
    struct error first = putting->err;
    struct media_put *put = putting->put;
    err = error_is_set(&first) ? &first : NULL;
    note("media_not_put", err);
    putting->bucket->busy--;
    free(putting);
    put->on_put(put, err);
}

/* ---- reading ---- */

struct getting {
    struct object_request request; /* first */
    struct bucket *bucket;
    struct media_get *get;
    int fd;
    size_t size;
    struct error err; /* our own */
};

static bool on_piece_got(const char *bytes, size_t size, struct object_request *request);
static void on_got(struct object_request *request, const struct error *err);
static void getting_end(struct getting *getting, const struct error *err);

static void bucket_get(struct media_store *store, struct media_get *get)
{
    struct getting *getting = memory_zero(1, sizeof *getting);
    getting->bucket = (struct bucket *)store;
    getting->bucket->busy++;
    getting->get = get;
    getting->request.act = OBJECT_GET;
    getting->request.on_piece = on_piece_got;
    getting->request.on_done = on_got;
    media_name_file(&get->id, get->variant, getting->request.key);
    getting->fd = memfd_create("media", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (getting->fd < 0) {
        error_set(&getting->err, ERR_RETRY, "storage_busy", "no memory to read a file: %s",
                  strerror(errno));
        getting_end(getting, &getting->err);
        return;
    }
    object_client_send(getting->bucket->client, &getting->request);
}

static bool on_piece_got(const char *bytes, size_t size, struct object_request *request)
{
    struct getting *getting = (struct getting *)request;
    struct bucket *bucket = getting->bucket;
    if (size > HELD_MAX - bucket->held) {
        return error_set(&getting->err, ERR_RETRY, "storage_busy", "too many files are being read");
    }
    while (size > 0) {
        ssize_t written = pwrite(getting->fd, bytes, size, (off_t)getting->size);
        if (written < 0) {
            return error_set(&getting->err, ERR_RETRY, "storage_busy",
                             "no memory to read a file: %s", strerror(errno));
        }
        bytes += written;
        size -= (size_t)written;
        getting->size += (size_t)written;
        bucket->held += (size_t)written;
    }
    return true;
}

static void on_got(struct object_request *request, const struct error *err)
{
    struct getting *getting = (struct getting *)request;
    getting_end(getting, error_is_set(&getting->err) ? &getting->err : err);
}

static void getting_end(struct getting *getting, const struct error *err)
{
    struct error copy = err != NULL ? *err : (struct error){0};
    struct media_get *get = getting->get;
    struct bucket *bucket = getting->bucket;
    note("media_not_read", err);
    if (err == NULL) {
        fcntl(getting->fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
        get->fd = getting->fd;
        get->type = media_type_of_file(getting->fd);
        get->written_us = getting->request.modified_s * US_PER_S;
        get->size = get->held = getting->size;
    } else {
        bucket->held -= getting->size;
        if (getting->fd >= 0) {
            close(getting->fd);
        }
    }
    bucket->busy--;
    free(getting);
    get->on_open(get, err != NULL ? &copy : NULL);
}

static void bucket_release(struct media_store *store, struct media_get *get)
{
    struct bucket *bucket = (struct bucket *)store;
    assert(get->held <= bucket->held);
    bucket->held -= get->held;
    get->held = 0;
}

/* ---- removing ---- */

struct removing {
    struct bucket *bucket;
    struct media_removal *removal;
    size_t next, under_way; /* objects */
    struct slot {
        struct object_request request; /* first */
        struct removing *removing;
    } slots[REMOVALS_AT_ONCE];
    struct error err; /* the first, after which no further one is removed */
};

/* The time is looked at before each: a process that was stopped meanwhile has lost its claim. */
static bool removing_goes_on(struct removing *removing)
{
    const struct media_removal *removal = removing->removal;
    if (error_is_set(&removing->err) || removing->next == removal->count * MEDIA_VARIANTS) {
        return false;
    }
    return clock_monotonic_us() < removal->until_us ||
           error_set(&removing->err, ERR_RETRY, "claim_over", "it took too long");
}

static void remove_next(struct slot *slot)
{
    struct removing *removing = slot->removing;
    size_t object = removing->next++;
    removing->under_way++;
    media_name_file(&removing->removal->ids[object / MEDIA_VARIANTS],
                    (enum media_variant)(object % MEDIA_VARIANTS), slot->request.key);
    object_client_send(removing->bucket->client, &slot->request);
}

static void removing_end(void *arg)
{
    struct removing *removing = arg;
    struct error err = removing->err;
    struct media_removal *removal = removing->removal;
    removing->bucket->busy--;
    free(removing);
    removal->on_removed(removal, error_is_set(&err) ? &err : NULL);
}

static void on_object_removed(struct object_request *request, const struct error *err)
{
    struct slot *slot = (struct slot *)request;
    struct removing *removing = slot->removing;
    removing->under_way--;
    if (err != NULL && !error_is_set(&removing->err)) {
        removing->err = *err;
    }
    if (removing_goes_on(removing)) {
        remove_next(slot);
    } else if (removing->under_way == 0) {
        removing_end(removing);
    }
}

static void bucket_remove(struct media_store *store, struct media_removal *removal)
{
    struct removing *removing = memory_zero(1, sizeof *removing);
    removing->bucket = (struct bucket *)store;
    removing->bucket->busy++;
    removing->removal = removal;
    removing->under_way++; /* ours, so that it does not end while the first ones are sent */
    for (size_t i = 0; i < REMOVALS_AT_ONCE && removing_goes_on(removing); i++) {
        struct slot *slot = &removing->slots[i];
        slot->removing = removing;
        slot->request.act = OBJECT_REMOVE;
        slot->request.on_done = on_object_removed;
        remove_next(slot);
    }
    if (--removing->under_way == 0) {
        removing_end(removing);
    }
}

/* Nothing is ever half written. */
static void bucket_tidy(struct media_store *store, struct media_tidying *tidying)
{
    (void)store;
    tidying->on_tidied(tidying, NULL);
}

static const struct media_store_kind bucket_kind = {
    .close = bucket_close,
    .put = bucket_put,
    .get = bucket_get,
    .release = bucket_release,
    .remove = bucket_remove,
    .tidy = bucket_tidy,
    .is_ready = bucket_is_ready,
};
