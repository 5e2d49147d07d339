/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/routing/creation.h"

static struct creation make(const char *account, const char *place, const char *key,
                            const char *body, size_t size)
{
    struct creation creation;
    creation_init(&creation, account, place, key, body, size);
    return creation;
}

static void the_same_key_gives_the_same_id(void **state)
{
    struct creation one = make("binh", "filters", "key", "{}", 2);
    struct creation again = make("binh", "filters", "key", "{}", 2);
    (void)state;
    assert_true(uuid_equal(&one.id, &again.id));
    assert_true(creation_is_same(&one, again.fingerprint, sizeof again.fingerprint));
    assert_int_equal(one.id.bytes[6] >> 4, 8);
    assert_int_equal(one.id.bytes[8] >> 6, 2);
}

static void account_place_and_key_tell_ids_apart(void **state)
{
    struct creation one = make("binh", "filters", "key", "{}", 2);
    struct creation others[] = {
        make("cuong", "filters", "key", "{}", 2),  make("binh", "notes", "key", "{}", 2),
        make("binh", "filters", "other", "{}", 2), make("binh", "filters", NULL, "{}", 2),
        make("binh", "filters", NULL, "{}", 2),
    };
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(uuid_equal(&one.id, &others[i].id));
    }
    assert_false(uuid_equal(&others[3].id, &others[4].id));
}

static void another_body_is_another_request(void **state)
{
    struct creation one = make("binh", "filters", "key", "{}", 2);
    struct creation other = make("binh", "filters", "key", "{ }", 3);
    (void)state;
    assert_true(uuid_equal(&one.id, &other.id));
    assert_false(creation_is_same(&one, other.fingerprint, sizeof other.fingerprint));
    assert_false(creation_is_same(&one, one.fingerprint, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_key_gives_the_same_id),
        cmocka_unit_test(account_place_and_key_tell_ids_apart),
        cmocka_unit_test(another_body_is_another_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
