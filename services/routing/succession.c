/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/succession.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/rounds.h"
#include "services/routing/case_engine.h"
#include "services/routing/store_registry.h"

enum { PERIOD_MS = 1000, CHUNK = 500 };

struct succession {
    struct routing *routing;
    struct rounds *rounds;            /* of a chunk each */
    int64_t swept_version, swept_day; /* of the reference data that all cases agree with */
    struct arena arena;               /* of the chunk */
    size_t waiting;                   /* cases under way, and one while they are being taken up */
    size_t found, moved;
};

/* One case on its way to the successor. */
struct heir {
    struct succession *succession;
    const char *unit; /* that has ended */
    bool is_task;     /* it co-operates */
    struct case_read read;
    struct case_write write;
};

/* Steps of one chunk, in running order. */
static void look(void *state);
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_read(struct case_read *read, const struct error *err);
static void hand_on(struct heir *heir);
static void on_written(struct case_write *write, bool won, const struct error *err);
static void leave(struct succession *succession);

static bool is_swept(const struct succession *succession)
{
    const struct reference *reference = succession->routing->reference;
    return reference == NULL || (reference->version == succession->swept_version &&
                                 reference->day == succession->swept_day);
}

static void succession_free(void *state)
{
    struct succession *succession = state;
    arena_finish(&succession->arena);
    free(succession);
}

struct succession *succession_new(struct routing *routing)
{
    struct succession *succession = memory_zero(1, sizeof *succession);
    const struct rounds_work work = {.begin = look, .free = succession_free, .state = succession};
    succession->routing = routing;
    arena_init(&succession->arena);
    succession->rounds = rounds_new(loop_uv(routing->parts->loop), &work, PERIOD_MS, PERIOD_MS);
    return succession;
}

void succession_close(struct succession *succession, succession_on_closed *on_closed, void *arg)
{
    rounds_close(succession->rounds, on_closed, arg);
}

static void look(void *state)
{
    struct succession *succession = state;
    if (is_swept(succession)) {
        rounds_end(succession->rounds);
        return;
    }
    struct pg_tx *tx = pg_tx_new(succession->routing->parts->pg);
    succession->found = succession->moved = 0;
    succession->waiting = 1;
    pg_tx_set_read_only(tx);
    store_cases_of_former_units(tx, CHUNK);
    pg_tx_send(tx, on_looked, succession);
}

static void take_up(struct succession *succession, const struct pg_tx *tx, size_t row)
{
    struct heir *heir = arena_alloc(&succession->arena, sizeof *heir);
    struct error err = {0};
    heir->succession = succession;
    heir->unit = arena_text(&succession->arena, pg_value_text(tx, 0, row, 1));
    heir->is_task = pg_value_bool(tx, 0, row, 2);
    heir->read.id = pg_value_uuid(tx, 0, row, 0);
    heir->read.arena = &succession->arena;
    heir->read.on_read = on_read;
    heir->read.arg = heir;
    if (case_reader_submit(succession->routing->reader, &heir->read, &err)) {
        succession->waiting++;
    }
}

static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct succession *succession = arg;
    succession->found = outcome == PG_COMMITTED ? pg_rows(tx, 0) : 1; /* look again */
    for (size_t row = 0; outcome == PG_COMMITTED && row < succession->found; row++) {
        take_up(succession, tx, row);
    }
    leave(succession);
}

static void on_read(struct case_read *read, const struct error *err)
{
    struct heir *heir = read->arg;
    if (err == NULL && read->found && case_is_open(&read->snapshot)) {
        hand_on(heir);
    } else {
        leave(heir->succession);
    }
}

static struct case_command command_of(const struct heir *heir, const char *successor)
{
    struct case_command command = {.action = CASE_SUCCEED,
                                   .expected_version = heir->read.snapshot.version,
                                   .actor = ACTOR_BIT(ROLE_SYSTEM),
                                   .level = -1,
                                   .given = PROCESS_BIT(FIELD_UNIT),
                                   .unit = successor};
    if (heir->is_task) {
        command.action = CASE_SUCCEED_TASK;
        command.given |= PROCESS_BIT(FIELD_PROPOSED_UNIT);
        command.unit = heir->unit;
        command.proposed_unit = successor;
    }
    return command;
}

static void hand_on(struct heir *heir)
{
    struct succession *succession = heir->succession;
    const struct reference *reference = succession->routing->reference;
    const struct case_snapshot *now = &heir->read.snapshot;
    const char *unit = unit_successor(&reference->units, &reference->successions, heir->unit);
    const char *successor = unit != NULL ? unit : UNIT_CITY_OFFICE;
    struct case_command command = command_of(heir, successor);
    struct error err = {0};
    if (strcmp(successor, heir->unit) == 0) { /* our reference data is not as new yet */
        leave(succession);
        return;
    }
    command.focal_point =
        focal_point_find(&reference->focal_points, successor, now->category, clock_now_us());
    heir->write.on_written = on_written;
    heir->write.arg = heir;
    if (!case_decide(now, &command, &reference->cases, clock_now_us(), &heir->write.after, &err) ||
        !case_writer_submit(succession->routing->writer, &heir->write, &err)) {
        log_warn_error("succession_postponed", &err);
        leave(succession);
    }
}

static void on_written(struct case_write *write, bool won, const struct error *err)
{
    struct heir *heir = write->arg;
    (void)err; /* it is found again */
    heir->succession->moved += won;
    leave(heir->succession);
}

static void end_chunk(struct succession *succession)
{
    const struct reference *reference = succession->routing->reference;
    if (succession->moved > 0) {
        log_info("cases_handed_to_successor", log_int("cases", (int64_t)succession->moved));
    }
    if (succession->found == 0 && reference != NULL) {
        succession->swept_version = reference->version;
        succession->swept_day = reference->day;
    }
    arena_reset(&succession->arena);
    if (succession->moved >= CHUNK) {
        rounds_begin_now(succession->rounds);
    }
    rounds_end(succession->rounds);
}

static void leave(struct succession *succession)
{
    assert(succession->waiting > 0);
    succession->waiting--;
    if (succession->waiting == 0) {
        end_chunk(succession);
    }
}
