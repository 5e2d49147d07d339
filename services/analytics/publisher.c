/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/publisher.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "services/analytics/analytics.h"
#include "services/analytics/discloser.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/news.h"
#include "services/analytics/store.h"

enum {
    CELLS_MAX = 250, /* of a round: some twenty events of 0.7 KB each */
    KEY_INTERVAL_US = 1000000,
    OUTDATED_INTERVAL_US = 60000000 /* between looking for periods that are over */
};

struct publisher {
    const struct service_parts *parts;
    struct turn *turn;
    const struct discloser *discloser;
    uint64_t generation; /* of the discloser, that the cells are marked for */
    struct arena arena;  /* of the round */
    int64_t now;
    struct moment moment;
    struct cell_row *cells; /* whose figures are to be told */
    size_t cell_count;
    struct cell_row *gone; /* whose figures are told no more */
    size_t gone_count;
    bool whole;           /* the round has all that may be told now */
    uint64_t outdated_us; /* monotonic: when to look for periods that are over */
    const char **units;   /* whose counts may have changed */
    uint8_t *digests;     /* of what is said of them, DIGEST_SIZE bytes each */
    size_t unit_count;
    struct news news;
    struct buffer json;
    struct metrics_counter *published;
};

/* A round, in running order. */
static void mark_disclosed(struct publisher *publisher);
static void on_marked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void read_untold(struct publisher *publisher);
static void on_untold(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static bool take_untold(struct publisher *publisher, const struct pg_tx *tx);
static void read_units(struct publisher *publisher);
static void on_units(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void stage_figures(struct publisher *publisher);
static void stage_tombstones(struct publisher *publisher);
static void stage_units(struct publisher *publisher, const struct pg_tx *tx);
static void stage_gone_units(struct publisher *publisher);
static void write(struct publisher *publisher);
static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct publisher *publisher, bool whole);

static void run(void *state)
{
    struct publisher *publisher = state;
    uint64_t generation = discloser_generation(publisher->discloser);
    if (generation == 0 || outbox_is_full(publisher->parts->outbox)) {
        end(publisher, true); /* as long as nothing is known nothing may be told */
    } else if (generation != publisher->generation) {
        mark_disclosed(publisher);
    } else {
        read_untold(publisher);
    }
}

static void publisher_free(void *state)
{
    struct publisher *publisher = state;
    arena_finish(&publisher->arena);
    buffer_finish(&publisher->json);
    free(publisher);
}

struct turn_step publisher_step(const struct service_parts *parts, struct turn *turn,
                                const struct discloser *discloser)
{
    struct publisher *publisher = memory_zero(1, sizeof *publisher);
    publisher->parts = parts;
    publisher->turn = turn;
    publisher->discloser = discloser;
    arena_init(&publisher->arena);
    buffer_init(&publisher->json);
    publisher->published = metrics_counter(parts->metrics, "analytics_published_total",
                                           "figures and counts said", NULL);
    return (struct turn_step){
        .run = run, .free = publisher_free, .state = publisher, .tells = true};
}

/* ---- what may be told now, and might not before; and the other way round ---- */

/* Of every kind of cell that is told, the present and the last period. */
static size_t list_told(struct cell_key *wheres)
{
    size_t count = 0;
    int32_t today = period_day(clock_now_us());
    for (int subject = 0; subject < SUBJECTS; subject++) {
        for (size_t i = 0; i < subjects[subject]->grouping_count; i++) {
            for (int kind = 0; kind < PERIOD_KINDS; kind++) {
                struct period period = period_of((enum period_kind)kind, today);
                if ((subjects[subject]->groupings[i].told >> kind & 1) != 0) {
                    period = kind == PERIOD_ALL ? period : period_previous(&period);
                    wheres[count++] = (struct cell_key){.subject = (enum subject)subject,
                                                        .grouping = (int)i,
                                                        .period = period,
                                                        .members = {"", ""}};
                }
            }
        }
    }
    return count;
}

enum { WHERES_MAX = SUBJECTS * 32 * PERIOD_KINDS };

/* Those of them that the topics tell of. */
static void mark_told(struct publisher *publisher, struct pg_tx *tx, const struct cell_key *keys,
                      size_t count)
{
    struct cell_key *told = arena_array(&publisher->arena, count, sizeof *told);
    int32_t today = period_day(clock_now_us());
    size_t told_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (cell_is_told(&keys[i], today)) {
            told[told_count++] = keys[i];
        }
    }
    store_mark_untold(tx, told, told_count);
}

