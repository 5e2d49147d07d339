/* SPDX-License-Identifier: Apache-2.0 */
#include "record_json.h"

#include <math.h>

#include "common/opaque_ref.h"
#include "report.h"

#define MINUTE_US INT64_C(60000000)
#define NOT_TOLD  INT64_MIN

enum { ID_MAX = 128 };

const char *copy_text(struct record_copy *copy, const char *name, enum json_presence presence,
                      size_t min, size_t max)
{
    const char *text = json_read_text(&copy->reader, name, presence, min, max);
    json_put_text(copy->writer, name, text);
    return text;
}

const char *copy_id(struct record_copy *copy, const char *name, enum json_presence presence)
{
    const char *id = json_read_id(&copy->reader, name, presence, ID_MAX);
    json_put_text(copy->writer, name, id);
    return id;
}

const char *copy_ref(struct record_copy *copy, const char *name, enum json_presence presence)
{
    const char *ref = copy_text(copy, name, presence, 1, OPAQUE_REF_MAX);
    if (ref != NULL && !opaque_ref_has_form(ref)) {
        json_read_fault(&copy->reader, name, "bad_ref", "must be visible ASCII without @");
    }
    return ref;
}

int copy_word(struct record_copy *copy, const char *name, enum json_presence presence,
              const char *const *words)
{
    int word = json_read_word(&copy->reader, name, presence, words);
    json_put_text(copy->writer, name, word >= 0 ? words[word] : NULL);
    return word;
}

int64_t copy_int(struct record_copy *copy, const char *name, enum json_presence presence,
                 int64_t min, int64_t max)
{
    int64_t value = json_read_int(&copy->reader, name, presence, min, max, INT64_MIN);
    if (value != INT64_MIN) {
        json_put_int(copy->writer, name, value);
    }
    return value;
}

/* What is absent stays so; of what is faulty nothing is kept. */
bool copy_bool(struct record_copy *copy, const char *name)
{
    bool value = json_read_bool(&copy->reader, name, JSON_OPTIONAL, false);
    if (value ||
        (!copy->reader.faulty && !json_read_bool(&copy->reader, name, JSON_OPTIONAL, true))) {
        json_put_bool(copy->writer, name, value);
    }
    return value;
}

int64_t copy_instant(struct record_copy *copy, const char *name, enum json_presence presence)
{
    int64_t at_us = json_read_instant_or(&copy->reader, name, presence, NOT_TOLD);
    if (at_us == NOT_TOLD) {
        return 0;
    }
    if (at_us == 0) { /* stands for nothing, here and in the store */
        json_read_fault(&copy->reader, name, "out_of_range", "must be later than 1970-01-01");
    }
    json_put_instant_if(copy->writer, name, at_us);
    return at_us;
}

void copy_mark(struct record_copy *copy, const char *name, double min, double max)
{
    double value = json_read_real(&copy->reader, name, JSON_OPTIONAL, min, max, NAN);
    if (!isnan(value)) {
        json_put_real(copy->writer, name, value, 2);
    }
}

size_t copy_texts(struct record_copy *copy, const char *name, enum json_presence presence,
                  size_t count_max, size_t length_max, const char *const **texts)
{
    size_t count = json_read_texts(&copy->reader, name, presence, count_max, length_max, texts);
    if (count > 0) {
        json_put_texts(copy->writer, name, (*texts), count);
    }
    return count;
}

void copy_url(struct record_copy *copy, const char *name)
{
    const char *url = copy_text(copy, name, JSON_OPTIONAL, 9, MEDIA_URL_MAX);
    if (url != NULL && !report_url_is_valid(url)) {
        json_read_fault(&copy->reader, name, "bad_url", "must be an https URL");
    }
}

void copy_location(struct record_copy *copy, const char *name)
{
    struct record_copy location = {.writer = copy->writer};
    if (!json_read_object(&copy->reader, name, JSON_REQUIRED, &location.reader)) {
        return;
    }
    struct json_reader *reader = &location.reader;
    double lat = json_read_real(reader, "lat", JSON_REQUIRED, LAT_MIN, LAT_MAX, 0);
    double lon = json_read_real(reader, "lon", JSON_REQUIRED, LON_MIN, LON_MAX, 0);
    json_open_object(copy->writer, name);
    json_put_real(copy->writer, "lat", lat, 7);
    json_put_real(copy->writer, "lon", lon, 7);
    copy_text(&location, "address", JSON_OPTIONAL, 1, ADDRESS_MAX);
    copy_end(&location);
}

/* ---- lists ---- */

size_t copy_list(struct record_copy *copy, const char *name, enum json_presence presence,
                 size_t count_max)
{
    size_t count = json_read_array(&copy->reader, name, presence, count_max);
    if (count > 0 || presence == JSON_REQUIRED) {
        json_open_array(copy->writer, name);
    }
    return count;
}

bool copy_item(struct record_copy *copy, const char *name, size_t index, struct record_copy *item)
{
    *item = (struct record_copy){.writer = copy->writer, .record = copy->record};
    if (!json_read_item(&copy->reader, name, index, &item->reader)) {
        return false;
    }
    json_open_object(copy->writer, NULL);
    return true;
}

void copy_end(struct record_copy *item)
{
    json_read_end(&item->reader);
    json_close_object(item->writer);
}

void copy_list_end(struct record_copy *copy, size_t count, enum json_presence presence)
{
    if (count > 0 || presence == JSON_REQUIRED) {
        json_close_array(copy->writer);
    }
}

/* ---- the whole ---- */

static bool copy_all(struct record *record, const struct json_document *document,
                     struct json_writer *writer, struct arena *arena, struct error *err)
{
    struct record_copy copy = {.writer = writer, .record = record};
    json_read_root(&copy.reader, document, arena, JSON_SKIP_UNKNOWN, err);
    json_open_object(writer, NULL);
    record->type->copy(&copy);
    json_close_object(writer);
    return json_read_end(&copy.reader);
}

static void complete(struct record *record, const struct buffer *data, struct arena *arena)
{
    const struct record_type *type = record->type;
    record->data = arena_copy(arena, data->data, data->size);
    record->data_size = data->size;
    record->id = record_id(type, record->source, record->subject, record->part);
    record->is_public = record->is_public && type->is_public;
    if (type->holds_min > 0) {
        record->expires_us = record->at_us + type->holds_min * MINUTE_US;
    }
}

bool record_read(struct record *record, const struct record_type *type,
                 const struct record_said *said, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_writer writer;
    struct buffer data;

    *record = (struct record){.type = type,
                              .source = said->source,
                              .event_id = said->event_id,
                              .part = "",
                              .is_public = type->is_public};
    if (!json_document_parse(&document, said->data, said->data_size, err)) {
        return false;
    }
    buffer_init(&data);
    json_write_start(&writer, &data);
    bool good = copy_all(record, &document, &writer, arena, err);
    if (good) {
        complete(record, &data, arena);
    }
    json_document_free(&document);
    buffer_finish(&data);
    return good;
}
