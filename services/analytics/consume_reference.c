/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_reference.h"

#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/basis_json.h"
#include "services/analytics/name_json.h"
#include "services/analytics/store_cadence.h"
#include "services/analytics/store_unit_set.h"
#include "services/analytics/unit_set_json.h"

static const char *const types[NAME_KINDS] = {
    [NAME_UNIT] = "vn.hanoi.unit.defined.v1",
    [NAME_CATEGORY] = "vn.hanoi.category.defined.v1",
};

static const char *const basis_types[BASIS_KINDS] = {
    [BASIS_ROSTER] = "vn.hanoi.roster.published.v1",
    [BASIS_POPULATION] = "vn.hanoi.population.published.v1",
};

#define UNIT_SET_PUBLISHED "vn.hanoi.unit_set.published.v1"

struct names {
    struct name *items;
    size_t count;
};

/* A later name of the batch replaces an earlier one: a statement may touch a row once. */
static void add_name(struct names *names, const struct name *name)
{
    size_t i = 0;
    while (i < names->count && strcmp(names->items[i].code, name->code) != 0) {
        i++;
    }
    names->items[i] = *name;
    names->count += i == names->count;
}

/* Withdrawals and other types leave the names as they are. */
static void take_name(struct consume_batch *batch, struct consume_message *message,
                      struct names *names)
{
    const struct event_in *event = &message->event;
    for (size_t kind = 0; event->data != NULL && kind < NAME_KINDS; kind++) {
        struct name name;
        struct error err = {0};
        if (strcmp(event->type, types[kind]) != 0) {
            continue;
        }
        if (name_read(&name, event->data, event->data_size, consume_arena(batch), &err)) {
            add_name(&names[kind], &name);
        } else {
            consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        }
    }
}

/* ---- who must keep a cadence ---- */

#define UNIT_KEY "unit:"

struct duties {
    struct unit_duty *items;
    size_t count;
};

/* As with names. */
static void add_duty(struct duties *duties, const struct unit_duty *duty)
{
    size_t i = 0;
    while (i < duties->count && strcmp(duties->items[i].unit, duty->unit) != 0) {
        i++;
    }
    duties->items[i] = *duty;
    duties->count += i == duties->count;
}

/* A unit that is withdrawn has no duty. */
static void take_duty(struct consume_batch *batch, struct consume_message *message,
                      struct duties *duties)
{
    const struct event_in *event = &message->event;
    struct unit_duty duty = {.binds = false};
    struct error err = {0};
    if (message->rejected) {
        return;
    }
    if (event->data == NULL && strncmp(message->key, UNIT_KEY, strlen(UNIT_KEY)) == 0) {
        duty.unit = message->key + strlen(UNIT_KEY);
        add_duty(duties, &duty);
    } else if (event->data != NULL && strcmp(event->type, types[NAME_UNIT]) == 0) {
        if (unit_duty_read(&duty, event->data, event->data_size, consume_arena(batch), &err)) {
            add_duty(duties, &duty);
        } else {
            consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        }
    }
}

/* ---- headcounts and populations ---- */

struct bases {
    struct basis *items;
    size_t count;
};

static bool is_same(const struct basis *a, const struct basis *b)
{
    return a->kind == b->kind && a->since == b->since && strcmp(a->code, b->code) == 0;
}

/* As with names; one that is withdrawn has no source. */
static void add_basis(struct bases *bases, const struct basis *basis)
{
    size_t i = 0;
    while (i < bases->count && !is_same(&bases->items[i], basis)) {
        i++;
    }
    bases->items[i] = *basis;
    bases->count += i == bases->count;
}

static void read_basis(struct consume_batch *batch, struct consume_message *message,
                       enum basis_kind kind, struct bases *bases)
{
    const struct event_in *event = &message->event;
    struct basis basis;
    struct error err = {0};
    if (basis_read(&basis, kind, event->data, event->data_size, consume_arena(batch), &err)) {
        add_basis(bases, &basis);
    } else {
        consume_reject(batch, message, "invalid_data", analytics_fault(&err));
    }
}

static void take_basis(struct consume_batch *batch, struct consume_message *message,
                       struct bases *bases)
{
    const struct event_in *event = &message->event;
    struct basis withdrawn;
    if (event->data == NULL && basis_parse_key(&withdrawn, message->key, consume_arena(batch))) {
        add_basis(bases, &withdrawn);
    }
    for (int kind = 0; event->data != NULL && kind < BASIS_KINDS; kind++) {
        if (strcmp(event->type, basis_types[kind]) == 0) {
            read_basis(batch, message, (enum basis_kind)kind, bases);
        }
    }
}

/* ---- how the city is divided ---- */

static void put_unit_set(struct consume_batch *batch, const struct event_in *event,
                         const struct told_unit_set *told)
{
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(event->data, event->data_size, digest);
    store_put_unit_set(consume_tx(batch), &told->set, digest);
    if (told->district_count > 0) {
        store_put_names(consume_tx(batch), NAME_UNIT, told->districts, told->district_count);
    }
}

/* In the order of messages: there are few, and each knows whether it changes anything. */
static void take_unit_set(struct consume_batch *batch, struct consume_message *message)
{
    const struct event_in *event = &message->event;
    struct told_unit_set told;
    struct error err = {0};
    const char *withdrawn = event->data == NULL ? unit_set_code_of(message->key) : NULL;
    if (withdrawn != NULL) {
        store_withdraw_unit_set(consume_tx(batch), withdrawn);
    } else if (event->data != NULL && strcmp(event->type, UNIT_SET_PUBLISHED) == 0) {
        if (unit_set_read(&told, event->data, event->data_size, consume_arena(batch), &err)) {
            put_unit_set(batch, event, &told);
        } else {
            consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        }
    }
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

void consume_reference(struct consume_batch *batch, void *state)
{
    struct names names[NAME_KINDS] = {{0}};
    struct duties duties = {.count = 0};
    struct bases bases = {.count = 0};
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    (void)state;

    for (size_t kind = 0; kind < NAME_KINDS; kind++) {
        names[kind].items = arena_array(consume_arena(batch), count, sizeof(struct name));
    }
    duties.items = arena_array(consume_arena(batch), count, sizeof *duties.items);
    bases.items = arena_array(consume_arena(batch), count, sizeof *bases.items);
    for (size_t i = 0; i < count; i++) {
        take_name(batch, &messages[i], names);
        take_duty(batch, &messages[i], &duties);
        take_basis(batch, &messages[i], &bases);
        take_unit_set(batch, &messages[i]);
    }
    for (size_t kind = 0; kind < NAME_KINDS; kind++) {
        if (names[kind].count > 0) {
            store_put_names(consume_tx(batch), (enum name_kind)kind, names[kind].items,
                            names[kind].count);
        }
    }
    if (duties.count > 0) {
        store_put_duties(consume_tx(batch), duties.items, duties.count);
    }
    if (bases.count > 0) {
        store_put_bases(consume_tx(batch), bases.items, bases.count);
    }
    consume_commit(batch, on_committed);
}
