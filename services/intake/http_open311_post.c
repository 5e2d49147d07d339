/* SPDX-License-Identifier: Apache-2.0 */
/* POST requests: the form becomes the same filing as the JSON route's body. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/utf8.h"
#include "http_open311.h"
#include "intake.h"
#include "media_check.h"
#include "media_reference.h"

struct post {
    struct filing_request filing; /* first: the desk gives it back */
    struct media_check check;
    struct http_request *request;
    struct intake *intake;
};

static bool read_form(struct report *report, struct http_request *request, const char *site,
                      struct error *err);
static void on_checked(struct media_check *check, const struct error *err);
static void on_filed(struct filing_request *filing, const struct error *err);
static void post_answer(struct post *post);

/* A decimal number with a point, nothing else: no comma, no NaN, no hexadecimal. */
static double read_degrees(const struct http_request *request, const char *name, double min,
                           double max, struct error *err)
{
    const char *text = open311_form(request, name);
    char *end;
    if (text == NULL) {
        return 0;
    }
    if (strspn(text, "+-.0123456789") != strlen(text)) {
        error_add_field(err, name, "not_a_number", "must be a decimal number");
        return 0;
    }
    double value = strtod(text, &end);
    if (*end != '\0' || !(value >= min && value <= max)) {
        error_add_field(err, name, "out_of_range", "must be between %g and %g", min, max);
        return 0;
    }
    return value;
}

static const char *read_text(const struct http_request *request, const char *name, size_t max,
                             struct error *err)
{
    const char *text = open311_form(request, name);
    if (text != NULL && utf8_length(text, strlen(text)) > max) {
        error_add_field(err, name, "too_long", "must have at most %zu characters", max);
        return NULL;
    }
    if (text != NULL && utf8_has_control(text, strlen(text), "\t\n\r")) {
        error_add_field(err, name, "control_character", "holds a control character");
        return NULL;
    }
    return text;
}

static void read_location(struct report *report, const struct http_request *request,
                          struct error *err)
{
    bool lat = open311_form(request, "lat") != NULL, lon = open311_form(request, "long") != NULL;
    report->has_point = lat && lon;
    report->lat = read_degrees(request, "lat", LAT_MIN, LAT_MAX, err);
    report->lon = read_degrees(request, "long", LON_MIN, LON_MAX, err);
    report->address = read_text(request, "address_string", ADDRESS_MAX, err);
    report->address_id = read_text(request, "address_id", ADDRESS_ID_MAX, err);
    if (lat != lon) {
        error_add_field(err, lat ? "long" : "lat", "required", "is needed beside the other one");
    } else if (!lat && open311_form(request, "address_string") == NULL &&
               open311_form(request, "address_id") == NULL) {
        error_add_field(err, "lat", "required",
                        "and long are required, or address_string, or address_id");
    }
}

/* Who uploaded here first gives the link that it got. */
static void read_media(struct report *report, struct http_request *request, const char *site,
                       struct error *err)
{
    const char *const *urls;
    size_t count = http_form_values(request, "media_url", &urls);
    const char **kept = arena_array(http_arena(request), count, sizeof *kept);
    for (size_t i = 0; i < count; i++) {
        if (urls[i][0] == '\0') {
            continue; /* an empty parameter is an absent one */
        }
        const char *url = media_reference_of_link(urls[i], site, http_arena(request));
        if (!report_media_is_valid(url) || strlen(url) > MEDIA_URL_MAX) {
            error_add_field(err, "media_url", "bad_url",
                            "must be an https URL, or media: and the id of an upload");
        }
        kept[report->media_count++] = url;
    }
    if (report->media_count > MEDIA_MAX) {
        error_add_field(err, "media_url", "too_many", "may occur at most %d times", MEDIA_MAX);
    }
    report->media = kept;
}

static void read_contact(struct report *report, const struct http_request *request,
                         struct error *err)
{
    struct contact *contact = &report->contact;
    const char *first = read_text(request, "first_name", 60, err);
    const char *last = read_text(request, "last_name", 59, err);
    contact->email = open311_form(request, "email");
    contact->phone = open311_form(request, "phone");
    if (contact->email != NULL && !report_email_is_valid(contact->email)) {
        error_add_field(err, "email", "bad_email", "is not an e-mail address");
    }
    if (contact->phone != NULL && !report_phone_is_valid(contact->phone)) {
        error_add_field(err, "phone", "bad_phone", "is not a telephone number");
    }
    if (first != NULL || last != NULL) {
        struct arena *arena = http_arena((struct http_request *)request);
        contact->name = first != NULL && last != NULL ? arena_format(arena, "%s %s", first, last)
                        : first != NULL               ? first
                                                      : last;
    }
}

/* attribute[code]=v, attribute[code][]=v1&attribute[code][]=v2. */
static const char *attribute_code(const char *name, struct arena *arena)
{
    static const char before[] = "attribute[";
    const char *code = name + sizeof before - 1;
    if (strncmp(name, before, sizeof before - 1) != 0) {
        return NULL;
    }
    size_t size = strcspn(code, "]");
    const char *after = code + size;
    return strcmp(after, "]") == 0 || strcmp(after, "][]") == 0 ? arena_copy(arena, code, size)
                                                                : NULL;
}

