/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/idempotency.h"

/* Stored rows are found by it, so it never changes: sha256sum says the same. */
static void an_id_is_the_digest_of_scope_and_key(void **state)
{
    char text[UUID_TEXT_SIZE];
    struct uuid id = idempotency_id("key 1 /api/x", "k");
    (void)state;
    assert_string_equal(uuid_format(&id, text), "0a6bd52d-e286-f924-c777-ce244204685f");
}

static void another_scope_or_key_is_another_command(void **state)
{
    struct uuid id = idempotency_id("a", "b"), scope = idempotency_id("c", "b"),
                key = idempotency_id("a", "c");
    (void)state;
    assert_false(uuid_equal(&id, &scope));
    assert_false(uuid_equal(&id, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_the_digest_of_scope_and_key),
        cmocka_unit_test(another_scope_or_key_is_another_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
