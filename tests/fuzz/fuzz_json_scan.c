/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes: the scanner takes what the parser takes and reads the same from it; what it takes
 * beyond that is only what its header says. */
#include <assert.h>
#include <string.h>

#include "common/json_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const names[] = {"a", "unit", "version", "at", "case_id", "state", NULL};
static const char *const words[] = {"received", "resolved", NULL};

static void compare_reads(struct json_scan *scan, struct json_reader *reader)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        struct uuid left = {{0}}, right = {{0}};
        const char *text = json_scan_text(scan, i, JSON_OPTIONAL, 0, 40);
        const char *read = json_read_text(reader, names[i], JSON_OPTIONAL, 0, 40);
        assert((text == NULL) == (read == NULL));
        assert(text == NULL || strcmp(text, read) == 0);
        assert(json_scan_word(scan, i, JSON_OPTIONAL, words) ==
               json_read_word(reader, names[i], JSON_OPTIONAL, words));
        assert(json_scan_int(scan, i, JSON_OPTIONAL, -100000, 100000, 7) ==
               json_read_int(reader, names[i], JSON_OPTIONAL, -100000, 100000, 7));
        assert(json_scan_instant(scan, i, JSON_OPTIONAL) ==
               json_read_instant(reader, names[i], JSON_OPTIONAL));
        assert(json_scan_uuid(scan, i, JSON_OPTIONAL, &left) ==
               json_read_uuid(reader, names[i], JSON_OPTIONAL, &right));
        assert(uuid_equal(&left, &right));
    }
    assert(json_scan_end(scan) == json_read_end(reader));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct json_document document;
    struct json_reader reader;
    struct json_scan scan;
    struct arena arena;
    struct error scan_error = {0}, parse_error = {0};
    const char *text = (const char *)bytes;

    arena_init(&arena);
    bool parsed = json_document_parse(&document, text, size, &parse_error);
    bool scanned = json_scan_open(&scan, names, text, size, &arena, &scan_error);
    if (parsed) {
        assert(scanned);
        json_read_root(&reader, &document, &arena, JSON_SKIP_UNKNOWN, &parse_error);
        compare_reads(&scan, &reader);
        json_document_free(&document);
    } else if (scanned) {
        assert(strcmp(parse_error.code, "duplicate_member") == 0 ||
               strstr(parse_error.text, "out of range") != NULL);
    } else {
        assert(scan_error.kind == ERR_INPUT && scan_error.code[0] != '\0');
    }
    arena_finish(&arena);
    return 0;
}
