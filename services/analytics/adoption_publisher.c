/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/adoption_publisher.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "services/analytics/adoption_json.h"
#include "services/analytics/analytics.h"
#include "services/analytics/news.h"
#include "services/analytics/store.h"

enum { KEYS_MAX = 500 /* of a round: as many events of 0.7 KB */, INTERVAL_US = 1000000 };

struct adoption_publisher {
    const struct service_parts *parts;
    struct turn *turn;
    struct arena arena; /* of the round */
    int64_t now;
    int64_t looked_at; /* between rounds it rests for a second */
    int32_t day;
    struct moment moment;
    struct said_adoption *said; /* that may have changed */
    size_t count;
    struct news news;
    struct buffer json;
    struct metrics_counter *published;
};

/* A round, in running order. */
static void read_unsaid(struct adoption_publisher *publisher);
static void on_unsaid(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void read_coverages(struct adoption_publisher *publisher);
static void on_coverages(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void write(struct adoption_publisher *publisher);
static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct adoption_publisher *publisher);

static void run(void *state)
{
    struct adoption_publisher *publisher = state;
    publisher->now = clock_now_us();
    int64_t rested = publisher->now - publisher->looked_at;
    if (outbox_is_full(publisher->parts->outbox) || (rested >= 0 && rested < INTERVAL_US)) {
        end(publisher);
        return;
    }
    read_unsaid(publisher);
}

static void publisher_free(void *state)
{
    struct adoption_publisher *publisher = state;
    arena_finish(&publisher->arena);
    buffer_finish(&publisher->json);
    free(publisher);
}

struct turn_step adoption_publisher_step(const struct service_parts *parts, struct turn *turn)
{
    struct adoption_publisher *publisher = memory_zero(1, sizeof *publisher);
    publisher->parts = parts;
    publisher->turn = turn;
    arena_init(&publisher->arena);
    buffer_init(&publisher->json);
    publisher->published = metrics_counter(parts->metrics, "analytics_adoption_published_total",
                                           "coverages said", NULL);
    return (struct turn_step){
        .run = run, .free = publisher_free, .state = publisher, .tells = true};
}

/* ---- of whom ---- */

enum { MOMENT, UNSAID };

static void read_unsaid(struct adoption_publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    publisher->looked_at = publisher->now;
    publisher->day = period_day(publisher->now);
    pg_tx_set_read_only(tx);
    store_read_moment(tx);
    store_read_unsaid_adoption(tx, publisher->day, publisher->now - INTERVAL_US, KEYS_MAX);
    pg_tx_send(tx, on_unsaid, publisher);
}

static void on_unsaid(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct adoption_publisher *publisher = arg;
    if (pg_tx_failed(tx, outcome, "adoption_not_read") ||
        !store_take_moment(tx, MOMENT, &publisher->moment) || pg_rows(tx, UNSAID) == 0) {
        end(publisher);
        return;
    }
    publisher->count = pg_rows(tx, UNSAID);
    publisher->said = arena_array(&publisher->arena, publisher->count, sizeof *publisher->said);
    for (size_t i = 0; i < publisher->count; i++) {
        store_take_unsaid_adoption(tx, UNSAID, i, &publisher->arena, &publisher->said[i]);
    }
    read_coverages(publisher);
}

/* ---- what ---- */

/* Each is two statements. */
enum { UNITS = 0, UNITS_THEN = UNITS + 2, AREAS = UNITS_THEN + 2 };

static size_t codes_of(const struct adoption_publisher *publisher, enum basis_kind kind,
                       const char **codes)
{
    size_t count = 0;
    for (size_t i = 0; i < publisher->count; i++) {
        if (publisher->said[i].kind == kind) {
            codes[count++] = publisher->said[i].code;
        }
    }
    return count;
}

static void read_coverages(struct adoption_publisher *publisher)
{
    const char **codes = arena_array(&publisher->arena, publisher->count, sizeof *codes);
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    pg_tx_set_read_only(tx);
    size_t count = codes_of(publisher, BASIS_ROSTER, codes);
    store_read_coverages(tx, BASIS_ROSTER, publisher->day, codes, count);
    store_read_coverages(tx, BASIS_ROSTER, adoption_last_day(&adoption_rule), codes, count);
    count = codes_of(publisher, BASIS_POPULATION, codes);
    store_read_coverages(tx, BASIS_POPULATION, publisher->day, codes, count);
    pg_tx_send(tx, on_coverages, publisher);
}

struct coverages {
    struct coverage *items;
    size_t count;
};

static struct coverages take(struct adoption_publisher *publisher, const struct pg_tx *tx,
                             size_t statement, enum basis_kind kind)
{
    struct coverages list;
    list.count = store_take_coverages(tx, statement, kind, &publisher->arena, &list.items);
    return list;
}

/* Into publisher->json; returns the size of what only changes with the figures. What the public may
 * not see is a tombstone; what it may not see of the past is left out. */
static size_t put_event(struct adoption_publisher *publisher, struct adoption *adoption)
{
    buffer_reset(&publisher->json);
    if (coverage_is_small(&adoption->now)) {
        return 0;
    }
    if (adoption->then != NULL && coverage_is_small(adoption->then)) {
        adoption->then = NULL;
    }
    return adoption_event_write(&publisher->json, adoption, &publisher->moment,
                                turn_next(publisher->turn));
}

static const struct news_kind kind = {ADOPTION_TOPIC, "vn.hanoi.adoption.changed.v1"};

static void say(struct adoption_publisher *publisher, struct said_adoption *said,
                const struct coverages *now, const struct coverages *then)
{
    const struct coverage *coverage = coverage_find(now->items, now->count, said->code);
    struct adoption adoption = {.kind = said->kind,
                                .day = publisher->day,
                                .then = coverage_find(then->items, then->count, said->code)};
    uint8_t digest[DIGEST_SIZE];
    adoption.now = coverage != NULL ? *coverage : (struct coverage){.code = said->code};
    size_t stable = put_event(publisher, &adoption);
    digest_sha256(publisher->json.data, stable, digest);
    said->is_said = said->was_said ? memcmp(digest, said->digest, DIGEST_SIZE) != 0 : stable > 0;
    memcpy(said->digest, digest, DIGEST_SIZE);
    if (said->is_said) {
        news_say(&publisher->news, &kind, adoption_key(said->kind, said->code, &publisher->arena),
                 publisher->json.size > 0 ? &publisher->json : NULL);
    }
}

static void on_coverages(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct adoption_publisher *publisher = arg;
    if (pg_tx_failed(tx, outcome, "coverages_not_read")) {
        end(publisher);
        return;
    }
    struct coverages none = {.count = 0};
    struct coverages units = take(publisher, tx, UNITS, BASIS_ROSTER);
    struct coverages then = take(publisher, tx, UNITS_THEN, BASIS_ROSTER);
    struct coverages areas = take(publisher, tx, AREAS, BASIS_POPULATION);
    news_init(&publisher->news, publisher->parts->outbox, publisher->now, publisher->count,
              &publisher->arena);
    for (size_t i = 0; i < publisher->count; i++) {
        bool unit = publisher->said[i].kind == BASIS_ROSTER;
        say(publisher, &publisher->said[i], unit ? &units : &areas, unit ? &then : &none);
    }
    write(publisher);
}

/* ---- the end ---- */

static void write(struct adoption_publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    turn_guard(publisher->turn, tx, 0, 0);
    store_put_said_adoption(tx, publisher->day, publisher->said, publisher->count);
    news_put(&publisher->news, tx);
    pg_tx_send(tx, on_written, publisher);
}

static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct adoption_publisher *publisher = arg;
    bool took = turn_took(publisher->turn, tx, outcome, "adoption_not_published");
    metrics_add(publisher->published, news_settle(&publisher->news, took, outcome));
    end(publisher);
}

static void end(struct adoption_publisher *publisher)
{
    arena_reset(&publisher->arena);
    turn_step_done(publisher->turn, true);
}
