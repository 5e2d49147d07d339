/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/submission_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/opaque_ref.h"
#include "services/routing/category_json.h"
#include "services/routing/detail_json.h"
#include "services/routing/url_json.h"

static const char *const channels[] = {"app", "open311", "api", "inbound", NULL};
static const char *const languages[] = {"vi", "en", NULL};

/* A point has both numbers. */
static void read_point(struct json_reader *location, struct submission *submission)
{
    double lat = json_read_real(location, "lat", JSON_OPTIONAL, 8, 24, NAN);
    double lon =
        json_read_real(location, "lon", isnan(lat) ? JSON_OPTIONAL : JSON_REQUIRED, 102, 110, NAN);
    if (isnan(lat) && !isnan(lon) && !location->faulty) {
        json_read_fault(location, "lat", "required", "is required beside lon");
    }
    submission->has_place = !isnan(lat) && !isnan(lon);
    submission->lat = submission->has_place ? lat : 0;
    submission->lon = submission->has_place ? lon : 0;
}

/* Of a report from a site, at least an address; without a point somebody must look where that is.
 */
static void read_location(struct json_reader *reader, struct submission *submission)
{
    struct json_reader location;
    bool must_have =
        submission->kind != NULL && strcmp(submission->kind, submission_kind_words[0]) == 0;
    if (!json_read_object(reader, "location", must_have ? JSON_REQUIRED : JSON_OPTIONAL,
                          &location)) {
        return;
    }
    read_point(&location, submission);
    submission->address = json_read_text(&location, "address", JSON_OPTIONAL, 1, 500);
    const char *address_id = json_read_text(&location, "address_id", JSON_OPTIONAL, 1, 100);
    if (json_read_end(&location) && !submission->has_place && submission->address == NULL &&
        address_id == NULL) {
        json_read_fault(reader, "location", "required", "must hold a point or an address");
    }
}

static void read_media(struct json_reader *reader, struct submission *submission)
{
    submission->media_count =
        json_read_texts(reader, "media", JSON_REQUIRED, 10, 2000, &submission->media);
    for (size_t i = 0; i < submission->media_count; i++) {
        if (strncmp(submission->media[i], "https://", 8) != 0 &&
            media_reference_id(submission->media[i]) == NULL) {
            char name[32];
            snprintf(name, sizeof name, "media[%zu]", i);
            json_read_fault(reader, name, "bad_url", "must begin with https:// or name an upload");
        }
    }
}

/* As the patterns of proto/events/common.schema.json say. */
static bool is_ticket(const char *text)
{
    size_t size = strlen(text);
    size_t digits = size > 10 ? strspn(text + 8, "0123456789") : 0;
    return size >= 17 && strncmp(text, "HN-", 3) == 0 && strspn(text + 3, "0123456789") == 4 &&
           text[7] == '-' && digits >= 7 && digits <= 12 && size == digits + 10 &&
           text[8 + digits] == '-' &&
           strspn(text + 9 + digits, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 1;
}

static bool is_slug(const char *text)
{
    size_t size = strlen(text);
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == size && text[0] != '-' &&
           text[size - 1] != '-' && strstr(text, "--") == NULL;
}

static const char *const datatypes[] = {"string",          "number",         "datetime", "text",
                                        "singlevaluelist", "multivaluelist", NULL};
enum { ANSWERS_MAX = 20, ANSWER_VALUES_MAX = 30, ANSWER_TEXT_MAX = 1000, NAME_MAX = 200 };

static void read_answer_names(struct json_reader *reader, struct submission_answer *answer)
{
    size_t count = json_read_array(reader, "names", JSON_OPTIONAL, ANSWER_VALUES_MAX);
    const char **names = arena_array(reader->arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        struct json_reader name;
        if (json_read_item(reader, "names", i, &name)) {
            names[i] = json_read_text(&name, "vi", JSON_REQUIRED, 1, NAME_MAX);
            json_read_text(&name, "en", JSON_REQUIRED, 1, NAME_MAX);
            json_read_end(&name);
        }
    }
    answer->names_vi = count > 0 && count == answer->value_count ? names : NULL;
}

static void read_answer(struct json_reader *reader, struct submission_answer *answer)
{
    struct json_reader prompt;
    answer->code = json_read_text(reader, "code", JSON_REQUIRED, 1, 32);
    json_read_word(reader, "datatype", JSON_REQUIRED, datatypes);
    if (json_read_object(reader, "prompt", JSON_REQUIRED, &prompt)) {
        answer->prompt_vi = json_read_text(&prompt, "vi", JSON_REQUIRED, 1, NAME_MAX);
        answer->prompt_en = json_read_text(&prompt, "en", JSON_REQUIRED, 1, NAME_MAX);
        json_read_end(&prompt);
    }
    answer->value_count = json_read_texts(reader, "values", JSON_REQUIRED, ANSWER_VALUES_MAX,
                                          ANSWER_TEXT_MAX, &answer->values);
    if (answer->value_count == 0 && !reader->faulty) {
        json_read_fault(reader, "values", "too_few", "must hold at least one");
    }
    read_answer_names(reader, answer);
}

static void read_answers(struct json_reader *reader, struct submission *submission)
{
    size_t count = json_read_array(reader, "answers", JSON_OPTIONAL, ANSWERS_MAX);
    struct submission_answer *answers = arena_array(reader->arena, count, sizeof *answers);
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "answers", i, &item)) {
            read_answer(&item, &answers[i]);
            json_read_end(&item);
        }
    }
    submission->answers = answers;
    submission->answer_count = count;
}

