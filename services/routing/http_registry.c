/* SPDX-License-Identifier: Apache-2.0 */
/* Units and their people are changed: POST /api/routing/units and below. */
#include <string.h>

#include "common/digest.h"
#include "common/json.h"
#include "services/routing/http_routing.h"
#include "services/routing/registry_json.h"
#include "services/routing/store_registry.h"
#include "services/routing/unit_record_json.h"

enum { TRIES_MAX = 3 };

struct change {
    struct http_request *request;
    struct routing *routing;
    struct registry_command command;
    uint8_t asked[DIGEST_SIZE]; /* of path and body */
    bool has_key;
    struct uuid idempotency; /* of who and key */
    struct unit_record before, after;
    struct registry_view view;
    int tries;
};

/* Steps, in running order. A change that came too late is read and decided once more: it is stale
 * then, or what the caller had asked for before. */
static void change_decode(struct change *c);
static void change_read(struct change *c);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void change_decide(struct change *c);
static void change_store(struct change *c);
static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void change_answer(struct change *c, const struct unit_record *record);
static void change_refuse(struct change *c, const struct error *err);

static void change(struct http_request *request, void *state, enum registry_action action)
{
    struct change *c = arena_alloc(http_arena(request), sizeof *c);
    c->request = request;
    c->routing = state;
    c->command.action = action;
    if (http_has_reference(request, state)) {
        change_decode(c);
    }
}

/* ---- decode ---- */

static void take_key(struct change *c)
{
    uint8_t digest[DIGEST_SIZE];
    const struct principal *principal = http_principal(c->request);
    const char *key = http_idempotency_key(c->request);
    c->has_key = key != NULL;
    if (c->has_key) {
        const char *name = arena_format(http_arena(c->request), "%s %s unit\n%s",
                                        principal->kind == PRINCIPAL_PERSON ? "person" : "key",
                                        principal->id, key);
        digest_sha256(name, strlen(name), digest);
        memcpy(c->idempotency.bytes, digest, sizeof c->idempotency.bytes);
    }
}

static void take_digest(struct change *c, const char *body, size_t size)
{
    const char *path = http_path(c->request);
    struct buffer asked;
    buffer_init(&asked);
    buffer_put_text(&asked, path);
    buffer_put_char(&asked, '\n');
    buffer_put(&asked, body, size);
    digest_sha256(asked.data, asked.size, c->asked);
    buffer_finish(&asked);
}

static void change_decode(struct change *c)
{
    struct error err = {0};
    size_t size;
    const char *body = http_body(c->request, &size);
    if (c->command.action != REGISTRY_CREATE) {
        c->command.code = http_param(c->request, "code");
        c->command.expected_version = http_if_match(c->request);
    }
    if (!registry_json_read(&c->command, body, size, http_arena(c->request), &err)) {
        change_refuse(c, &err);
        return;
    }
    take_key(c);
    take_digest(c, body, size);
    change_read(c);
}

/* ---- read ---- */

static void change_read(struct change *c)
{
    struct pg_tx *tx = pg_tx_new(c->routing->parts->pg);
    c->tries++;
    pg_tx_set_read_only(tx);
    store_unit_read(tx, c->command.code);
    if (c->has_key) {
        store_creation_read(tx, &c->idempotency);
    }
    pg_tx_send(tx, on_read, c);
}

