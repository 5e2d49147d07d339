/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/html.h"

static void text_stays_text(void **state)
{
    static const struct {
        const char *text, *html;
    } rows[] = {
        {NULL, ""},
        {"", ""},
        {"Ổ gà", "Ổ gà"},
        {"<b>&amp;\"'</b>", "&lt;b&gt;&amp;amp;&quot;&#39;&lt;/b&gt;"},
        {"a\tb\r\nc", "a\tb\r\nc"},
        {"a\x01\x1B[0mb", "a[0mb"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer out;
        buffer_init(&out);
        buffer_put_text(&out, "");
        html_put(&out, rows[i].text);
        assert_string_equal(out.data, rows[i].html);
        buffer_finish(&out);
    }
}

static void only_https_becomes_a_link(void **state)
{
    struct buffer out;
    (void)state;
    buffer_init(&out);
    html_put_link(&out, "https://a.example/?x=\"&y");
    assert_string_equal(out.data, "<a rel=\"noreferrer\" target=\"_blank\" "
                                  "href=\"https://a.example/?x=&quot;&amp;y\">"
                                  "https://a.example/?x=&quot;&amp;y</a>");
    buffer_reset(&out);
    html_put_link(&out, "javascript:alert('x')");
    assert_string_equal(out.data, "javascript:alert(&#39;x&#39;)");
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_stays_text),
        cmocka_unit_test(only_https_becomes_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
