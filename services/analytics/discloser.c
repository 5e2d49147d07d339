/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/discloser.h"

#include <stdlib.h>

#include "common/rounds.h"
#include "services/analytics/store.h"

enum { FIRST_MS = 50, PERIOD_MS = 3000 };

/* What is hidden, with the memory that its keys live in. */
struct state {
    struct arena arena;
    struct disclosure subjects[SUBJECTS];
};

struct discloser {
    const struct service_parts *parts;
    struct rounds *rounds;
    int64_t counted; /* rounds of counting at the last look */
    uint64_t generation;
    struct state states[2], *now, *next;
    struct arena changed_arena;
    struct cell_key *changed;
    size_t changed_count;
};

static void look(void *state);
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void settle(struct discloser *discloser, const struct pg_tx *tx);

static void discloser_free(void *state)
{
    struct discloser *discloser = state;
    arena_finish(&discloser->states[0].arena);
    arena_finish(&discloser->states[1].arena);
    arena_finish(&discloser->changed_arena);
    free(discloser);
}

struct discloser *discloser_new(const struct service_parts *parts)
{
    struct discloser *discloser = memory_zero(1, sizeof *discloser);
    discloser->parts = parts;
    discloser->counted = -1;
    discloser->now = &discloser->states[0];
    discloser->next = &discloser->states[1];
    arena_init(&discloser->states[0].arena);
    arena_init(&discloser->states[1].arena);
    arena_init(&discloser->changed_arena);
    const struct rounds_work work = {.begin = look, .free = discloser_free, .state = discloser};
    discloser->rounds = rounds_new(loop_uv(parts->loop), &work, FIRST_MS, PERIOD_MS);
    return discloser;
}

void discloser_close(struct discloser *discloser, discloser_on_closed *on_closed, void *arg)
{
    rounds_close(discloser->rounds, on_closed, arg);
}

/* ---- a look ---- */

static void look(void *state)
{
    struct discloser *discloser = state;
    struct pg_tx *tx = pg_tx_new(discloser->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_counted(tx);
    pg_tx_send(tx, on_looked, discloser);
}

/* Every grouping and kind of period that settling needs. */
static size_t list_needed(struct cell_key *wheres)
{
    size_t count = 0;
    for (int subject = 0; subject < SUBJECTS; subject++) {
        for (size_t i = 0; i < subjects[subject]->grouping_count; i++) {
            for (int kind = 0; kind < PERIOD_KINDS; kind++) {
                wheres[count] = (struct cell_key){.subject = (enum subject)subject,
                                                  .grouping = (int)i,
                                                  .period = {(enum period_kind)kind, 0},
                                                  .members = {"", ""}};
                count += disclosure_needs(&wheres[count]);
            }
        }
    }
    return count;
}

enum { WHERES_MAX = SUBJECTS * 32 * PERIOD_KINDS };

static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct discloser *discloser = arg;
    int64_t counted = pg_tx_failed(tx, outcome, "sums_not_read") ? -1 : store_take_counted(tx, 0);
    if (counted < 0 || counted == discloser->counted) {
        rounds_end(discloser->rounds); /* of sums that are not whole too much would be hidden */
        return;
    }
    struct cell_key *wheres = arena_array(pg_tx_arena(tx), WHERES_MAX, sizeof *wheres);
    struct pg_tx *read = pg_tx_new(discloser->parts->pg);
    discloser->counted = counted;
    pg_tx_set_read_only(read);
    store_read_kinds(read, wheres, list_needed(wheres));
    pg_tx_send(read, on_read, discloser);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct discloser *discloser = arg;
    if (pg_tx_failed(tx, outcome, "sums_not_read")) {
        discloser->counted = -1;
    } else {
        settle(discloser, tx);
    }
    rounds_end(discloser->rounds);
}

/* ---- what is hidden ---- */

