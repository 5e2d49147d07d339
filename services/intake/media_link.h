/* SPDX-License-Identifier: Apache-2.0 */
/* media_link: names of uploaded files, and links that read them for a while.
 *
 * A name is a keyed hash of uploader and content: the same file sent again gets the same one, and
 * nobody can work it out from the content. A link carries an expiry and a signature over name,
 * variant and expiry; who has it may read until then. Pure but for the keys. */
#ifndef INTAKE_MEDIA_LINK_H
#define INTAKE_MEDIA_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/digest.h"
#include "common/error.h"
#include "common/uuid.h"

enum media_variant { MEDIA_FULL, MEDIA_SMALL, MEDIA_VARIANTS };
extern const char *const media_variant_words[]; /* "full", "small", NULL */

struct media_keys {
    uint8_t name[DIGEST_SIZE], link[DIGEST_SIZE];
};

/* key: 32 bytes in base64. */
bool media_keys_read(struct media_keys *keys, const char *key, struct error *err);

/* A UUID of version 8 (RFC 9562, section 5.8). */
struct uuid media_name(const struct media_keys *keys, const char *uploader, const void *bytes,
                       size_t size);

/* Path and query, in the arena. */
const char *media_link(const struct media_keys *keys, const struct uuid *id,
                       enum media_variant variant, int64_t expires_s, struct arena *arena);
/* False: ERR_FORBIDDEN, bad_link or expired_link. */
bool media_link_check(const struct media_keys *keys, const struct uuid *id,
                      enum media_variant variant, int64_t expires_s, const char *signature,
                      int64_t now_s, struct error *err);

#endif
