/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analytics/example.h"

#include "services/analytics/duty_json.h"
#include "services/analytics/publication_fact_json.h"

static bool read(const struct example *example, struct arena *arena, struct error *err)
{
    struct publication_fact publication;
    return publication_fact_read(&publication, example->type, example->data, example->data_size,
                                 arena, err);
}

static void every_example_of_a_publication_is_judged_right(void **state)
{
    (void)state;
    examples_check("vn.hanoi.publication.*.v1", 7 + 19, read);
}

static void what_was_cancelled_says_so(void **state)
{
    struct publication_fact published, cancelled;
    struct example example;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    example_read(&example, "proto/examples/vn.hanoi.publication.published.v1/minimal.json", &arena);
    assert_true(publication_fact_read(&published, example.type, example.data, example.data_size,
                                      &arena, NULL));
    assert_string_equal(published.unit, "SXD");
    assert_int_equal(published.version, 1);
    assert_int_equal(published.cancelled_at, 0);
    example_read(&example, "proto/examples/vn.hanoi.publication.cancelled.v1/minimal.json", &arena);
    assert_true(publication_fact_read(&cancelled, example.type, example.data, example.data_size,
                                      &arena, NULL));
    assert_true(cancelled.cancelled_at == cancelled.at);
    assert_true(cancelled.published_at == published.published_at);
    arena_finish(&arena);
}

static void the_highest_version_of_each_is_kept(void **state)
{
    struct uuid a = {{1}}, b = {{2}};
    struct publication_fact told[] = {{.publication_id = b, .version = 1},
                                      {.publication_id = a, .version = 2},
                                      {.publication_id = b, .version = 3},
                                      {.publication_id = a, .version = 1},
                                      {.publication_id = b, .version = 3}};
    (void)state;
    assert_int_equal(publications_coalesce(told, sizeof told / sizeof told[0]), 2);
    assert_true(uuid_equal(&told[0].publication_id, &a) && told[0].version == 2);
    assert_true(uuid_equal(&told[1].publication_id, &b) && told[1].version == 3);
    assert_int_equal(publications_coalesce(told, 0), 0);
}

static struct unit_duty duty_of(const char *path, struct arena *arena)
{
    struct example example;
    struct unit_duty duty;
    example_read(&example, path, arena);
    assert_true(unit_duty_read(&duty, example.data, example.data_size, arena, NULL));
    return duty;
}

static void units_tell_whether_they_have_the_duty(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    struct unit_duty ward = duty_of("proto/examples/vn.hanoi.unit.defined.v1/maximal.json", &arena);
    assert_string_equal(ward.unit, "00070");
    assert_false(ward.binds);
    struct unit_duty department =
        duty_of("proto/examples/vn.hanoi.unit.defined.v1/department.json", &arena);
    assert_true(department.binds);
    assert_true(department.duty.from >= cadence_rule.from);
    arena_finish(&arena);
}

static void a_bad_unit_is_named(void **state)
{
    static const char json[] = "{\"code\":\"SXD\",\"type\":\"sect\",\"valid_from\":\"2025-07-01\"}";
    struct unit_duty duty;
    struct error err = {0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_false(unit_duty_read(&duty, json, strlen(json), &arena, &err));
    assert_int_equal(err.field_count, 2);
    assert_string_equal(err.fields[0].field, "type");
    assert_string_equal(err.fields[1].field, "valid_from");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_of_a_publication_is_judged_right),
        cmocka_unit_test(what_was_cancelled_says_so),
        cmocka_unit_test(the_highest_version_of_each_is_kept),
        cmocka_unit_test(units_tell_whether_they_have_the_duty),
        cmocka_unit_test(a_bad_unit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
