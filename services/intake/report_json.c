/* SPDX-License-Identifier: Apache-2.0 */
/* Codecs of struct report: the JSON route's body and the incident event. */
#include <stdio.h>
#include <string.h>

#include "reference.h"
#include "report.h"
#include "sensor_alarm.h"

static void read_location(struct report *report, struct json_reader *parent,
                          enum json_presence presence)
{
    struct json_reader location;
    if (!json_read_object(parent, "location", presence, &location)) {
        return;
    }
    report->has_point = true;
    report->lat = json_read_real(&location, "lat", JSON_REQUIRED, LAT_MIN, LAT_MAX, 0);
    report->lon = json_read_real(&location, "lon", JSON_REQUIRED, LON_MIN, LON_MAX, 0);
    report->address = json_read_text(&location, "address", JSON_OPTIONAL, 1, ADDRESS_MAX);
    json_read_end(&location);
}

static size_t read_media(struct json_reader *reader, bool is_valid(const char *),
                         const char *const **media, const char *fault)
{
    size_t count = json_read_texts(reader, "media", JSON_OPTIONAL, MEDIA_MAX, MEDIA_URL_MAX, media);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        if (!is_valid((*media)[i])) {
            snprintf(name, sizeof name, "media[%zu]", i);
            json_read_fault(reader, name, "bad_url", fault);
        }
    }
    return count;
}

size_t report_read_media(struct json_reader *reader, const char *const **media)
{
    return read_media(reader, report_media_is_valid, media,
                      "must be an https URL, or media: and the id of an upload");
}

static void read_contact(struct report *report, struct json_reader *parent)
{
    struct contact *contact = &report->contact;
    struct json_reader reader;
    if (!json_read_object(parent, "contact", JSON_OPTIONAL, &reader)) {
        return;
    }
    contact->email = json_read_text(&reader, "email", JSON_OPTIONAL, 3, 254);
    if (contact->email != NULL && !report_email_is_valid(contact->email)) {
        json_read_fault(&reader, "email", "bad_email", "is not an e-mail address");
    }
    contact->phone = json_read_text(&reader, "phone", JSON_OPTIONAL, 8, 20);
    if (contact->phone != NULL && !report_phone_is_valid(contact->phone)) {
        json_read_fault(&reader, "phone", "bad_phone", "is not a telephone number");
    }
    contact->name = json_read_text(&reader, "name", JSON_OPTIONAL, 1, 120);
    json_read_end(&reader);
}

static const char *read_category(struct json_reader *reader)
{
    const char *category = json_read_text(reader, "category", JSON_REQUIRED, 1, CATEGORY_MAX);
    if (category != NULL &&
        strspn(category, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(category)) {
        json_read_fault(reader, "category", "bad_code", "must be lower-case letters, digits and -");
    }
    return category;
}

/* Another system's own name for a thing. */
bool report_read(struct report *report, const struct reference *reference, const char *json,
                 size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(report, 0, sizeof *report);
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    report->kind = json_read_text(&reader, "kind", JSON_OPTIONAL, 1, KIND_MAX);
    report->category = read_category(&reader);
    const struct kind *kind = report_kind(report, reference);
    report->level = json_read_word(&reader, "level", JSON_OPTIONAL, level_words);
    report->title = json_read_text(&reader, "title", JSON_OPTIONAL, 1, TITLE_MAX);
    report->description = json_read_text(&reader, "description", JSON_REQUIRED, 1, DESCRIPTION_MAX);
    read_location(report, &reader, kind != NULL && !kind->location ? JSON_OPTIONAL : JSON_REQUIRED);
    report->media_count = report_read_media(&reader, &report->media);
    report->anonymous = json_read_bool(&reader, "anonymous", JSON_OPTIONAL, false);
    report->language = json_read_word(&reader, "language", JSON_OPTIONAL, language_words);
    read_contact(report, &reader);
    report_read_terms(report, reference, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

bool report_read_incident(struct report *report, const char **incident_id, const char *json,
                          size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(report, 0, sizeof *report);
    report->language = -1;
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    *incident_id = json_read_id(&reader, "incident_id", JSON_REQUIRED, 128);
    report->category = read_category(&reader);
    report->level = json_read_word(&reader, "level", JSON_OPTIONAL, level_words);
    report->description = json_read_text(&reader, "description", JSON_REQUIRED, 1, DESCRIPTION_MAX);
    read_location(report, &reader, JSON_REQUIRED);
    json_read_instant(&reader, "occurred_at", JSON_REQUIRED);
    report->media_count = /* other systems' files are where they are */
        read_media(&reader, report_url_is_valid, &report->media, "must be an https URL");
    read_contact(report, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

static const char *read_kind(struct json_reader *reader)
{
    const char *kind = json_read_text(reader, "kind", JSON_REQUIRED, 1, READING_KIND_MAX);
    if (kind != NULL && strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(kind)) {
        json_read_fault(reader, "kind", "bad_code", "must be lower-case letters, digits and -");
    }
    return kind;
}

static const char *alarm_words(const struct sensor_alarm *alarm, struct arena *arena)
{
    return arena_format(arena, "Cảm biến %s báo động: %s = %g%s%s.", alarm->sensor, alarm->kind,
                        alarm->value, alarm->unit != NULL ? " " : "",
                        alarm->unit != NULL ? alarm->unit : "");
}

bool sensor_alarm_read(struct sensor_alarm *alarm, struct report *report, const char *json,
                       size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(report, 0, sizeof *report);
    report->language = -1;
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    alarm->sensor = json_read_id(&reader, "sensor_id", JSON_REQUIRED, SENSOR_MAX);
    alarm->kind = read_kind(&reader);
    alarm->value = json_read_real(&reader, "value", JSON_REQUIRED, -READING_MAX, READING_MAX, 0);
    alarm->unit = json_read_text(&reader, "unit", JSON_OPTIONAL, 1, READING_UNIT_MAX);
    report->category = read_category(&reader);
    report->level = json_read_word(&reader, "level", JSON_OPTIONAL, level_words);
    read_location(report, &reader, JSON_REQUIRED);
    alarm->at_us = json_read_instant_or(&reader, "at", JSON_REQUIRED, INT64_MIN);
    if (alarm->at_us == 0) { /* stands for nothing in the store */
        json_read_fault(&reader, "at", "out_of_range", "must be later than 1970-01-01");
    }
    bool good = json_read_end(&reader);
    report->description = good ? alarm_words(alarm, arena) : NULL;
    json_document_free(&document);
    return good;
}
