/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "common/template.h"

static const char *const pictures[] = {"a.jpg", "b.jpg"};
static const struct template_value values[] = {
    {.name = "name", .text = "Lan"},
    {.name = "code", .text = "{{name}} <&>"},
    {.name = "none", .text = NULL},
    {.name = "blank", .text = ""},
    {.name = "pictures", .items = pictures, .item_count = 2},
    {.name = "no_pictures", .items = NULL, .item_count = 0},
};

static bool render(const char *text, struct buffer *out, struct error *err)
{
    buffer_init(out);
    buffer_put_text(out, "");
    return template_render(text, strlen(text), values, sizeof values / sizeof values[0], out, err);
}

static void template_fills_in(void **state)
{
    static const struct {
        const char *template, *text;
    } rows[] = {
        {"", ""},
        {"plain } { text", "plain } { text"},
        {"Dear {{name}}!", "Dear Lan!"},
        {"{{code}}", "{{name}} <&>"},
        {"[{{none}}]", "[]"},
        {"{{#name}}yes {{name}}{{/name}}", "yes Lan"},
        {"{{#none}}yes {{unheard_of}}{{/none}}no", "no"},
        {"{{#blank}}yes{{/blank}}{{^blank}}no{{/blank}}", "no"},
        {"{{^name}}no{{/name}}", ""},
        {"{{#pictures}}({{.}}){{/pictures}}", "(a.jpg)(b.jpg)"},
        {"{{^no_pictures}}none{{/no_pictures}}", "none"},
        {"{{^pictures}}none{{/pictures}}", ""},
        {"{{#name}}{{#pictures}}{{name}}:{{.}} {{/pictures}}{{/name}}", "Lan:a.jpg Lan:b.jpg "},
        {"{{#none}}{{#name}}x{{/name}}{{^name}}y{{/name}}{{/none}}z", "z"},
        {"a\n{{#name}}\nb\n{{/name}}\nc\n", "a\nb\nc\n"},
        {"a\n{{#none}}\nb\n{{/none}}\nc\n", "a\nc\n"},
        {"{{#pictures}}\n- {{.}}\n{{/pictures}}\nend", "- a.jpg\n- b.jpg\nend"},
        {"a {{#name}}\nb{{/name}}\nc", "a \nb\nc"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer out;
        struct error err = {0};
        assert_true(render(rows[i].template, &out, &err));
        assert_string_equal(out.data, rows[i].text);
        buffer_finish(&out);
    }
}

static void template_names_its_fault(void **state)
{
    static const struct {
        const char *template, *fault;
    } rows[] = {
        {"{{unheard_of}}", "unknown variable: {{unheard_of}}"},
        {"{{#unheard_of}}{{/unheard_of}}", "unknown variable: {{unheard_of}}"},
        {"{{name", "a tag is not closed"},
        {"{{#name}}x", "section without end: {{name}}"},
        {"x{{/name}}", "closes no section: {{name}}"},
        {"{{#name}}{{#code}}{{/name}}{{/code}}", "closes no section: {{name}}"},
        {"{{.}}", "outside of a list: {{.}}"},
        {"{{}}", "unknown variable: {{}}"},
        {"{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}",
         "sections are nested too deeply: {{name}}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer out;
        struct error err = {0};
        assert_false(render(rows[i].template, &out, &err));
        assert_int_equal(err.kind, ERR_FATAL);
        assert_string_equal(err.text, rows[i].fault);
        buffer_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(template_fills_in),
        cmocka_unit_test(template_names_its_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