/* Who has missed a change looks at everything. */
static void mark_all(struct publisher *publisher, struct pg_tx *tx)
{
    struct cell_key *wheres = arena_array(&publisher->arena, WHERES_MAX, sizeof *wheres);
    store_mark_unsaid(tx, wheres, list_told(wheres));
    for (int subject = 0; subject < SUBJECTS; subject++) {
        const struct disclosure *hidden =
            discloser_hidden(publisher->discloser, (enum subject)subject);
        mark_told(publisher, tx, hidden->keys, hidden->count);
    }
}

static void mark_disclosed(struct publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    uint64_t generation = discloser_generation(publisher->discloser);
    turn_guard(publisher->turn, tx, 0, 0);
    if (publisher->generation != 0 && generation == publisher->generation + 1) {
        size_t count;
        const struct cell_key *changed = discloser_changed(publisher->discloser, &count);
        mark_told(publisher, tx, changed, count);
    } else {
        mark_all(publisher, tx);
    }
    publisher->generation = generation;
    pg_tx_send(tx, on_marked, publisher);
}

static void on_marked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct publisher *publisher = arg;
    if (!turn_took(publisher->turn, tx, outcome, "disclosure_not_marked")) {
        publisher->generation = 0;
        end(publisher, true);
        return;
    }
    read_untold(publisher);
}

/* ---- what is to be told ---- */

enum { MOMENT, UNTOLD, OUTDATED };

static void read_untold(struct publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    publisher->now = clock_now_us();
    pg_tx_set_read_only(tx);
    store_read_moment(tx);
    store_read_untold(tx, publisher->now - KEY_INTERVAL_US, CELLS_MAX);
    if (clock_monotonic_us() >= publisher->outdated_us) {
        publisher->outdated_us = clock_monotonic_us() + OUTDATED_INTERVAL_US;
        int32_t today = period_day(publisher->now);
        for (int kind = PERIOD_YEAR; kind < PERIOD_KINDS; kind++) {
            struct period present = period_of((enum period_kind)kind, today);
            store_read_outdated(tx, (enum period_kind)kind, period_previous(&present).first,
                                CELLS_MAX);
        }
    }
    pg_tx_send(tx, on_untold, publisher);
}

static void on_untold(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct publisher *publisher = arg;
    if (pg_tx_failed(tx, outcome, "untold_not_read") || !take_untold(publisher, tx)) {
        end(publisher, true);
        return;
    }
    read_units(publisher);
}

/* Cells that may not be seen go to those that are told no more. */
static void take_untold_cells(struct publisher *publisher, const struct pg_tx *tx)
{
    for (size_t row = 0; row < pg_rows(tx, UNTOLD); row++) {
        struct cell_row *cell = &publisher->cells[publisher->cell_count];
        if (!store_take_cell(tx, UNTOLD, row, CELL_WHOLE, &publisher->arena, cell)) {
            continue;
        }
        if (discloser_hides(publisher->discloser, &cell->key, &cell->tally)) {
            publisher->gone[publisher->gone_count++] = *cell;
        } else {
            publisher->cell_count++;
        }
    }
}

static void take_outdated_cells(struct publisher *publisher, const struct pg_tx *tx)
{
    for (size_t i = OUTDATED; i < pg_tx_statements(tx); i++) {
        publisher->outdated_us = pg_rows(tx, i) == CELLS_MAX ? 0 : publisher->outdated_us;
        for (size_t row = 0; row < pg_rows(tx, i); row++) {
            publisher->gone_count += store_take_cell(tx, i, row, CELL_WHOLE, &publisher->arena,
                                                     &publisher->gone[publisher->gone_count]);
        }
    }
}

/* False: there is nothing, or the figures are not whole. */
static bool take_untold(struct publisher *publisher, const struct pg_tx *tx)
{
    size_t most = pg_rows(tx, UNTOLD);
    publisher->cells = arena_array(&publisher->arena, most, sizeof *publisher->cells);
    for (size_t i = OUTDATED; i < pg_tx_statements(tx); i++) {
        most += pg_rows(tx, i);
    }
    publisher->gone = arena_array(&publisher->arena, most, sizeof *publisher->gone);
    publisher->cell_count = publisher->gone_count = 0;
    publisher->whole = pg_rows(tx, UNTOLD) < CELLS_MAX;
    take_untold_cells(publisher, tx);
    take_outdated_cells(publisher, tx);
    return store_take_moment(tx, MOMENT, &publisher->moment) &&
           publisher->cell_count + publisher->gone_count > 0;
}

