/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reference_watch.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/rounds.h"
#include "services/routing/calendar.h"
#include "services/routing/publication.h"
#include "services/routing/store.h"

enum { PERIOD_MS = 1000, CALENDAR_WARN_DAYS = 60 };

struct reference_watch {
    struct routing *routing;
    struct rounds *rounds;
    bool is_unsaid;     /* the last publication did not succeed */
    struct arena arena; /* of the publication under way */
    struct publications publications;
    reference_on_first *on_first; /* NULL once called */
    void *on_first_arg;
};

/* Steps of one round, in running order; each may end it. */
static void look(void *state);
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void publish(struct reference_watch *watch);
static void on_published(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end_round(struct reference_watch *watch);

static void watch_free(void *state)
{
    struct reference_watch *watch = state;
    arena_finish(&watch->arena);
    free(watch);
}

struct reference_watch *reference_watch_new(struct routing *routing, reference_on_first *on_first,
                                            void *arg)
{
    struct reference_watch *watch = memory_zero(1, sizeof *watch);
    const struct rounds_work work = {.begin = look, .free = watch_free, .state = watch};
    watch->routing = routing;
    watch->on_first = on_first;
    watch->on_first_arg = arg;
    arena_init(&watch->arena);
    watch->rounds = rounds_new(loop_uv(routing->parts->loop), &work, 0, PERIOD_MS);
    return watch;
}

void reference_watch_close(struct reference_watch *watch, reference_on_closed *on_closed, void *arg)
{
    rounds_close(watch->rounds, on_closed, arg);
}

static void end_round(struct reference_watch *watch)
{
    arena_reset(&watch->arena);
    watch->publications = (struct publications){0};
    if (watch->on_first != NULL) {
        reference_on_first *on_first = watch->on_first;
        watch->on_first = NULL;
        on_first(watch->on_first_arg);
    }
    rounds_end(watch->rounds);
}

static void look(void *state)
{
    struct reference_watch *watch = state;
    struct pg_tx *tx = pg_tx_new(watch->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_reference_poll(tx);
    pg_tx_send(tx, on_looked, watch);
}

static bool is_current(const struct reference_watch *watch, int64_t version, int64_t day)
{
    const struct reference *reference = watch->routing->reference;
    return reference != NULL && !watch->is_unsaid && reference->version == version &&
           reference->day == day;
}

static int64_t known_boundaries(const struct reference_watch *watch)
{
    const struct reference *reference = watch->routing->reference;
    return reference != NULL ? reference->boundaries.id : 0;
}

static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reference_watch *watch = arg;
    int64_t version, day;
    if (outcome != PG_COMMITTED || rounds_are_closing(watch->rounds)) {
        end_round(watch); /* the pool tells of a database that is away */
        return;
    }
    version = store_reference_version(tx, 0, &day);
    if (is_current(watch, version, day)) {
        end_round(watch);
        return;
    }
    struct pg_tx *read = pg_tx_new(watch->routing->parts->pg);
    pg_tx_set_read_only(read);
    store_reference_read(read, known_boundaries(watch));
    store_published_read(read);
    pg_tx_send(read, on_read, watch);
}

/* Such a rule is passed over, so that another unit gets its cases: somebody should know. */
static void warn_of_ended_leads(const struct reference *reference)
{
    int64_t now_us = clock_now_us();
    for (size_t i = 0; i < reference->routes.count; i++) {
        const struct route_rule *rule = &reference->routes.rules[i];
        bool in_force =
            rule->valid_from <= now_us && (rule->valid_to == 0 || now_us < rule->valid_to);
        if (in_force && strcmp(rule->lead, ROUTE_AREA) != 0 &&
            unit_find(&reference->units, rule->lead) == NULL) {
            log_warn("route_rule_lead_ended", log_text("rule", rule->rule.code),
                     log_text("lead", rule->lead),
                     log_text("do", "give the rule a new version, or end it"));
        }
    }
}

static void take_over(struct reference_watch *watch, struct reference *reference)
{
    int64_t known_days = reference->calendar_known_to - reference->day;
    struct reference *before = watch->routing->reference;
    if (reference->area == NULL) { /* of the same boundaries */
        reference->area = before->area;
        before->area = NULL;
    }
    reference_free(before);
    watch->routing->reference = reference;
    log_info(
        "reference_loaded", log_int("version", reference->version),
        log_int("units", (int64_t)reference->units.count),
        log_int("routes", (int64_t)reference->routes.count),
        log_int("focal_points", (int64_t)reference->focal_points.count),
        log_text("boundaries", reference->boundaries.approximate ? "approximate" : "surveyed"));
    warn_of_ended_leads(reference);
    if (known_days < CALENDAR_WARN_DAYS) {
        log_warn("calendar_ends", log_int("known_days", known_days),
                 log_text("do", "load a calendar with next year's holidays"));
    }
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reference_watch *watch = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        end_round(watch);
        return;
    }
    struct reference *reference =
        store_reference_make(tx, known_boundaries(watch), &watch->routing->processes, &err);
    if (reference == NULL) {
        log_warn_error("reference_not_loaded", &err);
        end_round(watch);
        return;
    }
    take_over(watch, reference);
    publications_make(&watch->publications, reference, clock_now_us(), &watch->arena);
    publications_reduce(&watch->publications, tx, STORE_REFERENCE_STATEMENTS, &watch->arena);
    publish(watch);
}

