/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/facts.h"

static void the_same_ref_gives_the_same_id(void **state)
{
    struct uuid id = fact_id("account", "an"), again = fact_id("account", "an");
    char text[UUID_TEXT_SIZE];
    (void)state;
    assert_true(uuid_equal(&id, &again));
    /* printf account:an | sha256sum, with version 8 and the variant of RFC 9562 */
    assert_string_equal(uuid_format(&id, text), "7d4b8ab3-3a43-82aa-bf4d-fd68b8356981");
}

static void kinds_and_refs_do_not_meet(void **state)
{
    struct uuid id = fact_id("account", "an");
    struct uuid other_kind = fact_id("activation", "an"), other_ref = fact_id("account", "lan");
    (void)state;
    assert_false(uuid_equal(&id, &other_kind));
    assert_false(uuid_equal(&id, &other_ref));
}

static void the_highest_version_of_each_is_kept(void **state)
{
    struct uuid a = fact_id("account", "a"), b = fact_id("account", "b");
    struct told_fact facts[] = {{.id = a, .version = 2},
                                {.id = b, .version = 1},
                                {.id = a, .version = 3},
                                {.id = a, .version = 1},
                                {.id = b, .version = 1}};
    (void)state;
    assert_int_equal(facts_coalesce(facts, sizeof facts / sizeof facts[0]), 2);
    assert_true(memcmp(&facts[0].id, &facts[1].id, sizeof a) < 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(facts[i].version, uuid_equal(&facts[i].id, &a) ? 3 : 1);
    }
    assert_int_equal(facts_coalesce(facts, 0), 0);
}

static struct told_fact version_of(uint8_t id, int32_t version, const char *filed)
{
    return (struct told_fact){
        .id = {.bytes = {[15] = id}}, .version = version, .body = {.filed = filed}};
}

static void what_it_was_filed_under_is_kept(void **state)
{
    struct told_fact facts[] = {version_of(2, 2, NULL), version_of(1, 2, NULL),
                                version_of(2, 3, NULL), version_of(1, 1, "x"),
                                version_of(2, 2, NULL), version_of(2, 3, NULL)};
    (void)state;
    assert_int_equal(facts_coalesce(facts, 6), 2);
    assert_int_equal(facts[0].id.bytes[15], 1);
    assert_int_equal(facts[0].version, 2);
    assert_string_equal(facts[0].body.filed, "x");
    assert_int_equal(facts[1].version, 3);
    assert_null(facts[1].body.filed);
}

static void a_body_is_what_was_packed(void **state)
{
    struct buffer packed;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    buffer_init(&packed);
    buffer_put(&packed, "abc", 3);
    struct fact_body body = fact_body_of(&packed, &arena);
    buffer_reset(&packed);
    assert_int_equal(body.size, 3);
    assert_memory_equal(body.bytes, "abc", 3);
    assert_null(body.filed);
    buffer_finish(&packed);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_ref_gives_the_same_id),
        cmocka_unit_test(kinds_and_refs_do_not_meet),
        cmocka_unit_test(the_highest_version_of_each_is_kept),
        cmocka_unit_test(what_it_was_filed_under_is_kept),
        cmocka_unit_test(a_body_is_what_was_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