static void answer_created(struct change *c, const char *code, int32_t version)
{
    struct buffer body;
    buffer_init(&body);
    unit_record_json_write_receipt(&body, code, version);
    http_answer_version(c->request, version);
    http_answer_header(c->request, "Location",
                       arena_format(http_arena(c->request), "/api/routing/units/%s", code));
    http_answer(c->request, 201, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* The same as was answered to the key before. */
static void answer_again(struct change *c, const struct pg_tx *tx, size_t statement)
{
    struct error err = {0};
    size_t size;
    const void *asked = pg_value_bytes(tx, statement, 0, 0, &size);
    if (size != DIGEST_SIZE || memcmp(asked, c->asked, size) != 0) {
        error_set(&err, ERR_UNPROCESSABLE, "idempotency_key_reused",
                  "the Idempotency-Key was used for another request");
        http_answer_error(c->request, &err);
        return;
    }
    answer_created(c, pg_value_text(tx, statement, 0, 1), pg_value_int4(tx, statement, 0, 2));
}

static void make_view(struct change *c)
{
    const struct reference *reference = c->routing->reference;
    const char **fields =
        arena_array(http_arena(c->request), reference->category_count, sizeof *fields);
    for (size_t i = 0; i < reference->category_count; i++) {
        fields[i] = reference->categories[i].code; /* for this turn of the loop */
    }
    c->view.fields = fields;
    c->view.field_count = reference->category_count;
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct change *c = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        change_refuse(c, &err);
        return;
    }
    if (c->has_key && pg_rows(tx, STORE_UNIT_STATEMENTS) > 0) {
        answer_again(c, tx, STORE_UNIT_STATEMENTS);
        return;
    }
    store_unit_make(tx, 0, c->command.code, http_arena(c->request), &c->before, &c->view.units);
    make_view(c);
    change_decide(c);
}

/* ---- decide ---- */

/* A unit that has not begun has no place among those of today: its parent tells. */
static bool is_in_scope(const struct change *c)
{
    const struct principal *principal = http_principal(c->request);
    const struct unit_period *present = unit_record_present(&c->before, c->view.units.today);
    return http_is_in_scope(principal, c->routing, c->command.code) ||
           (present != NULL && present->parent != NULL &&
            http_is_in_scope(principal, c->routing, present->parent));
}

static void check_named(const struct change *c, const char *field, const char *code,
                        struct error *err)
{
    if (code != NULL && !http_is_in_scope(http_principal(c->request), c->routing, code)) {
        error_add_field(err, field, "unknown_unit", "no unit of your scope");
    }
}

static bool check_scope(const struct change *c, struct error *err)
{
    if (c->command.action != REGISTRY_CREATE && !is_in_scope(c)) {
        return error_set(err, ERR_NOT_FOUND, "unit_not_found",
                         "there is no such unit in your scope");
    }
    check_named(c, "parent", c->command.parent, err);
    check_named(c, "into", c->command.into, err);
    for (size_t i = 0; i < c->command.also_count; i++) {
        check_named(c, "also", c->command.also[i], err);
    }
    return !error_is_set(err);
}

/* The role under which the caller acts, strongest first. */
static const char *role_of(const struct principal *principal)
{
    static const char *const roles[] = {"administrator", "supervisor"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (principal_has(principal, roles[i])) {
            return roles[i];
        }
    }
    return "focal_point";
}

/* Who leads nobody tells of their own absences only. */
static bool check_person(const struct change *c, struct error *err)
{
    const struct principal *principal = http_principal(c->request);
    return strcmp(role_of(principal), "focal_point") != 0 ||
           strcmp(c->command.account, principal->id) == 0 ||
           error_set(err, ERR_FORBIDDEN, "forbidden", "only your own absences");
}

static void change_decide(struct change *c)
{
    const char *actor = http_principal(c->request)->id;
    struct error err = {0};
    if (!check_scope(c, &err) || !check_person(c, &err)) {
        change_refuse(c, &err);
        return;
    }
    if (c->command.action != REGISTRY_CREATE &&
        registry_is_repeat(&c->before, c->command.expected_version, actor, c->asked)) {
        change_answer(c, &c->before);
        return;
    }
    if (!registry_decide(&c->before, &c->command, &c->view, http_arena(c->request), &c->after,
                         &err)) {
        change_refuse(c, &err);
        return;
    }
    change_store(c);
}

/* ---- store ---- */

static void change_store(struct change *c)
{
    const struct principal *principal = http_principal(c->request);
    struct store_author author = {principal->id, role_of(principal), c->command.reason};
    struct pg_tx *tx = pg_tx_new(c->routing->parts->pg);
    c->after.changed_by = principal->id;
    memcpy(c->after.request, c->asked, DIGEST_SIZE);
    store_unit_write(tx, &c->after, &author);
    if (c->has_key) {
        store_creation_write(tx, &c->idempotency, &c->after);
    }
    pg_tx_send(tx, on_stored, c);
}

static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct change *c = arg;
    struct error err = {0};
    if (outcome == PG_REFUSED && store_unit_is_stale(tx) && c->tries < TRIES_MAX) {
        change_read(c);
    } else if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        change_refuse(c, &err);
    } else if (c->command.action == REGISTRY_CREATE) {
        answer_created(c, c->after.code, c->after.version);
    } else {
        change_answer(c, &c->after);
    }
}

/* ---- answer ---- */

/* As it was read, or as it is once the change is in. */
static void change_answer(struct change *c, const struct unit_record *record)
{
    struct buffer body;
    http_answer_version(c->request, record->version);
    if (record->period_count == 0) { /* it had not begun */
        http_answer(c->request, 204, NULL, NULL, 0);
        return;
    }
    buffer_init(&body);
    unit_record_json_write(&body, record, &c->view.units, true);
    http_answer(c->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* A stale command is told the present version. */
static void change_refuse(struct change *c, const struct error *err)
{
    struct buffer body;
    struct json_writer writer;
    if (err->kind != ERR_CONFLICT || c->before.version == 0) {
        http_answer_error(c->request, err);
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "type", "about:blank");
    json_put_text(&writer, "title", "Conflict");
    json_put_int(&writer, "status", http_status(err->kind));
    json_put_text(&writer, "detail", err->text);
    json_put_text(&writer, "code", err->code);
    json_open_object(&writer, "current");
    json_put_int(&writer, "version", c->before.version);
    json_close_object(&writer);
    json_put_text_size(&writer, "trace", trace_id(http_trace(c->request)), 32);
    json_close_object(&writer);
    http_answer(c->request, http_status(err->kind), "application/problem+json", body.data,
                body.size);
    buffer_finish(&body);
}

/* ---- the handlers ---- */

void http_create_unit(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_CREATE);
}

void http_alter_unit(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_ALTER);
}

void http_end_unit(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_END);
}

void http_merge_unit(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_MERGE);
}

void http_name_head(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_NAME_HEAD);
}

void http_end_head(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_END_HEAD);
}

void http_assign_focal_point(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_ASSIGN);
}

void http_end_focal_point(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_END_ASSIGNMENT);
}

void http_tell_absence(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_ABSENCE);
}

void http_end_absence(struct http_request *request, void *state)
{
    change(request, state, REGISTRY_END_ABSENCE);
}
