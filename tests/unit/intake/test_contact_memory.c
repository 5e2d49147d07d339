/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "services/intake/contact_memory.h"

static const uint8_t home[CONTACT_DIGEST_SIZE] = {1}, work[CONTACT_DIGEST_SIZE] = {2};
#define MINUTE_US UINT64_C(60000000)

static void knows_what_was_noted_for_a_minute(void **state)
{
    static struct contact_memory memory;
    (void)state;
    assert_false(contact_memory_knows(&memory, "lan", home, 1));
    contact_memory_note(&memory, "lan", home, 1);
    assert_true(contact_memory_knows(&memory, "lan", home, MINUTE_US));
    assert_false(contact_memory_knows(&memory, "lan", home, MINUTE_US + 1));
    assert_false(contact_memory_knows(&memory, "minh", home, 2));
}

static void a_changed_contact_is_news(void **state)
{
    static struct contact_memory memory;
    (void)state;
    contact_memory_note(&memory, "lan", home, 1);
    assert_false(contact_memory_knows(&memory, "lan", work, 2));
    contact_memory_note(&memory, "lan", work, 2);
    assert_false(contact_memory_knows(&memory, "lan", home, 3));
}

static void a_full_memory_only_forgets(void **state)
{
    static struct contact_memory memory;
    char ref[16];
    int known = 0;
    (void)state;
    for (int i = 0; i < 3 * CONTACT_MEMORY_SLOTS; i++) {
        snprintf(ref, sizeof ref, "r-%d", i);
        contact_memory_note(&memory, ref, home, 1);
        assert_true(contact_memory_knows(&memory, ref, home, 2));
    }
    for (int i = 0; i < 3 * CONTACT_MEMORY_SLOTS; i++) {
        snprintf(ref, sizeof ref, "r-%d", i);
        known += contact_memory_knows(&memory, ref, home, 2);
    }
    assert_in_range(known, 1, CONTACT_MEMORY_SLOTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_was_noted_for_a_minute),
        cmocka_unit_test(a_changed_contact_is_news),
        cmocka_unit_test(a_full_memory_only_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
