/* SPDX-License-Identifier: Apache-2.0 */
/* Routing rules are changed: POST /api/routing/rules/routes and …/{code}/end.
 *
 * If-Match names the newest version that the caller saw, "0" for a new rule. A repeated command is
 * known by what it asks for, and answered as before. */

#include "common/clock.h"
#include "common/json.h"
#include "services/routing/http_routing.h"
#include "services/routing/route_json.h"
#include "services/routing/store_author.h"
#include "services/routing/store_route.h"

struct rule_change {
    struct http_request *request;
    struct routing *routing;
    struct route_change change;
    bool ends; /* the newest version; otherwise there is a new one */
};

/* Steps, in running order. */
static void change_decode(struct rule_change *c);
static void change_check(struct rule_change *c);
static void change_store(struct rule_change *c);
static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void change_answer(struct rule_change *c);
static void change_refuse(struct rule_change *c, int32_t newest);

static void start(struct http_request *request, struct routing *routing, bool ends)
{
    struct rule_change *c = arena_alloc(http_arena(request), sizeof *c);
    c->request = request;
    c->routing = routing;
    c->ends = ends;
    if (http_has_reference(request, routing) && http_needs_city(request)) {
        change_decode(c);
    }
}

void http_add_route_rule(struct http_request *request, void *state)
{
    start(request, state, false);
}

void http_end_route_rule(struct http_request *request, void *state)
{
    start(request, state, true);
}

static void take_version(struct rule_change *c, struct error *err)
{
    int64_t seen = http_if_match(c->request);
    if (seen >= INT32_MAX) {
        error_add_field(err, "If-Match", "out_of_range", "no rule has so many versions");
    }
    c->change.rule.rule.version = (int32_t)(c->ends ? seen : seen + 1);
}

static void change_decode(struct rule_change *c)
{
    struct arena *arena = http_arena(c->request);
    struct error err = {0};
    size_t size;
    const char *body = http_body(c->request, &size);
    bool read = c->ends ? route_change_json_read_end(&c->change, body, size, arena, &err)
                        : route_change_json_read_new(&c->change, body, size, arena, &err);
    if (c->ends) {
        c->change.rule.rule.code = http_param(c->request, "code");
    }
    take_version(c, &err);
    if (!read || error_is_set(&err)) {
        http_answer_error(c->request, &err);
        return;
    }
    change_check(c);
}

static void change_check(struct rule_change *c)
{
    const struct reference *reference = c->routing->reference;
    struct error err = {0};
    bool good = c->ends ? route_change_check_end(&c->change, reference, clock_now_us(), &err)
                        : route_change_check_new(&c->change, reference, clock_now_us(), &err);
    if (!good) {
        http_answer_error(c->request, &err);
        return;
    }
    change_store(c);
}

static void change_store(struct rule_change *c)
{
    struct change_author author = {.account = http_principal(c->request)->id,
                                   .role = actor_words[ROLE_ADMINISTRATOR],
                                   .reason = c->change.reason};
    struct pg_tx *tx = pg_tx_new(c->routing->parts->pg);
    store_author_tell(tx, &author);
    if (c->ends) {
        store_route_end(tx, &c->change);
    } else {
        store_route_add(tx, &c->change);
    }
    pg_tx_send(tx, on_stored, c);
}

static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct rule_change *c = arg;
    struct error err = {0};
    int32_t newest;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(c->request, &err);
    } else if (store_route_result(tx, 1, &newest) == ROUTE_NOT_STORED) {
        change_refuse(c, newest);
    } else {
        change_answer(c);
    }
}

static void change_answer(struct rule_change *c)
{
    const struct route_change *change = &c->change;
    struct buffer body;
    struct json_writer writer;
    http_answer_version(c->request, change->rule.rule.version);
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    if (c->ends) {
        route_end_json_put(&writer, change);
    } else {
        route_rule_json_put(&writer, &change->rule);
    }
    json_close_object(&writer);
    http_answer(c->request, c->ends ? 200 : 201, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* What can be wrong with an end of the newest version is its day. */
static bool why_not(const struct rule_change *c, int32_t newest, struct error *err)
{
    if (c->ends && newest == 0) {
        return error_set(err, ERR_NOT_FOUND, "rule_not_found", "there is no such rule");
    }
    if (c->ends && newest == c->change.rule.rule.version) {
        return error_set(err, ERR_UNPROCESSABLE, "not_in_force",
                         "the version has ended before that day, or begins after it");
    }
    return error_set(err, ERR_CONFLICT, "stale_version",
                     "the rule has changed; it is at version %d now", newest);
}

static void change_refuse(struct rule_change *c, int32_t newest)
{
    struct error err = {0};
    struct buffer body;
    struct json_writer writer;
    why_not(c, newest, &err);
    if (err.kind != ERR_CONFLICT) {
        http_answer_error(c->request, &err);
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "type", "about:blank");
    json_put_text(&writer, "title", "Conflict");
    json_put_int(&writer, "status", http_status(err.kind));
    json_put_text(&writer, "detail", err.text);
    json_put_text(&writer, "code", err.code);
    json_open_object(&writer, "current");
    json_put_int(&writer, "version", newest);
    json_close_object(&writer);
    json_put_text_size(&writer, "trace", trace_id(http_trace(c->request)), 32);
    json_close_object(&writer);
    http_answer(c->request, http_status(err.kind), "application/problem+json", body.data,
                body.size);
    buffer_finish(&body);
}
