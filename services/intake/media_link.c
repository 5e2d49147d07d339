/* SPDX-License-Identifier: Apache-2.0 */
#include "media_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base64.h"

enum { KEY_SIZE = 32, SIGNATURE_SIZE = BASE64_SIZE(DIGEST_SIZE) + 1 };

const char *const media_variant_words[] = {"full", "small", NULL};

bool media_keys_read(struct media_keys *keys, const char *key, struct error *err)
{
    static const char name[] = "media name", link[] = "media link";
    struct arena arena;
    void *bytes;
    size_t size;
    arena_init(&arena);
    bool good = base64_parse(key, strlen(key), &arena, &bytes, &size) && size == KEY_SIZE;
    if (good) { /* a key for each use */
        digest_hmac(bytes, size, name, sizeof name - 1, keys->name);
        digest_hmac(bytes, size, link, sizeof link - 1, keys->link);
    }
    arena_finish(&arena);
    return good || error_set(err, ERR_FATAL, "bad_key", "MEDIA_KEY must be 32 bytes in base64");
}

struct uuid media_name(const struct media_keys *keys, const char *uploader, const void *bytes,
                       size_t size)
{
    uint8_t content[DIGEST_SIZE], both[DIGEST_SIZE];
    struct uuid id;
    digest_sha256(bytes, size, content);
    const struct digest_piece pieces[] = {{content, sizeof content}, {uploader, strlen(uploader)}};
    digest_sha256_pieces(pieces, 2, both);
    digest_hmac(keys->name, sizeof keys->name, both, sizeof both, content);
    memcpy(id.bytes, content, sizeof id.bytes);
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x80);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

static void sign(const struct media_keys *keys, const struct uuid *id, enum media_variant variant,
                 int64_t expires_s, char signature[SIGNATURE_SIZE])
{
    char text[128], name[UUID_TEXT_SIZE];
    uint8_t digest[DIGEST_SIZE];
    int size = snprintf(text, sizeof text, "%s %s %" PRId64, uuid_format(id, name),
                        media_variant_words[variant], expires_s);
    digest_hmac(keys->link, sizeof keys->link, text, (size_t)size, digest);
    base64_format(digest, sizeof digest, signature);
}

const char *media_link(const struct media_keys *keys, const struct uuid *id,
                       enum media_variant variant, int64_t expires_s, struct arena *arena)
{
    char signature[SIGNATURE_SIZE], name[UUID_TEXT_SIZE];
    sign(keys, id, variant, expires_s, signature);
    return arena_format(arena, "/api/intake/media/%s?variant=%s&expires=%" PRId64 "&signature=%s",
                        uuid_format(id, name), media_variant_words[variant], expires_s, signature);
}

/* In the same time, whatever is wrong. */
static bool is_same(const char *a, const char *b, size_t size)
{
    unsigned differs = 0;
    for (size_t i = 0; i < size; i++) {
        differs |= (unsigned)(a[i] ^ b[i]);
    }
    return differs == 0;
}

bool media_link_check(const struct media_keys *keys, const struct uuid *id,
                      enum media_variant variant, int64_t expires_s, const char *signature,
                      int64_t now_s, struct error *err)
{
    char wanted[SIGNATURE_SIZE];
    sign(keys, id, variant, expires_s, wanted);
    if (strlen(signature) != strlen(wanted) || !is_same(signature, wanted, strlen(wanted))) {
        return error_set(err, ERR_FORBIDDEN, "bad_link", "the link is not one of ours");
    }
    if (now_s >= expires_s) {
        return error_set(err, ERR_FORBIDDEN, "expired_link",
                         "the link is too old; ask for another");
    }
    return true;
}
