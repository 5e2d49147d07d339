/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/open311_writer.h"

/* One of everything: a list of items, a nested list, a nested object, an empty element, texts that
 * need care. */
static void write_sample(enum open311_format format, struct buffer *out)
{
    struct open311_writer writer;
    buffer_init(out);
    open311_start(&writer, format, out);
    open311_open_list(&writer, "services");
    open311_open_item(&writer, "service");
    open311_text(&writer, "service_name", "Giao thông & \"vỉa hè\" <1>");
    open311_text(&writer, "description", NULL);
    open311_text(&writer, "group", "");
    open311_bool(&writer, "metadata", false);
    open311_int(&writer, "code", -7);
    open311_real(&writer, "lat", 21.0300, 7);
    open311_instant(&writer, "at", INT64_C(1795838400000000));
    open311_instant(&writer, "until", 0);
    open311_open_list(&writer, "formats");
    open311_text_item(&writer, "format", "text/xml");
    open311_close_list(&writer);
    open311_open_item(&writer, "more");
    open311_open_list(&writer, "notes");
    open311_open_item(&writer, "note");
    open311_text(&writer, "type", "x");
    open311_close_item(&writer);
    open311_close_list(&writer);
    open311_close_item(&writer);
    open311_close_item(&writer);
    open311_close_list(&writer);
}

static void xml_names_every_element_and_escapes(void **state)
{
    struct buffer out;
    (void)state;
    write_sample(OPEN311_XML, &out);
    assert_string_equal(
        out.data, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                  "<services><service><service_name>Giao thông &amp; &quot;vỉa hè&quot; &lt;1&gt;"
                  "</service_name><description/><group/><metadata>false</metadata><code>-7</code>"
                  "<lat>21.03</lat><at>2026-11-28T04:00:00.000Z</at><until/>"
                  "<formats><format>text/xml</format></formats>"
                  "<more><notes><note><type>x</type></note></notes></more></service></services>");
    buffer_finish(&out);
}

static void json_drops_the_root_and_keeps_single_children_in_arrays(void **state)
{
    struct buffer out;
    (void)state;
    write_sample(OPEN311_JSON, &out);
    assert_string_equal(
        out.data, "[{\"service_name\":\"Giao thông & \\\"vỉa hè\\\" <1>\",\"description\":null,"
                  "\"group\":null,\"metadata\":false,\"code\":-7,\"lat\":21.03,"
                  "\"at\":\"2026-11-28T04:00:00.000Z\",\"until\":null,"
                  "\"formats\":[\"text/xml\"],\"more\":{\"notes\":[{\"type\":\"x\"}]}}]");
    buffer_finish(&out);
}

static void xml_holds_no_control_characters(void **state)
{
    struct open311_writer writer;
    struct buffer out;
    (void)state;
    buffer_init(&out);
    open311_start(&writer, OPEN311_XML, &out);
    buffer_reset(&out);
    open311_text(&writer, "d",
                 "a\x01"
                 "b\tc\nd");
    assert_string_equal(out.data, "<d>a b\tc\nd</d>");
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_names_every_element_and_escapes),
        cmocka_unit_test(json_drops_the_root_and_keeps_single_children_in_arrays),
        cmocka_unit_test(xml_holds_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