/* Clients send to all cities what one of them asks, so that unknown ones are no faults. */
static void read_attributes(struct report *report, struct http_request *request)
{
    struct arena *arena = http_arena(request);
    size_t count = http_form_count(request);
    struct said *said = arena_array(arena, count, sizeof *said);
    const char **values = arena_array(arena, count, sizeof *values);
    report->asked = true;
    report->said = (struct said_list){.items = said, .prefix = "", .skip_unknown = true};
    for (size_t i = 0; i < count; i++) {
        const char *code = attribute_code(http_form_at(request, i, &values[i]), arena);
        if (code != NULL) {
            said[report->said.count++] = (struct said){code, &values[i], 1};
        }
    }
}

void open311_read_said(struct report *report, struct http_request *request, size_t description_max,
                       const char *site, struct error *err)
{
    report->description = read_text(request, "description", description_max, err);
    read_media(report, request, site, err);
    read_contact(report, request, err);
}

static bool read_form(struct report *report, struct http_request *request, const char *site,
                      struct error *err)
{
    memset(report, 0, sizeof *report);
    report->level = report->language = -1;
    if (!open311_check_jurisdiction(open311_form(request, "jurisdiction_id"), err)) {
        return false;
    }
    report->category = open311_form(request, "service_code");
    if (report->category == NULL) {
        error_add_field(err, "service_code", "required", "is required");
    }
    report->description = read_text(request, "description", DESCRIPTION_MAX, err);
    if (report->description == NULL && open311_form(request, "description") == NULL) {
        error_add_field(err, "description", "required", "is required");
    }
    read_location(report, request, err);
    read_media(report, request, site, err);
    read_contact(report, request, err);
    read_attributes(report, request);
    return !error_is_set(err);
}

/* The standard wants 404 for a service_code that is not in the list. */
static bool check_service(const struct report *report, const struct reference *reference,
                          struct error *err)
{
    if (!open311_has_service(reference, reference_category(reference, report->category))) {
        return error_set(err, ERR_NOT_FOUND, "unknown_service", "service_code was not found");
    }
    return true;
}

void http_open311_post_request(struct http_request *request, void *state)
{
    struct intake *intake = state;
    struct arena *arena = http_arena(request);
    struct post *post = arena_alloc(arena, sizeof *post);
    const struct principal *principal = http_principal(request);
    const struct reference *reference = reference_current(intake->reference);
    struct report report;
    struct error err = {0};
    struct filing_origin origin = {
        .channel = CHANNEL_OPEN311,
        .client = principal->id,
        .principal = principal,
        .idempotency_scope = arena_format(arena, "key %s open311", principal->id),
        .idempotency_key = http_idempotency_key(request),
        .traceparent = http_trace(request)->parent,
    };

    origin.input = http_body(request, &origin.input_size);
    post->request = request;
    post->intake = intake;
    post->filing.arena = arena;
    post->filing.on_done = on_filed;
    if (!gate_admit_filing(intake->gate, request, &err) ||
        !read_form(&report, request, intake->public_url, &err) ||
        !check_service(&report, reference, &err) ||
        !filing_prepare(&post->filing.filing, filing_desk_filer(intake->desk), &report, &origin,
                        reference, clock_now_us(), arena, &err)) {
        http_answer_error(request, &err);
        return;
    }
    post->check = (struct media_check){
        .media = report.media,
        .count = report.media_count,
        .field = "media_url",
        .on_checked = on_checked,
    };
    media_check_start(&post->check, post->request, intake->parts->pg);
}

static void on_checked(struct media_check *check, const struct error *err)
{
    struct post *post = (struct post *)((char *)check - offsetof(struct post, check));
    if (err != NULL) {
        struct error shown = *err;
        shown.kind = err->kind == ERR_UNPROCESSABLE ? ERR_INPUT : err->kind; /* as the standard */
        http_answer_error(post->request, &shown);
        return;
    }
    filing_desk_submit(post->intake->desk, &post->filing);
}

static void on_filed(struct filing_request *filing, const struct error *err)
{
    struct post *post = (struct post *)filing;
    if (err != NULL) {
        http_answer_error(post->request, err);
        return;
    }
    post_answer(post);
}

static void post_answer(struct post *post)
{
    const struct submission *submission = &post->filing.filing.submission;
    struct open311_writer writer;
    struct buffer body;
    char receive_by[CLOCK_TEXT_SIZE];

    buffer_init(&body);
    open311_start(&writer, open311_format_of(post->request), &body);
    open311_open_list(&writer, "service_requests");
    open311_open_item(&writer, "request");
    open311_text(&writer, "service_request_id", submission->ticket);
    open311_text(&writer, "service_notice",
                 arena_format(post->filing.arena, "Sẽ được tiếp nhận trước %s (%s).",
                              clock_format(submission->receive_by, receive_by),
                              submission->receive_rule.source));
    open311_text(&writer, "account_id", NULL);
    open311_close_item(&writer);
    open311_close_list(&writer);
    open311_answer(post->request, 200, &body);
    buffer_finish(&body);
}
