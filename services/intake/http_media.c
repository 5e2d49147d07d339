/* SPDX-License-Identifier: Apache-2.0 */
#include "http_media.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/words.h"
#include "city_unit.h"
#include "http_submissions.h"
#include "intake.h"
#include "media_check.h"
#include "media_reference.h"
#include "store_media.h"

enum { US_PER_S = 1000000 };

static const char unknown[] = "there is no such file";

/* Who may read a submission's words may see its files: see http_submission_reads.c, and of
 * officials those in whose unit's hands its case is. */
static struct media_viewer viewer_of(struct http_request *request)
{
    const struct principal *principal = http_principal(request);
    bool official = principal_may(principal, "officer focal_point supervisor");
    bool person = principal->kind == PRINCIPAL_PERSON;
    return (struct media_viewer){
        .uploader = media_uploader(principal, http_arena(request)),
        .sees_all =
            submission_reads_any(principal) || (official && city_unit_sees_all(principal->unit)),
        .account = person ? principal->id : NULL,
        .unit = official ? principal->unit : NULL,
    };
}

static void answer_media(struct http_request *request, const struct intake *intake, int status,
                         const struct media_row *row)
{
    struct arena *arena = http_arena(request);
    struct media_linker linker = intake_media_linker(intake, arena);
    struct json_writer json;
    struct buffer body;

    buffer_init(&body);
    json_write_start(&json, &body);
    json_open_object(&json, NULL);
    json_put_uuid(&json, "id", &row->id);
    json_put_text(&json, "reference", media_reference(&row->id, arena));
    json_put_text(&json, "type", media_type_name(row->type));
    if (row->width > 0) {
        json_put_int(&json, "width", row->width);
        json_put_int(&json, "height", row->height);
    }
    json_put_int(&json, "bytes", row->bytes);
    media_reference_write_links(&json, &row->id, &linker);
    json_close_object(&json);
    http_answer(request, status, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- uploading ---- */

struct upload {
    struct pressing pressing; /* first: the press gives it back */
    struct media_put put;
    struct http_request *request;
    struct intake *intake;
    struct media_row row;
};

/* Steps, in running order. The row comes first: see sql/0005_media.sql. */
static void upload_check(struct upload *upload);
static void upload_claim(struct upload *upload);
static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg); /* known: answer */
static void upload_press(struct upload *upload);
static void on_pressed(struct pressing *pressing, const struct error *err);
static void upload_store(struct upload *upload);
static void on_put(struct media_put *put, const struct error *err);
static void upload_finish(struct upload *upload);
static void on_finished(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void upload_answer(struct upload *upload, const struct error *err); /* the only way out */

void http_post_media(struct http_request *request, void *state)
{
    struct upload *upload = arena_alloc(http_arena(request), sizeof *upload);
    upload->request = request;
    upload->intake = state;
    upload->pressing.input = http_body(request, &upload->pressing.input_size);
    buffer_init(&upload->pressing.output);
    upload_check(upload);
}

static void upload_check(struct upload *upload)
{
    struct http_request *request = upload->request;
    const struct principal *principal = http_principal(request);
    struct error err = {0};
    if (principal->kind != PRINCIPAL_PERSON && !principal_has(principal, "scope:report:write")) {
        error_set(&err, ERR_FORBIDDEN, "forbidden", "the key lacks the scope report:write");
    } else {
        media_type_check(upload->pressing.input, upload->pressing.input_size,
                         http_header(request, "Content-Type"), &err);
    }
    if (error_is_set(&err)) {
        upload_answer(upload, &err);
        return;
    }
    upload->row.uploader = media_uploader(principal, http_arena(request));
    upload->row.id = media_name(&upload->intake->media_keys, upload->row.uploader,
                                upload->pressing.input, upload->pressing.input_size);
    upload_claim(upload);
}

static void upload_claim(struct upload *upload)
{
    struct pg_tx *tx = pg_tx_new(upload->intake->parts->pg);
    store_claim_media(tx, &upload->row.id, upload->row.uploader, clock_now_us());
    pg_tx_send(tx, on_claimed, upload);
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct upload *upload = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        upload_answer(upload, &err);
        return;
    }
    store_take_media(tx, &upload->row, http_arena(upload->request));
    if (store_media_is_going(tx)) {
        error_set(&err, ERR_RETRY, "swept", "the file is being removed; send it again");
        upload_answer(upload, &err);
    } else if (upload->row.type != MEDIA_UNKNOWN) {
        upload_answer(upload, NULL);
    } else {
        upload_press(upload);
    }
}

static void upload_press(struct upload *upload)
{
    struct error err = {0};
    upload->pressing.form =
        media_type_form(media_type_sniff(upload->pressing.input, upload->pressing.input_size));
    upload->pressing.on_pressed = on_pressed;
    if (!media_press_start(upload->intake->media_press, &upload->pressing, &err)) {
        upload_answer(upload, &err);
    }
}

static void on_pressed(struct pressing *pressing, const struct error *err)
{
    struct upload *upload = (struct upload *)pressing;
    if (err != NULL) {
        upload_answer(upload, err);
        return;
    }
    upload->row.type = pressing->type;
    upload->row.width = (int32_t)pressing->width;
    upload->row.height = (int32_t)pressing->height;
    upload->row.bytes = (int32_t)pressing->parts[MEDIA_FULL].size;
    upload_store(upload);
}

static void upload_store(struct upload *upload)
{
    upload->put.id = upload->row.id;
    upload->put.on_put = on_put;
    for (size_t i = 0; i < MEDIA_VARIANTS; i++) {
        upload->put.parts[i].bytes = upload->pressing.parts[i].bytes;
        upload->put.parts[i].size = upload->pressing.parts[i].size;
    }
    media_store_put(upload->intake->media_store, &upload->put);
}

static void on_put(struct media_put *put, const struct error *err)
{
    struct upload *upload = (struct upload *)((char *)put - offsetof(struct upload, put));
    if (err != NULL) {
        upload_answer(upload, err);
        return;
    }
    upload_finish(upload);
}

static void upload_finish(struct upload *upload)
{
    struct pg_tx *tx = pg_tx_new(upload->intake->parts->pg);
    store_finish_media(tx, &upload->row);
    pg_tx_send(tx, on_finished, upload);
}

static void on_finished(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct upload *upload = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else if (!store_take_media(tx, &upload->row, http_arena(upload->request))) {
        error_set(&err, ERR_RETRY, "swept", "the file was removed meanwhile; send it again");
    }
    upload_answer(upload, error_is_set(&err) ? &err : NULL);
}

static void upload_answer(struct upload *upload, const struct error *err)
{
    buffer_finish(&upload->pressing.output);
    if (err != NULL) {
        http_answer_error(upload->request, err);
    } else {
        answer_media(upload->request, upload->intake, 201, &upload->row);
    }
}

/* ---- links for who may see it ---- */

struct links {
    struct http_request *request;
    struct intake *intake;
};

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct links *links = arg;
    struct http_request *request = links->request;
    struct media_row row;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else if (!store_take_media(tx, &row, http_arena(request))) {
        error_set(&err, ERR_NOT_FOUND, "unknown_media", unknown);
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
    } else {
        answer_media(request, links->intake, 200, &row);
    }
}

