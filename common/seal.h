/* SPDX-License-Identifier: Apache-2.0 */
/* seal: secrets that travel on a topic, readable only by those who hold the key.
 *
 * AES-256-GCM (NIST SP 800-38D) under a key of 32 bytes: base64url of nonce (12, random) |
 * ciphertext | tag (16). The context (whose secret it is) is authenticated with it, so that a
 * sealed text cannot be moved to another. Texts are also named by a keyed hash, which tells equal
 * ones apart from others without telling what they are. Loop thread only. */
#ifndef COMMON_SEAL_H
#define COMMON_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/digest.h"
#include "common/error.h"

struct seal;

/* key: 32 bytes in base64. */
bool seal_open(struct seal **seal, const char *key, struct error *err);
void seal_close(struct seal *seal);

/* Base64url text in the arena. */
const char *seal_text(struct seal *seal, const char *plain, size_t size, const char *context,
                      struct arena *arena);
/* NUL-terminated text in the arena; false when it was not sealed so. */
bool seal_read(struct seal *seal, const char *sealed, const char *context, struct arena *arena,
               const char **plain, size_t *size);
void seal_hash(const struct seal *seal, const char *text, uint8_t out[DIGEST_SIZE]);

#endif
