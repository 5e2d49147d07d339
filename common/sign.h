/* SPDX-License-Identifier: Apache-2.0 */
/* sign: signatures that anybody can check (Ed25519, RFC 8032) on OpenSSL.
 *
 * Keys are PEM (RFC 8410): `openssl genpkey -algorithm ed25519` makes a private one, `openssl pkey
 * -pubout` gives the public one of it. A key is known by its id, the beginning of the SHA-256 of
 * its public half. */
#ifndef COMMON_SIGN_H
#define COMMON_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

enum { SIGN_SIZE = 64, SIGN_ID_SIZE = 17 }; /* 16 hex digits and NUL */

struct sign_key;

/* A private key, which signs and checks, or a public one, which only checks. False with ERR_INPUT
 * "bad_key" when pem is neither. */
bool sign_key_open(struct sign_key **key, const char *pem, struct error *err);
/* The same, but a public key will not do. */
bool sign_key_open_private(struct sign_key **key, const char *pem, struct error *err);
void sign_key_close(struct sign_key *key); /* NULL is fine */

const char *sign_key_id(const struct sign_key *key);
const char *sign_key_public(const struct sign_key *key); /* PEM; lives as long as the key */

/* The key must be private. */
void sign_make(const struct sign_key *key, const void *bytes, size_t size,
               uint8_t signature[SIGN_SIZE]);
bool sign_check(const struct sign_key *key, const void *bytes, size_t size,
                const uint8_t signature[SIGN_SIZE]);

#endif
