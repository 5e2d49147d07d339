/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/clock.h"
#include "services/routing/case_engine.h"
#include "services/routing/http_routing.h"
#include "services/routing/opening_json.h"
#include "services/routing/opening_write.h"
#include "services/routing/store_desk.h"

#define SPLIT "split"

struct split_call {
    struct http_request *request;
    struct routing *routing;
    struct split_request wanted;
    uint8_t fingerprint[DIGEST_SIZE]; /* of the body */
    struct case_read read;            /* the parent */
    struct case_command command;
    struct opening_request part;
    struct case_snapshot after; /* the parent, without what was split off */
    char ticket[TICKET_SIZE];
    struct opening_write write;
};

/* Steps, in running order. A split that came too late is read and decided once more: it is stale
 * then, or what the caller had asked for before. */
static void split_read(struct split_call *s);
static void on_read(struct case_read *read, const struct error *err);
static void split_look(struct split_call *s);
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void split_decide(struct split_call *s, const struct pg_tx *tx);
static void on_written(struct opening_write *write, enum opening_end end, const struct error *err);

void http_split_case(struct http_request *request, void *state)
{
    struct split_call *s = arena_alloc(http_arena(request), sizeof *s);
    struct error err = {0};
    size_t size;
    const char *body = http_body(request, &size);
    s->request = request;
    s->routing = state;
    if (!http_has_reference(request, state) || !http_read_id(request, &s->read.id)) {
        return;
    }
    if (!split_json_read(&s->wanted, body, size, http_arena(request), &err)) {
        http_answer_error(request, &err);
        return;
    }
    digest_sha256(body, size, s->fingerprint);
    split_read(s);
}

static void split_read(struct split_call *s)
{
    struct error err = {0};
    s->read.arena = http_arena(s->request);
    s->read.on_read = on_read;
    s->read.arg = s;
    if (!case_reader_submit(s->routing->reader, &s->read, &err)) {
        http_answer_error(s->request, &err);
    }
}

static void fill_command(struct split_call *s)
{
    const struct split_request *wanted = &s->wanted;
    s->command = (struct case_command){
        .action = SPLIT,
        .expected_version = http_if_match(s->request),
        .level = -1,
        .category = wanted->category,
        .unit = wanted->unit,
        .reason_text = wanted->reason,
        .given = PROCESS_BIT(FIELD_CATEGORY) | PROCESS_BIT(FIELD_REASON_TEXT) |
                 (wanted->unit != NULL ? PROCESS_BIT(FIELD_UNIT) : 0),
    };
    http_fill_actor(http_principal(s->request), s->routing, &s->read.snapshot, &s->command);
}

static void on_read(struct case_read *read, const struct error *err)
{
    struct split_call *s = read->arg;
    if (err != NULL) {
        http_answer_error(s->request, err);
    } else if (!read->found ||
               http_view_of(http_principal(s->request), s->routing, &read->snapshot) == VIEW_NONE) {
        http_answer_no_case(s->request);
    } else {
        fill_command(s);
        split_look(s);
    }
}

/* ---- what the decision goes by ---- */

enum { NUMBER_STATEMENT, REPORT_STATEMENT, REPEAT_STATEMENT };

static void split_look(struct split_call *s)
{
    struct pg_tx *tx = pg_tx_new(s->routing->parts->pg);
    store_number_next(tx);
    store_report_read(tx, &s->read.id);
    store_split_read(tx, &s->read.id, s->read.snapshot.version);
    pg_tx_send(tx, on_looked, s);
}

/* The caller's own split, whose answer was lost: it is what made the present version. */
static bool is_repeat(const struct split_call *s, const struct pg_tx *tx)
{
    const struct case_snapshot *now = &s->read.snapshot;
    size_t size;
    if (now->version != s->command.expected_version + 1 || pg_rows(tx, REPEAT_STATEMENT) == 0 ||
        now->actor_ref == NULL || strcmp(now->actor_ref, s->command.actor_ref) != 0) {
        return false;
    }
    const void *fingerprint = pg_value_bytes(tx, REPEAT_STATEMENT, 0, 0, &size);
    return size == DIGEST_SIZE && memcmp(fingerprint, s->fingerprint, DIGEST_SIZE) == 0;
}

