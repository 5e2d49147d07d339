/* SPDX-License-Identifier: Apache-2.0 */
#include "idempotency.h"

#include <string.h>

#include "common/digest.h"

struct uuid idempotency_id(const char *scope, const char *key)
{
    const struct digest_piece pieces[] = {{scope, strlen(scope)}, {"\n", 1}, {key, strlen(key)}};
    uint8_t digest[DIGEST_SIZE];
    struct uuid id;
    digest_sha256_pieces(pieces, sizeof pieces / sizeof pieces[0], digest);
    memcpy(id.bytes, digest, sizeof id.bytes);
    return id;
}
