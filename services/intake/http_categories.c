/* SPDX-License-Identifier: Apache-2.0 */
#include "http_categories.h"

#include <string.h>

#include "common/json.h"
#include "intake.h"
#include "question_json.h"

static void put_bilingual(struct json_writer *writer, const char *name, const char *vi,
                          const char *en)
{
    json_open_object(writer, name);
    json_put_text(writer, "vi", vi);
    json_put_text(writer, "en", en);
    json_close_object(writer);
}

static void put_kinds(struct json_writer *writer, const struct reference *reference)
{
    json_open_array(writer, "kinds");
    for (size_t i = 0; i < reference->kind_count; i++) {
        const struct kind *kind = &reference->kinds[i];
        json_open_object(writer, NULL);
        json_put_text(writer, "code", kind->code);
        put_bilingual(writer, "name", kind->name_vi, kind->name_en);
        if (kind->filing != NULL) {
            json_put_raw(writer, "filing", kind->filing, strlen(kind->filing));
        }
        json_close_object(writer);
    }
    json_close_array(writer);
}

void http_list_categories(struct http_request *request, void *state)
{
    const struct intake *intake = state;
    const struct reference *reference = reference_current(intake->reference);
    struct json_writer writer;
    struct buffer body;

    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    for (size_t i = 0; i < reference->category_count; i++) {
        const struct category *category = &reference->categories[i];
        json_open_object(&writer, NULL);
        json_put_text(&writer, "code", category->code);
        put_bilingual(&writer, "name", category->name_vi, category->name_en);
        put_bilingual(&writer, "group", category->group_vi, category->group_en);
        json_put_text(&writer, "level", level_words[category->level]);
        json_put_text(&writer, "keywords", category->keywords);
        json_put_bool(&writer, "sensitive", category->sensitive);
        json_put_text(&writer, "kind", category->kind);
        questions_put(&writer, "questions", &category->questions);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    put_kinds(&writer, reference);
    json_close_object(&writer);
    http_answer_header(request, "Cache-Control", "public, max-age=60");
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