/* Row by row, since unpacked all sums take ten times the room. */
static size_t take_cells(const struct pg_tx *tx, struct arena *arena, struct disclosure_cell *cells)
{
    size_t count = 0;
    struct arena work;
    arena_init(&work);
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        struct cell_row cell;
        if (store_take_cell(tx, 0, row, CELL_COUNTS, &work, &cell)) {
            cells[count] = (struct disclosure_cell){
                .key = cell.key,
                .cases = cell.tally.counts[subjects[cell.key.subject]->size_counter]};
            for (size_t i = 0; i < GROUPING_DIMENSIONS; i++) {
                cells[count].key.members[i] = arena_text(arena, cell.key.members[i]);
            }
            count++;
        }
        arena_reset(&work);
    }
    arena_finish(&work);
    return count;
}

static void copy_keys(struct disclosure *disclosure, const struct disclosure *from,
                      struct arena *arena)
{
    disclosure->count = disclosure->capacity = from->count;
    disclosure->keys = arena_array(arena, from->count, sizeof *disclosure->keys);
    for (size_t i = 0; i < from->count; i++) {
        disclosure->keys[i] = from->keys[i];
    }
}

static void add_changed(struct discloser *discloser, const struct disclosure *from,
                        const struct disclosure *to)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!disclosure_hides(to, &from->keys[i])) {
            struct cell_key *key = &discloser->changed[discloser->changed_count++];
            *key = from->keys[i];
            for (size_t j = 0; j < GROUPING_DIMENSIONS; j++) {
                key->members[j] = arena_text(&discloser->changed_arena, key->members[j]);
            }
        }
    }
}

static void note_changes(struct discloser *discloser)
{
    size_t most = 0;
    for (int i = 0; i < SUBJECTS; i++) {
        most += discloser->now->subjects[i].count + discloser->next->subjects[i].count;
    }
    arena_reset(&discloser->changed_arena);
    discloser->changed = arena_array(&discloser->changed_arena, most, sizeof *discloser->changed);
    discloser->changed_count = 0;
    for (int i = 0; i < SUBJECTS; i++) {
        add_changed(discloser, &discloser->now->subjects[i], &discloser->next->subjects[i]);
        add_changed(discloser, &discloser->next->subjects[i], &discloser->now->subjects[i]);
    }
}

static void settle(struct discloser *discloser, const struct pg_tx *tx)
{
    struct state *next = discloser->next;
    struct arena work;
    arena_init(&work);
    arena_reset(&next->arena);
    struct disclosure_cell *cells = arena_array(&work, pg_rows(tx, 0), sizeof *cells);
    size_t count = take_cells(tx, &next->arena, cells), from = 0;
    for (int subject = 0; subject < SUBJECTS; subject++) {
        struct disclosure found;
        size_t to = from;
        while (to < count && cells[to].key.subject == (enum subject)subject) {
            to++;
        }
        disclosure_settle(&found, &cells[from], to - from, &work);
        copy_keys(&next->subjects[subject], &found, &next->arena);
        from = to;
    }
    arena_finish(&work);
    note_changes(discloser);
    discloser->next = discloser->now;
    discloser->now = next;
    discloser->generation += discloser->changed_count > 0 || discloser->generation == 0;
}

/* ---- asking ---- */

const struct disclosure *discloser_hidden(const struct discloser *discloser, enum subject subject)
{
    return &discloser->now->subjects[subject];
}

uint64_t discloser_generation(const struct discloser *discloser)
{
    return discloser->generation;
}

const struct cell_key *discloser_changed(const struct discloser *discloser, size_t *count)
{
    *count = discloser->changed_count;
    return discloser->changed;
}

bool discloser_hides(const struct discloser *discloser, const struct cell_key *key,
                     const struct tally *tally)
{
    return discloser->generation == 0 || !disclosure_is_public(key) ||
           disclosure_is_small(tally->counts[subjects[key->subject]->size_counter]) ||
           disclosure_hides(&discloser->now->subjects[key->subject], key);
}

bool discloser_hides_figure(const struct figure *figure)
{
    return disclosure_is_small(figure->denominator);
}
