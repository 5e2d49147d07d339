/* SPDX-License-Identifier: Apache-2.0 */
#include "common/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/uuid.h"

enum { KEY_SIZE = 32, NONCE_SIZE = 12, TAG_SIZE = 16 };

struct seal {
    uint8_t key[KEY_SIZE];
    uint8_t hash_key[DIGEST_SIZE]; /* derived: one key must not serve two algorithms */
    EVP_CIPHER_CTX *cipher;
};

bool seal_open(struct seal **seal_out, const char *key, struct error *err)
{
    struct arena arena;
    void *bytes;
    size_t size;

    arena_init(&arena);
    bool good = base64_parse(key, strlen(key), &arena, &bytes, &size) && size == KEY_SIZE;
    if (good) {
        struct seal *seal = memory_zero(1, sizeof *seal);
        memcpy(seal->key, bytes, KEY_SIZE);
        OPENSSL_cleanse(bytes, size);
        digest_hmac(seal->key, KEY_SIZE, "hash", strlen("hash"), seal->hash_key);
        seal->cipher = EVP_CIPHER_CTX_new();
        *seal_out = seal;
    } else {
        error_set(err, ERR_FATAL, "bad_key",
                  "the key must be 32 bytes in base64: openssl rand -base64 32");
    }
    arena_finish(&arena);
    return good;
}

void seal_close(struct seal *seal)
{
    if (seal == NULL) {
        return;
    }
    EVP_CIPHER_CTX_free(seal->cipher);
    OPENSSL_cleanse(seal, sizeof *seal);
    free(seal);
}

const char *seal_text(struct seal *seal, const char *plain, size_t size, const char *context,
                      struct arena *arena)
{
    size_t sealed_size = NONCE_SIZE + size + TAG_SIZE;
    uint8_t *sealed = arena_alloc(arena, sealed_size);
    uint8_t *body = sealed + NONCE_SIZE;
    int length;

    random_bytes(sealed, NONCE_SIZE);
    if (EVP_EncryptInit_ex(seal->cipher, EVP_aes_256_gcm(), NULL, seal->key, sealed) != 1 ||
        EVP_EncryptUpdate(seal->cipher, NULL, &length, (const uint8_t *)context,
                          (int)strlen(context)) != 1 ||
        EVP_EncryptUpdate(seal->cipher, body, &length, (const uint8_t *)plain, (int)size) != 1 ||
        EVP_EncryptFinal_ex(seal->cipher, body + size, &length) != 1 ||
        EVP_CIPHER_CTX_ctrl(seal->cipher, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, body + size) != 1) {
        abort(); /* encryption does not depend on the input */
    }
    return base64_format(sealed, sealed_size, arena_alloc(arena, BASE64_SIZE(sealed_size) + 1));
}

bool seal_read(struct seal *seal, const char *text, const char *context, struct arena *arena,
               const char **plain, size_t *size)
{
    void *bytes;
    size_t sealed_size;
    int length;

    if (!base64_parse(text, strlen(text), arena, &bytes, &sealed_size) ||
        sealed_size < NONCE_SIZE + TAG_SIZE) {
        return false;
    }
    uint8_t *sealed = bytes, *body = sealed + NONCE_SIZE;
    size_t body_size = sealed_size - NONCE_SIZE - TAG_SIZE;
    uint8_t *opened = arena_alloc(arena, body_size + 1);
    if (EVP_DecryptInit_ex(seal->cipher, EVP_aes_256_gcm(), NULL, seal->key, sealed) != 1 ||
        EVP_DecryptUpdate(seal->cipher, NULL, &length, (const uint8_t *)context,
                          (int)strlen(context)) != 1 ||
        EVP_DecryptUpdate(seal->cipher, opened, &length, body, (int)body_size) != 1 ||
        EVP_CIPHER_CTX_ctrl(seal->cipher, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, body + body_size) != 1 ||
        EVP_DecryptFinal_ex(seal->cipher, opened + body_size, &length) != 1) {
        return false;
    }
    *plain = (const char *)opened;
    *size = body_size;
    return true;
}

void seal_hash(const struct seal *seal, const char *text, uint8_t out[DIGEST_SIZE])
{
    digest_hmac(seal->hash_key, DIGEST_SIZE, text, strlen(text), out);
}
