/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/routing/audit_json.h"

static struct audit_checkpoint sample(void)
{
    struct audit_checkpoint checkpoint = {.day = 20416,
                                          .rows = 3,
                                          .total = INT64_MAX,
                                          .key_id = "39f713d0a644253f",
                                          .made_at = 1764090600123000};
    for (uint8_t i = 0; i < SIGN_SIZE; i++) {
        checkpoint.root[i % DIGEST_SIZE] = i;
        checkpoint.previous[i % DIGEST_SIZE] = (uint8_t)(255 - i);
        checkpoint.signature[i] = (uint8_t)(3 * i);
    }
    return checkpoint;
}

static void write(struct buffer *out, const char *before, const char *after)
{
    struct audit_checkpoint checkpoint = sample();
    buffer_put_text(out, before);
    audit_json_write(out, &checkpoint);
    buffer_put_text(out, after);
}

static void assert_sample(const struct audit_checkpoint *read)
{
    struct audit_checkpoint expected = sample();
    assert_int_equal(read->day, expected.day);
    assert_int_equal(read->rows, expected.rows);
    assert_int_equal(read->total, expected.total);
    assert_memory_equal(read->root, expected.root, DIGEST_SIZE);
    assert_memory_equal(read->previous, expected.previous, DIGEST_SIZE);
    assert_string_equal(read->key_id, expected.key_id);
    assert_memory_equal(read->signature, expected.signature, SIGN_SIZE);
}

/* Lines, pages and logs, one after the other, as somebody piles them up. */
static void whatever_was_kept_is_read(void **state)
{
    struct arena arena;
    struct audit_list list = {.arena = &arena};
    struct buffer text;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    buffer_init(&text);
    write(&text, "", "\n");
    write(&text, "{\"items\":[", ",");
    write(&text, "", "],\"next\":\"abc\"}\n\n{\"items\":[]}\n");
    buffer_put_text(&text, "{\"event\":\"case_read\",\"event\":\"twice\"}\nnot JSON at all\n");
    write(&text, "", "");
    assert_true(audit_json_read_lines(&list, text.data, &err));
    assert_int_equal(list.count, 4);
    for (size_t i = 0; i < list.count; i++) {
        assert_sample(&list.items[i]);
    }
    buffer_finish(&text);
    arena_finish(&arena);
}

static void bad_checkpoint_names_its_field(void **state)
{
    static const struct {
        const char *right, *wrong, *field;
    } rows[] = {
        {"2025-11-24", "2025-02-30", "day"},   {"\"rows\":3", "\"rows\":-3", "rows"},
        {"\"rows\"", "\"rowz\"", "rows"},      {"\"202122", "\"20212X", "root"},
        {"\"dfdedd", "\"DFDEDD", "previous"},  {"39f713d0a644253f", "39f713d0a6442", "key_id"},
        {"\"AAMGCQ", "\"AAMGC!", "signature"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct audit_list list = {.arena = &arena};
        struct buffer text, wrong;
        struct error err = {0};
        arena_init(&arena);
        buffer_init(&text);
        buffer_init(&wrong);
        write(&text, "", "");
        const char *at = strstr(text.data, rows[i].right);
        assert_non_null(at);
        buffer_put(&wrong, text.data, (size_t)(at - text.data));
        buffer_put_text(&wrong, rows[i].wrong);
        buffer_put_text(&wrong, at + strlen(rows[i].right));
        assert_false(audit_json_read_lines(&list, wrong.data, &err));
        assert_string_equal(err.fields[0].field, rows[i].field);
        assert_int_equal(list.count, 0);
        buffer_finish(&wrong);
        buffer_finish(&text);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_was_kept_is_read),
        cmocka_unit_test(bad_checkpoint_names_its_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
