/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/opening_json.h"

#include "common/json.h"
#include "common/opaque_ref.h"
#include "services/routing/case_json.h"
#include "services/routing/detail_json.h"
#include "services/routing/url_json.h"

enum {
    CODE_MAX = 64,
    TITLE_MAX = 200,
    DESCRIPTION_MAX = 4000,
    ADDRESS_MAX = 500,
    UNIT_MIN = 2,
    UNIT_MAX = 32,
    REASON_MAX = 2000,
    NOTE_MAX = 1900, /* the ticket of the other case goes before it */
    COORDINATE_DECIMALS = 7
};

#define OPENED_CHANNEL "api"
#define OPENED_CLIENT  "routing"

static const char *const languages[] = {"vi", "en", NULL};

static void read_location(struct json_reader *reader, struct opening_report *report)
{
    struct json_reader location;
    report->has_place = json_read_object(reader, "location", JSON_OPTIONAL, &location);
    if (report->has_place) {
        report->lat = json_read_real(&location, "lat", JSON_REQUIRED, 8, 24, 0);
        report->lon = json_read_real(&location, "lon", JSON_REQUIRED, 102, 110, 0);
        report->address = json_read_text(&location, "address", JSON_OPTIONAL, 1, ADDRESS_MAX);
        json_read_end(&location);
    }
}

static void read_told(struct json_reader *reader, struct opening_report *report)
{
    report->title = json_read_text(reader, "title", JSON_OPTIONAL, 1, TITLE_MAX);
    report->description = json_read_text(reader, "description", JSON_REQUIRED, 1, DESCRIPTION_MAX);
    read_location(reader, report);
    report->media_count =
        url_json_read_links(reader, "media", JSON_OPTIONAL, OPENING_MEDIA_MAX, &report->media);
}

static void read_reporter(struct json_reader *reader, struct opening_request *request)
{
    request->reporter_ref =
        json_read_text(reader, "reporter_ref", JSON_OPTIONAL, 1, OPAQUE_REF_MAX);
    if (request->reporter_ref != NULL && !opaque_ref_has_form(request->reporter_ref)) {
        json_read_fault(reader, "reporter_ref", "bad_reference", "must be visible ASCII without @");
    }
}

static void read_members(struct json_reader *reader, const struct process_book *book,
                         int64_t now_us, struct opening_request *request)
{
    struct json_reader unread;
    request->process = json_read_text(reader, "process", JSON_REQUIRED, 1, CODE_MAX);
    request->category = json_read_text(reader, "category", JSON_REQUIRED, 1, CODE_MAX);
    request->level = json_read_word(reader, "level", JSON_OPTIONAL, case_level_words);
    read_told(reader, &request->report);
    request->unit = json_read_text(reader, "unit", JSON_OPTIONAL, UNIT_MIN, UNIT_MAX);
    int language = json_read_word(reader, "language", JSON_OPTIONAL, languages);
    request->language = languages[language < 0 ? 0 : language];
    read_reporter(reader, request);
    const struct process *process =
        request->process != NULL ? process_current(book, request->process, now_us) : NULL;
    if (process != NULL && process->opened_by != 0) {
        request->detail_count = details_read(reader, process, request->details);
        return;
    }
    json_read_object(reader, "details", JSON_OPTIONAL, &unread); /* nobody knows how to */
    if (request->process != NULL) {
        json_read_fault(reader, "process", "unknown_process", "no process that is opened here");
    }
}

bool opening_json_read(struct opening_request *request, const struct process_book *book,
                       int64_t now_us, const char *text, size_t size, struct arena *arena,
                       struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *request = (struct opening_request){
        .level = -1, .report = {.channel = OPENED_CHANNEL, .client = OPENED_CLIENT}};
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    read_members(&reader, book, now_us, request);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

/* ---- a split ---- */

static void read_reason(struct json_reader *reader, struct split_request *split)
{
    struct json_reader reason;
    if (json_read_object(reader, "reason", JSON_REQUIRED, &reason)) {
        split->reason = json_read_text(&reason, "text", JSON_REQUIRED, 1, REASON_MAX);
        json_read_end(&reason);
    }
}

bool split_json_read(struct split_request *split, const char *text, size_t size,
                     struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *split = (struct split_request){.level = -1};
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    split->category = json_read_text(&reader, "category", JSON_REQUIRED, 1, CODE_MAX);
    split->level = json_read_word(&reader, "level", JSON_OPTIONAL, case_level_words);
    split->unit = json_read_text(&reader, "unit", JSON_OPTIONAL, UNIT_MIN, UNIT_MAX);
    split->description = json_read_text(&reader, "description", JSON_OPTIONAL, 1, DESCRIPTION_MAX);
    read_reason(&reader, split);
    split->note = json_read_text(&reader, "note", JSON_OPTIONAL, 1, NOTE_MAX);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

/* ---- the report ---- */

bool opening_json_read_report(struct opening_report *report, const char *text, size_t size,
                              struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader, reporter;

    *report = (struct opening_report){0};
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    report->channel = json_read_text(&reader, "channel", JSON_REQUIRED, 1, CODE_MAX);
    read_told(&reader, report);
    if (json_read_object(&reader, "reporter", JSON_REQUIRED, &reporter)) {
        report->anonymous = json_read_bool(&reporter, "anonymous", JSON_REQUIRED, false);
        json_read_end(&reporter);
    }
    report->client = json_read_text(&reader, "client", JSON_REQUIRED, 1, CODE_MAX);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

static void put_location(struct json_writer *writer, const struct opening_report *report)
{
    if (report->has_place) {
        json_open_object(writer, "location");
        json_put_real(writer, "lat", report->lat, COORDINATE_DECIMALS);
        json_put_real(writer, "lon", report->lon, COORDINATE_DECIMALS);
        json_put_text(writer, "address", report->address);
        json_close_object(writer);
    }
}

static void put_details(struct json_writer *writer, const struct case_snapshot *opened)
{
    if (opened->detail_count > 0) {
        json_open_object(writer, "details");
        for (size_t i = 0; i < opened->detail_count; i++) {
            json_put_text(writer, opened->details[i].code, opened->details[i].text);
        }
        json_close_object(writer);
    }
}

static void put_receipt(struct json_writer *writer, const struct case_snapshot *opened)
{
    json_put_text(writer, "language", opened->language);
    json_put_instant(writer, "submitted_at", opened->opened_at);
    json_put_instant(writer, "receive_by", clock_due(&opened->clocks[CASE_RECEIVE]));
    case_json_put_rule(writer, "receive_rule", &opened->receive_rule);
}

void opening_json_write_report(struct buffer *out, const struct opening_report *report,
                               const struct case_snapshot *opened)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "submission_id", &opened->id);
    json_put_int(&writer, "version", 1);
    json_put_text(&writer, "ticket", opened->ticket);
    json_put_text(&writer, "kind", opened->process->rule.code);
    json_put_text(&writer, "channel", report->channel);
    json_put_text(&writer, "category", opened->category);
    json_put_text(&writer, "level", case_level_words[opened->level]);
    json_put_text(&writer, "title", report->title);
    json_put_text(&writer, "description", report->description);
    put_location(&writer, report);
    json_put_texts(&writer, "media", report->media, report->media_count);
    json_open_object(&writer, "reporter");
    json_put_text(&writer, "ref", opened->reporter_ref);
    json_put_bool(&writer, "anonymous", report->anonymous);
    json_close_object(&writer);
    json_put_text(&writer, "client", report->client);
    put_receipt(&writer, opened);
    put_details(&writer, opened);
    json_close_object(&writer);
}
