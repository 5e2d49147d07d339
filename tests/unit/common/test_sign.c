/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/sign.h"

/* RFC 8032, section 7.1, test 2. */
#define PRIVATE                                                                                    \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"                           \
    "-----END PRIVATE KEY-----\n"
static const uint8_t message[] = {0x72};
static const uint8_t known[SIGN_SIZE] = {
    0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f, 0x64, 0x25, 0x40,
    0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76, 0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda,
    0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99, 0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0, 0xf1, 0x1d, 0x8c,
    0x38, 0x7b, 0x2e, 0xae, 0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00};

static struct sign_key *open_key(const char *pem)
{
    struct sign_key *key;
    struct error err = {0};
    assert_true(sign_key_open(&key, pem, &err));
    return key;
}

static void signature_matches_rfc_8032(void **state)
{
    uint8_t signature[SIGN_SIZE];
    struct sign_key *key;
    struct error err = {0};
    (void)state;
    assert_true(sign_key_open_private(&key, PRIVATE, &err));
    sign_make(key, message, sizeof message, signature);
    assert_memory_equal(signature, known, sizeof known);
    sign_key_close(key);
}

static void public_half_checks_and_has_the_same_id(void **state)
{
    uint8_t forged[SIGN_SIZE];
    struct sign_key *private = open_key(PRIVATE);
    struct sign_key *public = open_key(sign_key_public(private));
    (void)state;
    struct sign_key *none;
    struct error err = {0};
    assert_false(sign_key_open_private(&none, sign_key_public(private), &err));
    assert_string_equal(err.text, "not a private key of Ed25519 in PEM");
    assert_string_equal(sign_key_id(public), sign_key_id(private));
    assert_string_equal(sign_key_public(public), sign_key_public(private));
    assert_true(sign_check(public, message, sizeof message, known));
    assert_false(sign_check(public, "s", 1, known));
    for (size_t i = 0; i < sizeof known; i++) {
        memcpy(forged, known, sizeof forged);
        forged[i] ^= 1;
        assert_false(sign_check(public, message, sizeof message, forged));
    }
    sign_key_close(public);
    sign_key_close(private);
}

static void key_is_refused_when_it_is_another_thing(void **state)
{
    static const char *const rows[] = {
        "", "demo", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        /* X25519: it agrees on keys and signs nothing. */
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VuAyEAhSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=\n"
        "-----END PUBLIC KEY-----\n",
        /* Under a password, which nobody could give. */
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgA\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sign_key *key;
        struct error err = {0};
        assert_false(sign_key_open(&key, rows[i], &err));
        assert_string_equal(err.code, "bad_key");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature_matches_rfc_8032),
        cmocka_unit_test(public_half_checks_and_has_the_same_id),
        cmocka_unit_test(key_is_refused_when_it_is_another_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
