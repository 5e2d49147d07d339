/* SPDX-License-Identifier: Apache-2.0 */
#include "common/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

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

void digest_sha256_pieces(const struct digest_piece *pieces, size_t count, uint8_t out[DIGEST_SIZE])
{
    static EVP_MD_CTX *context;
    if (context == NULL) {
        context = EVP_MD_CTX_new();
    }
    bool good = EVP_DigestInit_ex2(context, sha256(), NULL) == 1;
    for (size_t i = 0; good && i < count; i++) {
        good = EVP_DigestUpdate(context, pieces[i].bytes, pieces[i].size) == 1;
    }
    if (!good || EVP_DigestFinal_ex(context, out, NULL) != 1) {
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

static const char digits[] = "0123456789abcdef";

char *digest_hex(const uint8_t digest[DIGEST_SIZE], char text[DIGEST_HEX_SIZE])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[DIGEST_HEX_SIZE - 1] = '\0';
    return text;
}

bool digest_parse(const char *text, uint8_t digest[DIGEST_SIZE])
{
    if (strlen(text) != DIGEST_HEX_SIZE - 1 || strspn(text, digits) != DIGEST_HEX_SIZE - 1) {
        return false;
    }
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        long high = strchr(digits, text[2 * i]) - digits;
        long low = strchr(digits, text[2 * i + 1]) - digits;
        digest[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
