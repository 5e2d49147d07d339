/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/clock.h"
#include "common/date.h"
#include "common/http_page.h"
#include "services/routing/http_routing.h"
#include "services/routing/reception_json.h"
#include "services/routing/store_opening.h"
#include "services/routing/store_reception.h"

enum { SPAN_DEFAULT_DAYS = 31, SPAN_MAX_DAYS = 93 };

static bool find_unit(const struct routing *routing, const char *unit, struct error *err)
{
    return unit_find(&routing->reference->units, unit) != NULL ||
           error_set(err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit");
}

/* The unit of whoever offers slots and takes them back. */
static bool find_own_unit(struct http_request *request, const struct routing *routing,
                          const char *unit, struct error *err)
{
    return (unit_find(&routing->reference->units, unit) != NULL &&
            http_is_in_scope(http_principal(request), routing, unit)) ||
           error_set(err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit in your scope");
}

/* ---- offering slots ---- */

struct offer {
    struct http_request *request;
    struct routing *routing;
    const char *unit;
    struct reception_slot slots[RECEPTION_SLOTS_MAX];
    size_t count;
    bool has_key;
    struct opening_key key;
};

/* Steps, in running order. A key that is there tells whether this was offered before. */
static void offer_look(struct offer *offer);
static void on_offer_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void offer_store(struct offer *offer);
static void on_offered(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void offer_answer(struct offer *offer);

/* Under a key the ids follow from it, so that the same request gives the same answer. */
static struct uuid slot_id(const struct offer *offer, size_t index)
{
    uint8_t seed[DIGEST_SIZE + 1], digest[DIGEST_SIZE];
    struct uuid id;
    if (!offer->has_key) {
        return uuid_new();
    }
    memcpy(seed, offer->key.key, DIGEST_SIZE);
    seed[DIGEST_SIZE] = (uint8_t)index;
    digest_sha256(seed, sizeof seed, digest);
    memcpy(id.bytes, digest, sizeof id.bytes);
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x80); /* RFC 9562, version 8 */
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

void http_offer_slots(struct http_request *request, void *state)
{
    struct offer *offer = arena_alloc(http_arena(request), sizeof *offer);
    struct error err = {0};
    size_t size;
    const char *body = http_body(request, &size);
    offer->request = request;
    offer->routing = state;
    offer->unit = http_param(request, "unit");
    if (!http_has_reference(request, state)) {
        return;
    }
    if (!find_own_unit(request, state, offer->unit, &err) ||
        !reception_json_read(offer->slots, &offer->count, body, size, http_arena(request), &err)) {
        http_answer_error(request, &err);
        return;
    }
    offer->has_key = http_read_key(
        request, arena_format(http_arena(request), "slots of %s", offer->unit), &offer->key);
    for (size_t i = 0; i < offer->count; i++) {
        offer->slots[i].id = slot_id(offer, i);
        offer->slots[i].unit = offer->unit;
    }
    if (offer->has_key) {
        offer_look(offer);
    } else {
        offer_store(offer);
    }
}

static void offer_look(struct offer *offer)
{
    struct pg_tx *tx = pg_tx_new(offer->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_key_read(tx, &offer->key);
    pg_tx_send(tx, on_offer_looked, offer);
}

static void on_offer_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct offer *offer = arg;
    struct error err = {0};
    if (!http_is_committed(offer->request, tx, outcome)) {
        return;
    }
    if (pg_rows(tx, 0) == 0) {
        offer_store(offer);
    } else if (store_key_is_same(tx, 0, &offer->key)) {
        offer_answer(offer);
    } else {
        error_set(&err, ERR_UNPROCESSABLE, "idempotency_key_reused",
                  "the Idempotency-Key was used with another body");
        http_answer_error(offer->request, &err);
    }
}

enum { MET_STATEMENT = 1 };

static void offer_store(struct offer *offer)
{
    struct error err = {0};
    if (!reception_check(offer->slots, offer->count, clock_now_us(), &err)) {
        http_answer_error(offer->request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(offer->routing->parts->pg);
    store_slots_add(tx, offer->unit, offer->slots, offer->count,
                    http_principal(offer->request)->id);
    if (offer->has_key) {
        store_slot_key_add(tx, &offer->key, &offer->slots[0].id);
    }
    pg_tx_send(tx, on_offered, offer);
}

static void on_offered(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct offer *offer = arg;
    struct error err = {0};
    if (outcome == PG_REFUSED && strcmp(pg_tx_sqlstate(tx), "23505") == 0) {
        offer_look(offer); /* the same key at another replica */
        return;
    }
    if (!http_is_committed(offer->request, tx, outcome)) {
        return;
    }
    for (size_t row = 0; row < pg_rows(tx, MET_STATEMENT); row++) {
        reception_fault_taken(store_slot_position(tx, MET_STATEMENT, row), &err);
    }
    if (error_is_set(&err)) {
        http_answer_error(offer->request, &err);
    } else {
        offer_answer(offer);
    }
}

static void offer_answer(struct offer *offer)
{
    struct buffer body;
    struct json_writer writer;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    for (size_t i = 0; i < offer->count; i++) {
        reception_json_put(&writer, &offer->slots[i]);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer(offer->request, 201, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- looking for a free place ---- */

static void on_slots_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

static bool list_decode(struct http_page *page, struct slot_filter *filter,
                        struct http_request *request, struct error *err)
{
    filter->unit = http_param(request, "unit");
    filter->from_us = http_query_instant(request, "from", clock_now_us(), err);
    filter->to_us =
        http_query_instant(request, "to", filter->from_us + SPAN_DEFAULT_DAYS * DATE_DAY_US, err);
    if (!error_is_set(err) && (filter->to_us <= filter->from_us ||
                               filter->to_us - filter->from_us > SPAN_MAX_DAYS * DATE_DAY_US)) {
        error_add_field(err, "to", "out_of_range", "must come after from, by %d days at most",
                        SPAN_MAX_DAYS);
    }
    http_page_read(page, request, err);
    filter->cursor = page->has_cursor ? &page->cursor : NULL;
    filter->limit = (int)page->limit + 1; /* one more tells whether there is a next page */
    return !error_is_set(err);
}

void http_list_slots(struct http_request *request, void *state)
{
    struct routing *routing = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct slot_filter filter;
    struct error err = {0};
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (!list_decode(page, &filter, request, &err) || !find_unit(routing, filter.unit, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_slots_list(tx, &filter);
    pg_tx_send(tx, on_slots_listed, page);
}

static void on_slots_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_page *page = arg;
    struct reception_slot slot;
    struct cursor next;
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(page, rows);
    http_page_open(page);
    for (size_t row = 0; row < shown; row++) {
        store_slot_row(tx, 0, row, http_arena(page->request), &slot);
        reception_json_put(&page->writer, &slot);
        next = (struct cursor){.at_us = slot.starts_at, .id = slot.id};
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

/* ---- taking a slot back ---- */

static void on_slot_deleted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct error err = {0};
    if (outcome == PG_REFUSED && strcmp(pg_tx_sqlstate(tx), "23503") == 0) {
        error_set(&err, ERR_CONFLICT, "slot_booked", "somebody has a place in this slot");
    } else if (pg_tx_error(tx, outcome, &err) && pg_rows(tx, 0) == 0) {
        error_set(&err, ERR_NOT_FOUND, "slot_not_found", "the unit has no such slot");
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
    } else {
        http_answer(request, 204, NULL, "", 0);
    }
}

void http_delete_slot(struct http_request *request, void *state)
{
    struct routing *routing = state;
    const char *unit = http_param(request, "unit");
    struct uuid id;
    struct error err = {0};
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (!find_own_unit(request, routing, unit, &err) ||
        !http_param_uuid(request, "id", &id, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    store_slot_delete(tx, &id, unit);
    pg_tx_send(tx, on_slot_deleted, request);
}