/* ---- the counts of units ---- */

static bool is_unit_total(const struct cell_key *key)
{
    return key->subject == SUBJECT_CASES && key->period.kind == PERIOD_ALL &&
           key->grouping == grouping_find(SUBJECT_CASES, 1 << DIMENSION_UNIT);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum { CATEGORIES, SAID };

static void read_units(struct publisher *publisher)
{
    publisher->units = arena_array(&publisher->arena, publisher->cell_count, sizeof(const char *));
    publisher->unit_count = 0;
    for (size_t i = 0; i < publisher->cell_count; i++) {
        if (is_unit_total(&publisher->cells[i].key)) {
            publisher->units[publisher->unit_count++] = publisher->cells[i].key.members[0];
        }
    }
    qsort(publisher->units, publisher->unit_count, sizeof *publisher->units, by_text);
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_unit_categories(tx, publisher->units, publisher->unit_count);
    store_read_units_said(tx, publisher->units, publisher->unit_count);
    pg_tx_send(tx, on_units, publisher);
}

static void on_units(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct publisher *publisher = arg;
    if (pg_tx_failed(tx, outcome, "units_not_read")) {
        end(publisher, true);
        return;
    }
    size_t most = publisher->unit_count + publisher->gone_count;
    for (size_t i = 0; i < publisher->cell_count; i++) {
        most += subjects[publisher->cells[i].key.subject]->indicator_count;
    }
    for (size_t i = 0; i < publisher->gone_count; i++) {
        most += subjects[publisher->gone[i].key.subject]->indicator_count;
    }
    news_init(&publisher->news, publisher->parts->outbox, publisher->now, most, &publisher->arena);
    stage_figures(publisher);
    stage_tombstones(publisher);
    stage_units(publisher, tx);
    stage_gone_units(publisher);
    write(publisher);
}

/* ---- events ---- */

static const struct news_kind unit_news = {UNITS_TOPIC, "vn.hanoi.unit_counts.changed.v1"};

/* data NULL: a tombstone. */
static void say_figure(struct publisher *publisher, const struct figure *figure,
                       const struct slice *slice, const struct buffer *data)
{
    const struct news_kind kind = {INDICATORS_TOPIC, figure_event_type(figure)};
    news_say(&publisher->news, &kind, slice_key(figure->indicator->code, slice, &publisher->arena),
             data);
}

/* Nothing was ever counted of it: nobody misses it. */
static bool is_nothing(const struct figure *figure)
{
    return figure->numerator == 0 && figure->denominator == 0 && figure->pending == 0;
}

/* What readers have of a figure: nothing, when it was not said or may not be seen. */
static bool is_told(const struct figure *figure)
{
    return !is_nothing(figure) && !discloser_hides_figure(figure);
}

static void stage_figure(struct publisher *publisher, const struct cell_row *cell,
                         const struct indicator *indicator)
{
    struct figure now, said;
    struct slice slice = slice_of(&cell->key);
    figure_of(&now, indicator, &cell->tally);
    figure_of(&said, indicator, &cell->said); /* of nothing when it was not said */
    if (figure_equal(&now, &said) || (!is_told(&now) && !is_told(&said))) {
        return;
    }
    buffer_reset(&publisher->json);
    figure_event_write(&publisher->json, &now, &slice, &publisher->moment,
                       turn_next(publisher->turn));
    say_figure(publisher, &now, &slice, is_told(&now) ? &publisher->json : NULL);
}

static void stage_figures(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->cell_count; i++) {
        const struct subject_layout *subject = subjects[publisher->cells[i].key.subject];
        for (size_t j = 0; j < subject->indicator_count; j++) {
            stage_figure(publisher, &publisher->cells[i], &subject->indicators[j]);
        }
    }
}

