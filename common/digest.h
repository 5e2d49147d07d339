/* SPDX-License-Identifier: Apache-2.0 */
/* digest: SHA-256 and HMAC-SHA256 (FIPS 180-4, RFC 2104) on OpenSSL.
 *
 * The algorithms are fetched once: half the cost of a short digest is looking them up (measured).
 * Loop thread only; digest_sha256 also in another thread, once it has run in the loop's. */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32, DIGEST_HEX_SIZE = 2 * DIGEST_SIZE + 1 };

void digest_sha256(const void *bytes, size_t size, uint8_t out[DIGEST_SIZE]);
/* Of several pieces, as if they were one; those of no size may be NULL. */
struct digest_piece {
    const void *bytes;
    size_t size;
};
void digest_sha256_pieces(const struct digest_piece *pieces, size_t count,
                          uint8_t out[DIGEST_SIZE]);
void digest_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
                 uint8_t out[DIGEST_SIZE]);
/* Lower-case hex. Returns text. */
char *digest_hex(const uint8_t digest[DIGEST_SIZE], char text[DIGEST_HEX_SIZE]);
/* Reads what digest_hex wrote; false for anything else. */
bool digest_parse(const char *text, uint8_t digest[DIGEST_SIZE]);

#endif
