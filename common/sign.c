/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sign.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/digest.h"

enum { PUBLIC_SIZE = 32 };

struct sign_key {
    EVP_PKEY *pair;
    char id[SIGN_ID_SIZE];
    char *public_pem;
};

typedef EVP_PKEY *read_pem(BIO *bio, EVP_PKEY **key, pem_password_cb *password, void *arg);

/* Instead of asking the terminal: a key of a service has none. */
static int no_password(char *text, int size, int writing, void *arg)
{
    (void)text, (void)size, (void)writing, (void)arg;
    return -1;
}

static EVP_PKEY *read_key(const char *pem, read_pem *read)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *pair = read(bio, NULL, no_password, NULL);
    BIO_free(bio);
    ERR_clear_error();
    if (pair != NULL && !EVP_PKEY_is_a(pair, "ED25519")) {
        EVP_PKEY_free(pair);
        return NULL;
    }
    return pair;
}

static char *write_public(EVP_PKEY *pair)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    if (PEM_write_bio_PUBKEY(bio, pair) != 1) {
        abort(); /* it was read or made just now */
    }
    long size = BIO_get_mem_data(bio, &bytes);
    char *text = memory_zero((size_t)size + 1, 1);
    memcpy(text, bytes, (size_t)size);
    BIO_free(bio);
    return text;
}

static void name_key(struct sign_key *key)
{
    uint8_t bytes[PUBLIC_SIZE], digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    size_t size = sizeof bytes;
    if (EVP_PKEY_get_raw_public_key(key->pair, bytes, &size) != 1) {
        abort();
    }
    digest_sha256(bytes, size, digest);
    memcpy(key->id, digest_hex(digest, hex), sizeof key->id - 1);
    key->id[sizeof key->id - 1] = '\0';
}

static bool open_key(struct sign_key **opened, EVP_PKEY *pair, const char *half, struct error *err)
{
    if (pair == NULL) {
        return error_set(err, ERR_INPUT, "bad_key", "not %s key of Ed25519 in PEM", half);
    }
    struct sign_key *key = memory_zero(1, sizeof *key);
    key->pair = pair;
    key->public_pem = write_public(pair);
    name_key(key);
    *opened = key;
    return true;
}

bool sign_key_open(struct sign_key **key, const char *pem, struct error *err)
{
    EVP_PKEY *pair = read_key(pem, PEM_read_bio_PUBKEY);
    return open_key(key, pair != NULL ? pair : read_key(pem, PEM_read_bio_PrivateKey), "a", err);
}

bool sign_key_open_private(struct sign_key **key, const char *pem, struct error *err)
{
    return open_key(key, read_key(pem, PEM_read_bio_PrivateKey), "a private", err);
}

void sign_key_close(struct sign_key *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->pair);
        free(key->public_pem);
        free(key);
    }
}

const char *sign_key_id(const struct sign_key *key)
{
    return key->id;
}

const char *sign_key_public(const struct sign_key *key)
{
    return key->public_pem;
}

void sign_make(const struct sign_key *key, const void *bytes, size_t size,
               uint8_t signature[SIGN_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t signed_size = SIGN_SIZE;
    if (EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) != 1 ||
        EVP_DigestSign(context, signature, &signed_size, bytes, size) != 1) {
        abort(); /* signing does not depend on the input: the key is not private */
    }
    EVP_MD_CTX_free(context);
}

bool sign_check(const struct sign_key *key, const void *bytes, size_t size,
                const uint8_t signature[SIGN_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pair) == 1 &&
                EVP_DigestVerify(context, signature, SIGN_SIZE, bytes, size) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}