void http_get_media_links(struct http_request *request, void *state)
{
    struct links *links = arena_alloc(http_arena(request), sizeof *links);
    struct error err = {0};
    struct uuid id;
    *links = (struct links){request, state};
    if (!http_param_uuid(request, "id", &id, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(links->intake->parts->pg);
    struct media_viewer viewer = viewer_of(request);
    store_read_media(tx, &id, &viewer);
    pg_tx_send(tx, on_read, links);
}

/* ---- reading by link ---- */

struct reading {
    struct media_get get; /* first: the store gives it back */
    struct http_request *request;
    struct media_store *store;
    int64_t left_s; /* of the link's life */
};

/* Names the bytes: a file that was swept and uploaded again may have been made anew otherwise. */
static const char *etag_of(const struct media_get *get, struct arena *arena)
{
    char id[UUID_TEXT_SIZE];
    return arena_format(arena, "\"%s-%s-%" PRIx64 "\"", uuid_format(&get->id, id),
                        media_variant_words[get->variant], get->written_us);
}

static void on_over(void *arg)
{
    struct reading *reading = arg;
    media_store_release(reading->store, &reading->get);
}

static void on_open(struct media_get *get, const struct error *err)
{
    struct reading *reading = (struct reading *)get;
    struct http_request *request = reading->request;
    struct arena *arena = http_arena(request);
    if (err != NULL) {
        http_answer_error(request, err);
        return;
    }
    http_when_over(request, on_over, reading);
    http_answer_header(request, "Cache-Control",
                       arena_format(arena, "private, max-age=%d", (int)reading->left_s));
    http_answer_header(request, "Content-Security-Policy",
                       "default-src 'none'; media-src 'self'; sandbox");
    http_answer_header(request, "Cross-Origin-Resource-Policy", "cross-origin");
    if (get->type == MEDIA_PDF) { /* readers of PDF are no place for strangers' papers either */
        char id[UUID_TEXT_SIZE];
        http_answer_header(
            request, "Content-Disposition",
            arena_format(arena, "attachment; filename=\"%s.pdf\"", uuid_format(&get->id, id)));
    }
    struct http_file file = {.fd = get->fd,
                             .size = get->size,
                             .content_type = media_type_name(get->type),
                             .etag = etag_of(get, arena)};
    http_answer_file(request, &file);
}

static bool read_link(struct reading *reading, const struct intake *intake, struct error *err)
{
    struct http_request *request = reading->request;
    const char *variant = http_query(request, "variant");
    const char *signature = http_query(request, "signature");
    int64_t expires_s = http_query_int(request, "expires", 0, INT64_MAX / US_PER_S, 0, err);
    int64_t now_s = clock_now_us() / US_PER_S;
    int word = variant != NULL ? word_index(media_variant_words, variant) : MEDIA_FULL;
    if (word == MEDIA_VARIANTS) {
        error_add_field(err, "variant", "not_allowed", "must be full or small");
    }
    if (!http_param_uuid(request, "id", &reading->get.id, err) || error_is_set(err)) {
        return false;
    }
    reading->get.variant = (enum media_variant)word;
    reading->left_s = expires_s - now_s;
    return media_link_check(&intake->media_keys, &reading->get.id, reading->get.variant, expires_s,
                            signature != NULL ? signature : "", now_s, err);
}

void http_get_media(struct http_request *request, void *state)
{
    struct intake *intake = state;
    struct reading *reading = arena_alloc(http_arena(request), sizeof *reading);
    struct error err = {0};
    reading->request = request;
    reading->store = intake->media_store;
    reading->get.on_open = on_open;
    if (!read_link(reading, intake, &err)) {
        http_answer_error(request, &err);
        return;
    }
    media_store_get(intake->media_store, &reading->get);
}
