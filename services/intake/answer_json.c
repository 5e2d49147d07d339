/* SPDX-License-Identifier: Apache-2.0 */
#include "answer_json.h"

#include "common/json.h"

static void put_names(struct json_writer *writer, const char *name, const char *vi, const char *en)
{
    json_open_object(writer, name);
    json_put_text(writer, "vi", vi);
    json_put_text(writer, "en", en);
    json_close_object(writer);
}

static void put_values(struct json_writer *writer, const struct answer *answer)
{
    json_put_texts(writer, "values", answer->values, answer->count);
}

static void put_choice_names(struct json_writer *writer, const struct answer *answer)
{
    json_open_array(writer, "names");
    for (size_t i = 0; i < answer->count; i++) {
        const struct choice *choice = question_choice(answer->question, answer->values[i]);
        put_names(writer, NULL, choice->name_vi, choice->name_en);
    }
    json_close_array(writer);
}

static void put_answer(struct json_writer *writer, const struct answer *answer)
{
    const struct question *question = answer->question;
    json_open_object(writer, NULL);
    json_put_text(writer, "code", question->code);
    json_put_text(writer, "datatype", question_type_words[question->type]);
    put_names(writer, "prompt", question->prompt_vi, question->prompt_en);
    put_values(writer, answer);
    if (question_is_list(question)) {
        put_choice_names(writer, answer);
    }
    json_close_object(writer);
}

static const char *kept(struct buffer *out, struct arena *arena)
{
    const char *text = arena_copy(arena, out->data, out->size);
    buffer_finish(out);
    return text;
}

const char *answers_write(const struct answers *answers, struct arena *arena)
{
    struct json_writer writer;
    struct buffer out;
    if (answers->count == 0) {
        return NULL;
    }
    buffer_init(&out);
    json_write_start(&writer, &out);
    json_open_array(&writer, NULL);
    for (size_t i = 0; i < answers->count; i++) {
        put_answer(&writer, &answers->items[i]);
    }
    json_close_array(&writer);
    return kept(&out, arena);
}

const char *details_write(const struct report *report, struct arena *arena)
{
    struct json_writer writer;
    struct buffer out;
    if (report->detail_count == 0) {
        return NULL;
    }
    buffer_init(&out);
    json_write_start(&writer, &out);
    json_open_object(&writer, NULL);
    for (size_t i = 0; i < report->detail_count; i++) {
        json_put_text(&writer, report->details[i].code, report->details[i].text);
    }
    json_close_object(&writer);
    return kept(&out, arena);
}

const char *business_write(const struct business *business, struct arena *arena)
{
    struct json_writer writer;
    struct buffer out;
    buffer_init(&out);
    json_write_start(&writer, &out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "name", business->name);
    json_put_text(&writer, "tax_code", business->tax_code);
    json_put_text(&writer, "representative", business->representative);
    json_close_object(&writer);
    return kept(&out, arena);
}
