/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/http_private.h"
#include "common/uuid.h"

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++) { /* FNV-1a */
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    }
    return hash;
}

static struct http_request **key_bucket(const struct http_request *request)
{
    struct http *http = request->http;
    uint64_t hash = hash_text(http->key_seed, request->principal->id);
    hash = hash_text(hash * 31 + (uint64_t)(request->route - http->router.routes),
                     request->idempotency_key);
    return &http->keys[(hash ^ hash >> 32) & http->key_mask];
}

static bool key_same(const struct http_request *a, const struct http_request *b)
{
    return a->route == b->route && strcmp(a->idempotency_key, b->idempotency_key) == 0 &&
           strcmp(a->principal->id, b->principal->id) == 0 &&
           a->principal->kind == b->principal->kind;
}

void http_keys_init(struct http *http)
{
    size_t count = 64;
    while (count < http->requests_max) {
        count *= 2;
    }
    http->keys = memory_zero(count, sizeof *http->keys);
    http->key_mask = count - 1;
    random_bytes(&http->key_seed, sizeof http->key_seed);
}

void http_keys_finish(struct http *http)
{
    free(http->keys);
    http->keys = NULL;
}

bool http_key_take(struct http_request *request)
{
    struct http_request **bucket = key_bucket(request);
    for (struct http_request *other = *bucket; other != NULL; other = other->next_key) {
        if (key_same(other, request)) {
            return false;
        }
    }
    request->next_key = *bucket;
    *bucket = request;
    request->key_held = true;
    return true;
}

void http_key_drop(struct http_request *request)
{
    if (!request->key_held) {
        return;
    }
    struct http_request **link = key_bucket(request);
    while (*link != request) {
        link = &(*link)->next_key;
    }
    *link = request->next_key;
    request->key_held = false;
}