static void read_reporter(struct json_reader *reader, struct submission *submission)
{
    struct json_reader reporter;
    if (json_read_object(reader, "reporter", JSON_REQUIRED, &reporter)) {
        submission->reporter_ref =
            json_read_text(&reporter, "ref", JSON_REQUIRED, 1, OPAQUE_REF_MAX);
        if (submission->reporter_ref != NULL && !opaque_ref_has_form(submission->reporter_ref)) {
            json_read_fault(&reporter, "ref", "bad_reference", "must be visible ASCII without @");
        }
        json_read_bool(&reporter, "anonymous", JSON_REQUIRED, false);
        json_read_end(&reporter);
    }
}

static void read_rule(struct json_reader *reader, struct submission *submission)
{
    struct json_reader rule;
    if (json_read_object(reader, "receive_rule", JSON_REQUIRED, &rule)) {
        submission->receive_rule.code = json_read_text(&rule, "code", JSON_REQUIRED, 1, 64);
        submission->receive_rule.version =
            (int32_t)json_read_int(&rule, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
        submission->receive_rule.source = json_read_text(&rule, "source", JSON_REQUIRED, 1, 200);
        json_read_end(&rule);
    }
}

static void read_members(struct json_reader *reader, struct submission *submission)
{
    json_read_uuid(reader, "submission_id", JSON_REQUIRED, &submission->id);
    json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    submission->ticket = json_read_text(reader, "ticket", JSON_REQUIRED, 17, 24);
    if (submission->ticket != NULL && !is_ticket(submission->ticket)) {
        json_read_fault(reader, "ticket", "bad_ticket", "must look like HN-2026-0000123-K");
    }
    int kind = json_read_word(reader, "kind", JSON_REQUIRED, submission_kind_words);
    submission->kind = kind >= 0 ? submission_kind_words[kind] : NULL;
    int channel = json_read_word(reader, "channel", JSON_REQUIRED, channels);
    submission->channel = channel >= 0 ? channels[channel] : NULL;
    submission->category = json_read_text(reader, "category", JSON_REQUIRED, 1, 64);
    if (submission->category != NULL && !is_slug(submission->category)) {
        json_read_fault(reader, "category", "bad_code", "must be lower-case words joined by -");
    }
    int level = json_read_word(reader, "level", JSON_REQUIRED, case_level_words);
    submission->level = level >= 0 ? (enum case_level)level : LEVEL_NORMAL;
    submission->title = json_read_text(reader, "title", JSON_OPTIONAL, 1, 200);
    submission->description = json_read_text(reader, "description", JSON_REQUIRED, 1, 4000);
    read_location(reader, submission);
    read_media(reader, submission);
    read_answers(reader, submission);
    read_reporter(reader, submission);
    json_read_text(reader, "client", JSON_REQUIRED, 1, 64);
    int language = json_read_word(reader, "language", JSON_REQUIRED, languages);
    submission->language = language >= 0 ? languages[language] : NULL;
    submission->submitted_at = json_read_instant(reader, "submitted_at", JSON_REQUIRED);
    submission->receive_by = json_read_instant(reader, "receive_by", JSON_REQUIRED);
    read_rule(reader, submission);
}

bool submission_json_read(struct submission *submission, const char *text, size_t size,
                          struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(submission, 0, sizeof *submission);
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(&reader, submission);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

bool submission_json_read_details(const struct process *process, const char *text, size_t size,
                                  struct case_detail details[CASE_DETAILS_MAX], size_t *count,
                                  struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;
    *count = 0;
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    *count = details_read(&reader, process, details);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}
