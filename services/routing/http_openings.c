/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/clock.h"
#include "services/routing/case_slot.h"
#include "services/routing/http_routing.h"
#include "services/routing/opening_json.h"
#include "services/routing/opening_write.h"
#include "services/routing/store_reception.h"

enum { TRIES_MAX = 5 };

struct opening_call {
    struct http_request *request;
    struct routing *routing;
    struct opening_request wanted;
    const struct process *process;
    bool has_key, has_slot;
    struct opening_key key;
    struct uuid slot_id;
    struct reception_slot slot;
    char ticket[TICKET_SIZE];
    int tries;
    struct opening_write write;
};

/* Steps, in running order. Who is outrun looks again: at whose key it was, at what is left. */
static void open_decode(struct opening_call *o);
static void open_look(struct opening_call *o);
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void open_decide(struct opening_call *o, const struct pg_tx *tx);
static void on_written(struct opening_write *write, enum opening_end end, const struct error *err);

void http_open_case(struct http_request *request, void *state)
{
    struct opening_call *o = arena_alloc(http_arena(request), sizeof *o);
    o->request = request;
    o->routing = state;
    if (http_has_reference(request, state)) {
        open_decode(o);
    }
}

/* Officials name units of their scope; of others they hear no more than that there is none. */
static bool check_scope(const struct opening_call *o, struct error *err)
{
    const char *unit = o->wanted.unit;
    const struct principal *principal = http_principal(o->request);
    return unit == NULL || (http_roles(principal) & ~ACTOR_BIT(ROLE_CITIZEN)) == 0 ||
           http_is_in_scope(principal, o->routing, unit) ||
           error_add_field(err, "unit", "unknown_unit", "not the code of a unit in your scope");
}

static void open_decode(struct opening_call *o)
{
    struct error err = {0};
    size_t size;
    const char *body = http_body(o->request, &size);
    int64_t now_us = clock_now_us();
    if (opening_json_read(&o->wanted, &o->routing->processes, now_us, body, size,
                          http_arena(o->request), &err)) {
        o->process = opening_process(o->routing->reference, o->wanted.process,
                                     http_roles(http_principal(o->request)), now_us, &err);
    }
    if (o->process == NULL || !check_scope(o, &err)) {
        http_answer_error(o->request, &err);
        return;
    }
    o->has_key = http_read_key(o->request, "cases", &o->key);
    o->has_slot = case_slot_id(o->process, o->wanted.details, o->wanted.detail_count, &o->slot_id);
    open_look(o);
}

/* ---- what the decision goes by ---- */

enum { NUMBER_STATEMENT, KEY_STATEMENT };

static size_t slot_statement(const struct opening_call *o)
{
    return o->has_key ? KEY_STATEMENT + 1 : KEY_STATEMENT;
}

static void open_look(struct opening_call *o)
{
    struct pg_tx *tx = pg_tx_new(o->routing->parts->pg);
    store_number_next(tx);
    if (o->has_key) {
        store_keyed_case_read(tx, &o->key);
    }
    if (o->has_slot) {
        store_slot_read(tx, &o->slot_id,
                        opening_reporter(&o->wanted, http_principal(o->request)->id));
    }
    pg_tx_send(tx, on_looked, o);
}

static void answer_again(struct opening_call *o, const struct pg_tx *tx)
{
    struct error err = {0};
    if (!store_key_is_same(tx, KEY_STATEMENT, &o->key)) {
        error_set(&err, ERR_UNPROCESSABLE, "idempotency_key_reused",
                  "the Idempotency-Key was used with another body");
        http_answer_error(o->request, &err);
        return;
    }
    const char *json = pg_value_text(tx, KEY_STATEMENT, 0, 1);
    http_answer_new_case(o->request, o->routing, json, strlen(json));
}

static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct opening_call *o = arg;
    struct error err = {0};
    if (!pg_tx_error(tx, outcome, &err)) {
        http_answer_error(o->request, &err);
    } else if (o->has_key && pg_rows(tx, KEY_STATEMENT) > 0) {
        answer_again(o, tx);
    } else {
        open_decide(o, tx);
    }
}

/* ---- the decision ---- */

static struct opening_context context_of(struct opening_call *o, const struct pg_tx *tx)
{
    const struct principal *principal = http_principal(o->request);
    struct arena *arena = http_arena(o->request);
    int64_t now_us = clock_now_us();
    size_t slot = slot_statement(o);
    bool found = o->has_slot && pg_rows(tx, slot) > 0;
    if (found) {
        store_slot_row(tx, slot, 0, arena, &o->slot);
    }
    return (struct opening_context){
        .actor_role =
            actor_role(http_roles(principal) & o->process->opened_by, o->process->opened_by),
        .actor_ref = principal->id,
        .id = uuid_new(),
        .ticket = opening_ticket(store_number(tx, NUMBER_STATEMENT),
                                 o->routing->reference->cases.calendar, now_us, o->ticket),
        .slot = found ? &o->slot : NULL,
        .has_place_in_slot = found && store_slot_is_booked_by(tx, slot),
        .now_us = now_us,
        .arena = arena,
    };
}

static void open_decide(struct opening_call *o, const struct pg_tx *tx)
{
    struct opening_context context = context_of(o, tx);
    struct error err = {0};
    o->write = (struct opening_write){.report = o->wanted.report,
                                      .key = o->has_key ? &o->key : NULL,
                                      .slot = context.slot,
                                      .traceparent = http_trace(o->request)->parent,
                                      .on_written = on_written,
                                      .arg = o};
    if (!opening_decide(o->routing->reference, o->process, &o->wanted, &context, &o->write.opened,
                        &err)) {
        http_answer_error(o->request, &err);
        return;
    }
    opening_write_send(&o->write, o->routing);
}

static void on_written(struct opening_write *write, enum opening_end end, const struct error *err)
{
    struct opening_call *o = write->arg;
    struct error outrun = {0};
    if (end == OPENING_DONE) {
        http_answer_new_case(o->request, o->routing, write->told.json.data, write->told.json.size);
    } else if (end == OPENING_FAILED) {
        http_answer_error(o->request, err);
    } else if (++o->tries < TRIES_MAX) {
        open_look(o);
    } else {
        error_set(&outrun, ERR_RETRY, "outrun", "others were faster each time; try again");
        http_answer_error(o->request, &outrun);
    }
}
