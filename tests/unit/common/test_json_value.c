/* SPDX-License-Identifier: Apache-2.0 */
/* Which field is named when a document cannot be read; all else of documents is in test_json_read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "common/json.h"

#include <string.h>

static void what_cannot_be_read_is_named_when_it_is_within_a_field(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field, *code; /* field NULL: the document as a whole */
    } rows[] = {
        {"{", NULL, "invalid_json"},
        {"{}x", NULL, "invalid_json"},
        {"{\"a\":1 \"b\":2}", NULL, "invalid_json"},
        {"{\"a\":}", NULL, "invalid_json"},
        {"{\"a\":{\"b\":", NULL, "invalid_json"},
        {"{\"a\":1,\"b\":1e999}", "b", "invalid_json"},
        {"{\"a\":{\"b\":[1,2,{\"c\":\"\\u0000\"}]}}", "a.b[2].c", "invalid_json"},
        {"{\"a\":[[1,1e999]]}", "a[0][1]", "invalid_json"},
        {"{\"a\":{\"b\":\"\xff\"}}", "a.b", "invalid_utf8"},
        {"{\"a\":1,\"a\":2}", "a", "duplicate_member"},
        {"{\"a\":[{\"b\":1,\"b\":2}]}", "a[0].b", "duplicate_member"},
        {"{\"k\":{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,"
         "\"10\":0,\"11\":0,\"12\":0,\"13\":0,\"14\":0,\"15\":0,\"16\":0,\"17\":0,\"9\":0}}",
         "k.9", "duplicate_member"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_document document;
        struct error err = {0};
        assert_false(json_document_parse(&document, rows[i].text, strlen(rows[i].text), &err));
        assert_int_equal(err.field_count, rows[i].field != NULL);
        if (rows[i].field != NULL) {
            assert_string_equal(err.fields[0].field, rows[i].field);
            assert_string_equal(err.fields[0].code, rows[i].code);
            assert_string_equal(err.fields[0].text, err.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_read_is_named_when_it_is_within_a_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
