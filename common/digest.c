/* SPDX-License-Identifier: Apache-2.0 */
#include "common/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

static EVP_MD *sha256(void)
{
    static EVP_MD *fetched;
    if (fetched == NULL) {
        fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
        if (fetched == NULL) {
            abort(); /* an OpenSSL without SHA-256 is not one */
        }
    }
    return fetched;
}

void digest_sha256(const void *bytes, size_t size, uint8_t out[DIGEST_SIZE])
{
    if (EVP_Digest(bytes, size, out, NULL, sha256(), NULL) != 1) {
        abort();
    }
}

void digest_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
                 uint8_t out[DIGEST_SIZE])
{
    unsigned length = DIGEST_SIZE;
    if (HMAC(sha256(), key, (int)key_size, bytes, size, out, &length) == NULL) {
        abort();
    }
}

char *digest_hex(const uint8_t digest[DIGEST_SIZE], char text[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[DIGEST_HEX_SIZE - 1] = '\0';
    return text;
}
