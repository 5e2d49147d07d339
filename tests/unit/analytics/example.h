/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of proto/, which both sides of a topic test with. */
#ifndef TESTS_ANALYTICS_EXAMPLE_H
#define TESTS_ANALYTICS_EXAMPLE_H

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/json.h"

struct example {
    const char *path;
    const char *type;
    const char *data;
    size_t data_size;
    const char *field; /* what is wrong with it; NULL: nothing */
};

enum { EXAMPLE_MAX = 1 << 17 };

static inline char *example_text(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, EXAMPLE_MAX);
    *size = fread(text, 1, EXAMPLE_MAX - 1, file);
    fclose(file);
    return text;
}

static inline void example_read(struct example *example, const char *path, struct arena *arena)
{
    struct json_document document;
    struct json_reader root, event;
    struct error err = {0};
    size_t size;
    char *text = example_text(path, &size);

    *example = (struct example){.path = path};
    assert_true(json_document_parse(&document, text, size, &err));
    json_read_root(&root, &document, arena, JSON_SKIP_UNKNOWN, &err);
    example->field = json_read_text(&root, "field", JSON_OPTIONAL, 1, 200);
    event = root;
    if (example->field != NULL) {
        json_read_object(&root, "event", JSON_REQUIRED, &event);
    }
    example->type = json_read_text(&event, "type", JSON_REQUIRED, 1, 200);
    const char *data = json_read_raw(&event, "data", JSON_REQUIRED, &example->data_size);
    assert_non_null(data);
    example->data = arena_copy(arena, data, example->data_size);
    json_document_free(&document);
    free(text);
}

/* False with err when the codec refuses it. */
typedef bool example_codec(const struct example *example, struct arena *arena, struct error *err);

static inline void example_check(const char *path, example_codec *codec)
{
    struct example example;
    struct error err = {0};
    struct arena arena;
    arena_init(&arena);
    example_read(&example, path, &arena);
    bool good = codec(&example, &arena, &err);
    const char *named = err.field_count > 0 ? err.fields[0].field : err.code;
    if (good != (example.field == NULL)) {
        fail_msg("%s: %s %s", path, good ? "is taken" : "is refused for", good ? "" : named);
    } else if (!good && (err.field_count != 1 || strcmp(named, example.field) != 0)) {
        fail_msg("%s: %s and %zu more, not %s", path, named, err.field_count - 1, example.field);
    }
    arena_finish(&arena);
}

/* Every valid example of the types that match is taken, and every invalid one refused for the field
 * that it names; there are at least `count`. */
static inline void examples_check(const char *types, size_t count, example_codec *codec)
{
    static const char *const folders[] = {"proto/examples", "proto/examples/invalid"};
    size_t found_count = 0;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char pattern[256];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/%s/*.json", folders[i], types);
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        for (size_t j = 0; j < found.gl_pathc; j++) {
            example_check(found.gl_pathv[j], codec);
        }
        found_count += found.gl_pathc;
        globfree(&found);
    }
    assert_true(found_count >= count);
}

#endif
