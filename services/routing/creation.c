/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/creation.h"

#include <string.h>

#include "common/buffer.h"

/* RFC 9562, version 8: an id of our own making. */
static struct uuid id_of(const uint8_t digest[DIGEST_SIZE])
{
    struct uuid id;
    memcpy(id.bytes, digest, sizeof id.bytes);
    id.bytes[6] = (uint8_t)(0x80 | (id.bytes[6] & 0x0F));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3F));
    return id;
}

void creation_init(struct creation *creation, const char *account, const char *place,
                   const char *key, const void *body, size_t size)
{
    digest_sha256(body, size, creation->fingerprint);
    if (key == NULL) {
        creation->id = uuid_new();
        return;
    }
    uint8_t digest[DIGEST_SIZE];
    struct buffer text;
    buffer_init(&text);
    buffer_put_format(&text, "%s\n%s\n%s", account, place, key);
    digest_sha256(text.data, text.size, digest);
    buffer_finish(&text);
    creation->id = id_of(digest);
}

bool creation_is_same(const struct creation *creation, const void *fingerprint, size_t size)
{
    return size == sizeof creation->fingerprint &&
           memcmp(creation->fingerprint, fingerprint, size) == 0;
}