static void stage_tombstones(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->gone_count; i++) {
        const struct cell_row *cell = &publisher->gone[i];
        const struct subject_layout *subject = subjects[cell->key.subject];
        struct slice slice = slice_of(&cell->key);
        for (size_t j = 0; j < subject->indicator_count; j++) {
            struct figure said;
            figure_of(&said, &subject->indicators[j], &cell->said);
            if (is_told(&said)) {
                say_figure(publisher, &said, &slice, NULL);
            }
        }
    }
}

/* The rows of a unit follow each other. */
static size_t take_categories(struct publisher *publisher, const struct pg_tx *tx, size_t *row,
                              const char *unit, struct category_counts *categories)
{
    size_t count = 0;
    for (; *row < pg_rows(tx, CATEGORIES); (*row)++) {
        struct cell_row *cell = arena_alloc(&publisher->arena, sizeof *cell);
        if (!store_take_cell(tx, CATEGORIES, *row, CELL_COUNTS, &publisher->arena, cell)) {
            continue;
        }
        if (strcmp(cell->key.members[0], unit) != 0) {
            break;
        }
        if (discloser_hides(publisher->discloser, &cell->key, &cell->tally)) {
            continue;
        }
        categories[count++] = (struct category_counts){cell->key.members[1], &cell->tally};
    }
    return count;
}

static const struct tally *total_of(const struct publisher *publisher, const char *unit)
{
    size_t i = 0;
    while (!is_unit_total(&publisher->cells[i].key) ||
           strcmp(publisher->cells[i].key.members[0], unit) != 0) {
        i++;
    }
    return &publisher->cells[i].tally;
}

static bool was_said(const struct pg_tx *tx, const char *unit, const uint8_t digest[DIGEST_SIZE])
{
    for (size_t row = 0; row < pg_rows(tx, SAID); row++) {
        size_t size;
        const void *said = pg_value_bytes(tx, SAID, row, 1, &size);
        if (strcmp(pg_value_text(tx, SAID, row, 0), unit) == 0) {
            return size == DIGEST_SIZE && memcmp(said, digest, DIGEST_SIZE) == 0;
        }
    }
    return false;
}

/* Keeps of publisher->units those whose counts are another than they were said. */
static void stage_units(struct publisher *publisher, const struct pg_tx *tx)
{
    size_t row = 0, kept = 0;
    publisher->digests = arena_array(&publisher->arena, publisher->unit_count, DIGEST_SIZE);
    for (size_t i = 0; i < publisher->unit_count; i++) {
        struct unit_counts counts = {.unit = publisher->units[i],
                                     .total = total_of(publisher, publisher->units[i])};
        struct category_counts *categories =
            arena_array(&publisher->arena, pg_rows(tx, CATEGORIES) - row, sizeof *categories);
        counts.category_count = take_categories(publisher, tx, &row, counts.unit, categories);
        counts.categories = categories;
        uint8_t *digest = &publisher->digests[kept * DIGEST_SIZE];
        buffer_reset(&publisher->json);
        size_t stable = unit_event_write(&publisher->json, &counts, &publisher->moment,
                                         turn_next(publisher->turn));
        digest_sha256(publisher->json.data, stable, digest);
        if (!was_said(tx, counts.unit, digest)) {
            news_say(&publisher->news, &unit_news, counts.unit, &publisher->json);
            publisher->units[kept++] = counts.unit;
        }
    }
    publisher->unit_count = kept;
}

static void stage_gone_units(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->gone_count; i++) {
        const struct cell_row *cell = &publisher->gone[i];
        if (cell->was_said && is_unit_total(&cell->key)) {
            news_say(&publisher->news, &unit_news, cell->key.members[0], NULL);
        }
    }
}

/* ---- the end ---- */

static void write(struct publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    turn_guard(publisher->turn, tx, 0, 0);
    store_put_told(tx, publisher->cells, publisher->cell_count, publisher->now);
    store_put_told(tx, publisher->gone, publisher->gone_count, 0);
    store_put_units_said(tx, publisher->units, publisher->digests, publisher->unit_count);
    news_put(&publisher->news, tx);
    pg_tx_send(tx, on_written, publisher);
}

static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct publisher *publisher = arg;
    bool took = turn_took(publisher->turn, tx, outcome, "figures_not_published");
    metrics_add(publisher->published, news_settle(&publisher->news, took, outcome));
    end(publisher, !took || publisher->whole);
}

static void end(struct publisher *publisher, bool whole)
{
    arena_reset(&publisher->arena);
    turn_step_done(publisher->turn, whole);
}
