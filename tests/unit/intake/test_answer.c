/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: each type takes its own form and nothing else; what is missing, unknown or too much is
 * told by the code of its question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "services/intake/answer.h"
#include "services/intake/answer_json.h"

static const struct choice choices[] = {{"a", "Một", "One"}, {"b", "Hai", "Two"}};

#define QUESTION(name, kind)                                                                       \
    {                                                                                              \
        .code = name, .variable = true, .type = kind, .order = 1, .prompt_vi = "?",                \
        .prompt_en = "?", .choices = choices, .choice_count = (kind) >= QUESTION_SINGLE ? 2 : 0    \
    }

static const struct question asked[] = {
    QUESTION("string", QUESTION_STRING),
    QUESTION("number", QUESTION_NUMBER),
    QUESTION("datetime", QUESTION_DATETIME),
    QUESTION("text", QUESTION_TEXT),
    QUESTION("single", QUESTION_SINGLE),
    QUESTION("multi", QUESTION_MULTI),
    {.code = "remark", .type = QUESTION_STRING, .prompt_vi = "!", .prompt_en = "!"},
};
static const struct questions questions = {asked, sizeof asked / sizeof asked[0]};

static char *letters(size_t count)
{
    char *text = malloc(count + 1);
    memset(text, 'x', count);
    text[count] = '\0';
    return text;
}

/* The code of the fault, or "" when the text is taken. */
static const char *fault_of(const char *code, const char *text, struct arena *arena)
{
    static struct error err;
    const char *values[] = {text};
    const struct said said = {code, values, 1};
    const struct said_list list = {&said, 1, "answers.", false};
    struct answers answers;
    err = (struct error){0};
    if (answers_take(&answers, &questions, &list, arena, &err)) {
        assert_int_equal(answers.count, 1);
        assert_string_equal(answers.items[0].values[0], text);
        return "";
    }
    assert_int_equal(err.field_count, 1);
    assert_true(strncmp(err.fields[0].field, "answers.", 8) == 0);
    assert_string_equal(err.fields[0].field + 8, code);
    return err.fields[0].code;
}

static void each_type_takes_its_own_form(void **state)
{
    static const struct {
        const char *code, *text, *fault;
    } rows[] = {
        {"string", "Cột CS-0123", ""},
        {"string", "two\nlines", "control_character"},
        {"text", "two\nlines\tand more", ""},
        {"text", "bell\a", "control_character"},
        {"number", "0", ""},
        {"number", "-12.50", ""},
        {"number", "+3.", ""},
        {"number", "1000000000000", ""},
        {"number", "1000000000000.5", "not_a_number"},
        {"number", "1,5", "not_a_number"},
        {"number", "1e3", "not_a_number"},
        {"number", "0x1f", "not_a_number"},
        {"number", "nan", "not_a_number"},
        {"number", "1 000", "not_a_number"},
        {"number", ".", "not_a_number"},
        {"number", "-", "not_a_number"},
        {"number", "1.2.3", "not_a_number"},
        {"number", "0.00000000000000000000000000000001", "not_a_number"},
        {"datetime", "2026-02-28T23:59:59Z", ""},
        {"datetime", "2026-02-28T23:59:59.5+07:00", ""},
        {"datetime", "2026-02-29T00:00:00Z", "bad_instant"},
        {"datetime", "2026-02-28T23:59:59", "bad_instant"},
        {"datetime", "2026-02-28", "bad_instant"},
        {"single", "a", ""},
        {"single", "A", "not_allowed"},
        {"single", "Một", "not_allowed"},
        {"multi", "b", ""},
        {"multi", "a,b", "not_allowed"},
        {"remark", "yes", "not_allowed"},
        {"unheard", "yes", "unknown_field"},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *fault = fault_of(rows[i].code, rows[i].text, &arena);
        if (strcmp(fault, rows[i].fault) != 0) {
            fail_msg("%s %s: %s", rows[i].code, rows[i].text, fault);
        }
    }
    arena_finish(&arena);
}

static void lengths_count_characters(void **state)
{
    static const struct {
        const char *code;
        size_t max;
    } rows[] = {{"string", ANSWER_STRING_MAX}, {"text", ANSWER_TEXT_MAX}};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < 2; i++) {
        char *most = letters(rows[i].max), *more = letters(rows[i].max + 1);
        memcpy(more, "\xe1\xbb\x99", 3); /* one of three bytes: that is two fewer */
        assert_string_equal(fault_of(rows[i].code, most, &arena), "");
        assert_string_equal(fault_of(rows[i].code, more, &arena), "");
        memcpy(more, "xxx", 3);
        assert_string_equal(fault_of(rows[i].code, more, &arena), "too_long");
        free(most);
        free(more);
    }
    arena_finish(&arena);
}

static void what_is_required_is_missed_by_name(void **state)
{
    struct question required[3] = {asked[0], asked[4], asked[5]};
    struct questions all = {required, 3};
    const char *blank[] = {""}, *said_twice[] = {"a", "b"};
    const struct said said[] = {{"string", blank, 1}, {"single", said_twice, 2}};
    struct said_list list = {said, 2, "", true};
    struct answers answers;
    struct error err = {0};
    struct arena arena;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        required[i].required = true;
    }
    arena_init(&arena);
    assert_false(answers_take(&answers, &all, &list, &arena, &err));
    assert_int_equal(err.field_count, 3);
    assert_string_equal(err.fields[0].field, "string"); /* blanks say nothing */
    assert_string_equal(err.fields[0].code, "required");
    assert_string_equal(err.fields[1].code, "too_many");
    assert_string_equal(err.fields[2].field, "multi");
    arena_finish(&arena);
}

static void answers_come_in_the_order_of_the_questions_and_can_be_shown_alone(void **state)
{
    const char *b[] = {"b"}, *ba[] = {"a", "b"}, *five[] = {"5"};
    const struct said said[] = {
        {"multi", b, 1}, {"number", five, 1}, {"multi", ba, 2}, {"unheard", five, 1}};
    struct said_list list = {said, 4, "", true};
    struct answers answers;
    struct error err = {0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(answers_take(&answers, &questions, &list, &arena, &err));
    assert_string_equal(
        answers_write(&answers, &arena),
        "[{\"code\":\"number\",\"datatype\":\"number\",\"prompt\":{\"vi\":\"?\",\"en\":\"?\"},"
        "\"values\":[\"5\"]},{\"code\":\"multi\",\"datatype\":\"multivaluelist\","
        "\"prompt\":{\"vi\":\"?\",\"en\":\"?\"},\"values\":[\"b\",\"a\"],"
        "\"names\":[{\"vi\":\"Hai\",\"en\":\"Two\"},{\"vi\":\"Một\",\"en\":\"One\"}]}]");
    list.count = 0;
    assert_true(answers_take(&answers, &questions, &list, &arena, &err));
    assert_null(answers_write(&answers, &arena));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_takes_its_own_form),
        cmocka_unit_test(lengths_count_characters),
        cmocka_unit_test(what_is_required_is_missed_by_name),
        cmocka_unit_test(answers_come_in_the_order_of_the_questions_and_can_be_shown_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