static void stage(struct reference_watch *watch, struct publication *item,
                  struct published_rows *rows, struct outbox_columns *events)
{
    struct outbox *outbox = watch->routing->parts->outbox;
    item->event_id = uuid_new();
    struct event event = {.id = item->event_id,
                          .type = item->type,
                          .subject = item->key,
                          .topic = "city.reference.v1",
                          .key = item->key,
                          .time_us = clock_now_us(),
                          .data = item->data,
                          .data_size = item->data_size};
    item->staged = outbox_stage(outbox, &event, &item->event_id);
    pg_array_text(&rows->keys, item->key);
    pg_array_bytes(&rows->digests, item->digest, item->data != NULL ? DIGEST_SIZE : 0);
    pg_array_uuid(&rows->event_ids, &item->event_id);
    outbox_columns_add(events, item->staged);
}

static void publish(struct reference_watch *watch)
{
    struct publications *publications = &watch->publications;
    struct outbox *outbox = watch->routing->parts->outbox;
    struct published_rows rows;
    struct outbox_columns events;

    watch->is_unsaid = false;
    if (publications->count == 0 || rounds_are_closing(watch->rounds)) {
        end_round(watch);
        return;
    }
    published_rows_init(&rows);
    outbox_columns_init(&events, outbox);
    for (size_t i = 0; i < publications->count; i++) {
        stage(watch, &publications->items[i], &rows, &events);
    }
    struct pg_tx *tx = pg_tx_new(watch->routing->parts->pg);
    outbox_guard(outbox, tx);
    store_published_write(tx, &rows, watch->routing->reference->version, &events);
    pg_tx_send(tx, on_published, watch);
    outbox_columns_finish(&events);
    published_rows_finish(&rows);
}

static bool has_won(const struct pg_tx *tx, const struct uuid *event_id)
{
    for (size_t row = 0; row < pg_rows(tx, 1); row++) {
        struct uuid won = pg_value_uuid(tx, 1, row, 0);
        if (uuid_equal(&won, event_id)) {
            return true;
        }
    }
    return false;
}

static void on_published(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reference_watch *watch = arg;
    struct outbox *outbox = watch->routing->parts->outbox;
    struct publications *publications = &watch->publications;
    size_t said = 0;
    for (size_t i = 0; i < publications->count; i++) {
        struct publication *item = &publications->items[i];
        if (outcome == PG_COMMITTED && has_won(tx, &item->event_id)) {
            outbox_publish(outbox, item->staged);
            said++;
        } else if (outcome == PG_UNKNOWN) {
            outbox_doubt(outbox, item->staged);
        } else {
            outbox_drop(outbox, item->staged);
        }
    }
    watch->is_unsaid = outcome != PG_COMMITTED;
    if (outcome == PG_COMMITTED) {
        log_info("reference_published", log_int("changes", (int64_t)said));
    }
    end_round(watch);
}