static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct split_call *s = arg;
    struct error err = {0};
    if (!pg_tx_error(tx, outcome, &err)) {
        http_answer_error(s->request, &err);
    } else if (is_repeat(s, tx)) {
        const char *json = pg_value_text(tx, REPEAT_STATEMENT, 0, 1);
        http_answer_new_case(s->request, s->routing, json, strlen(json));
    } else {
        split_decide(s, tx);
    }
}

/* ---- the decision ---- */

static bool read_report(struct split_call *s, const struct pg_tx *tx, struct error *err)
{
    const char *text =
        pg_rows(tx, REPORT_STATEMENT) > 0 ? pg_value_text(tx, REPORT_STATEMENT, 0, 0) : NULL;
    s->part = (struct opening_request){.category = s->wanted.category,
                                       .level = s->wanted.level,
                                       .unit = s->wanted.unit,
                                       .language = s->read.snapshot.language,
                                       .note = s->wanted.note};
    if (text == NULL || !opening_json_read_report(&s->part.report, text, strlen(text),
                                                  http_arena(s->request), err)) {
        error_clear(err);
        return error_set(err, ERR_FATAL, "report_unreadable",
                         "the report of the case is not there");
    }
    if (s->wanted.description != NULL) {
        s->part.report.description = s->wanted.description;
    }
    return true;
}

/* The parent tells what came out of it, and the part where it came from. */
static void set_notes(struct split_call *s)
{
    struct arena *arena = http_arena(s->request);
    const char *note = s->wanted.note != NULL ? s->wanted.note : "";
    const char *colon = s->wanted.note != NULL ? ": " : "";
    s->command.note = arena_format(arena, "%s%s%s", s->ticket, colon, note);
    s->part.note = arena_format(arena, "%s%s%s", s->read.snapshot.ticket, colon, note);
}

static bool decide_both(struct split_call *s, struct error *err)
{
    const struct reference *reference = s->routing->reference;
    int64_t now_us = clock_now_us();
    if (!case_decide(&s->read.snapshot, &s->command, &reference->cases, now_us, &s->after, err)) {
        return false;
    }
    struct opening_context context = {.actor_role = s->after.actor_role,
                                      .actor_ref = s->command.actor_ref,
                                      .id = uuid_new(),
                                      .ticket = s->ticket,
                                      .parent = &s->after,
                                      .now_us = now_us,
                                      .arena = http_arena(s->request)};
    return opening_decide(reference, s->after.process, &s->part, &context, &s->write.opened, err);
}

static void split_decide(struct split_call *s, const struct pg_tx *tx)
{
    struct error err = {0};
    opening_ticket(store_number(tx, NUMBER_STATEMENT), s->routing->reference->cases.calendar,
                   clock_now_us(), s->ticket);
    s->write = (struct opening_write){.parent = &s->after,
                                      .fingerprint = s->fingerprint,
                                      .traceparent = http_trace(s->request)->parent,
                                      .on_written = on_written,
                                      .arg = s};
    if (!read_report(s, tx, &err)) {
        http_answer_error(s->request, &err);
        return;
    }
    set_notes(s);
    if (!decide_both(s, &err)) {
        http_refuse_command(s->request, &s->read.snapshot, &s->command, &err);
        return;
    }
    s->write.report = s->part.report;
    opening_write_send(&s->write, s->routing);
}

static void on_written(struct opening_write *write, enum opening_end end, const struct error *err)
{
    struct split_call *s = write->arg;
    if (end == OPENING_DONE) {
        http_answer_new_case(s->request, s->routing, write->told.json.data, write->told.json.size);
    } else if (end == OPENING_FAILED) {
        http_answer_error(s->request, err);
    } else {
        split_read(s);
    }
}
