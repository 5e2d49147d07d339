/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/routing/recomputations: tells the due times of open cases anew after a calendar
 * decision that came late, and lists what changes. Without "apply" it only lists. */

#include "common/clock.h"
#include "common/json.h"
#include "services/routing/case_engine.h"
#include "services/routing/case_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/recompute_json.h"
#include "services/routing/store.h"

enum { CHUNK = 500, LISTED_MAX = 1000 };

struct recompute {
    struct http_request *request;
    struct routing *routing;
    struct recompute_wish wish;
    struct store_place place; /* of the last case looked at */
    struct arena arena;       /* of the chunk */
    struct case_write *writes;
    size_t waiting; /* writes under way, and one while they are being submitted */
    bool is_last;   /* the chunk was not full */
    struct buffer body;
    struct json_writer writer;
    int64_t checked, changed, applied;
};

/* Steps, in running order; chunk after chunk. */
static void read_chunk(struct recompute *run);
static void on_chunk_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void recompute_case(struct recompute *run, const struct case_snapshot *now,
                           struct case_write *write);
static void on_written(struct case_write *write, bool won, const struct error *err);
static void end_chunk(struct recompute *run);
static void recompute_answer(struct recompute *run);
static void recompute_refuse(struct recompute *run, const struct error *err);

static bool read_request(struct recompute *run, struct error *err)
{
    size_t size;
    const char *body = http_body(run->request, &size);
    return recompute_json_read(&run->wish, body, size, http_arena(run->request), err);
}

void http_recompute(struct http_request *request, void *state)
{
    struct recompute *run = arena_alloc(http_arena(request), sizeof *run);
    struct error err = {0};
    run->request = request;
    run->routing = state;
    if (!http_has_reference(request, run->routing)) {
        return;
    }
    if (!read_request(run, &err)) {
        http_answer_error(request, &err);
        return;
    }
    arena_init(&run->arena);
    buffer_init(&run->body);
    json_write_start(&run->writer, &run->body);
    json_open_object(&run->writer, NULL);
    json_open_array(&run->writer, "items");
    read_chunk(run);
}

static void read_chunk(struct recompute *run)
{
    struct pg_tx *tx = pg_tx_new(run->routing->parts->pg);
    arena_reset(&run->arena);
    pg_tx_set_read_only(tx);
    store_open_cases_read(tx, &run->place, CHUNK);
    pg_tx_send(tx, on_chunk_read, run);
}

static void on_chunk_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct recompute *run = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        recompute_refuse(run, &err);
        return;
    }
    size_t count = pg_rows(tx, 0);
    run->is_last = count < CHUNK;
    run->writes = arena_array(&run->arena, count, sizeof *run->writes);
    run->waiting = 1;
    for (size_t row = 0; row < count; row++) {
        struct case_snapshot *now = arena_alloc(&run->arena, sizeof *now);
        const char *json;
        if (store_case_row(tx, 0, row, &run->routing->processes, &run->arena, now, &json, &err)) {
            recompute_case(run, now, &run->writes[row]);
        }
    }
    if (count > 0) {
        run->place = store_open_case_place(tx, 0, count - 1, http_arena(run->request));
    }
    end_chunk(run);
}

static void put_due(struct json_writer *writer, const char *clock, int64_t was, int64_t is)
{
    if (was != is) {
        json_open_object(writer, NULL);
        json_put_text(writer, "clock", clock);
        json_put_instant_if(writer, "was", was);
        json_put_instant_if(writer, "is", is);
        json_close_object(writer);
    }
}

static void put_change(struct recompute *run, const struct case_snapshot *now,
                       const struct case_snapshot *after)
{
    struct json_writer *writer = &run->writer;
    json_open_object(writer, NULL);
    json_put_uuid(writer, "case_id", &now->id);
    json_put_text(writer, "ticket", now->ticket);
    json_put_int(writer, "version", now->version);
    json_put_text(writer, "unit", now->unit);
    json_open_array(writer, "clocks");
    for (size_t i = 0; i < case_clock_count(now); i++) {
        put_due(writer, i < CASE_CLOCKS ? case_clock_words[i] : "task",
                clock_due(case_clock_at(now, i)), clock_due(case_clock_at(after, i)));
    }
    put_due(writer, "timeout", now->timeout_at, after->timeout_at);
    json_close_array(writer);
    json_close_object(writer);
}

static bool is_changed(const struct case_snapshot *now, const struct case_snapshot *after)
{
    for (size_t i = 0; i < case_clock_count(now); i++) {
        if (clock_due(case_clock_at(now, i)) != clock_due(case_clock_at(after, i))) {
            return true;
        }
    }
    return now->timeout_at != after->timeout_at;
}

static void recompute_case(struct recompute *run, const struct case_snapshot *now,
                           struct case_write *write)
{
    struct case_command command = {.action = CASE_RECOMPUTE,
                                   .expected_version = now->version,
                                   .actor = ACTOR_BIT(ROLE_SYSTEM),
                                   .actor_ref = http_principal(run->request)->id,
                                   .note = run->wish.reason,
                                   .level = -1};
    struct error err = {0};
    run->checked++;
    if (!case_decide(now, &command, &run->routing->reference->cases, clock_now_us(), &write->after,
                     &err) ||
        !is_changed(now, &write->after)) {
        return;
    }
    run->changed++;
    if (run->changed <= LISTED_MAX) {
        put_change(run, now, &write->after);
    }
    write->traceparent = http_trace(run->request)->parent;
    write->on_written = on_written;
    write->arg = run;
    if (run->wish.apply && case_writer_submit(run->routing->writer, write, &err)) {
        run->waiting++;
    }
}

static void on_written(struct case_write *write, bool won, const struct error *err)
{
    struct recompute *run = write->arg;
    (void)err; /* what was not applied is told by the numbers, and can be asked for again */
    run->applied += won;
    end_chunk(run);
}

static void end_chunk(struct recompute *run)
{
    run->waiting--;
    if (run->waiting > 0) {
        return;
    }
    if (run->is_last) {
        recompute_answer(run);
    } else {
        read_chunk(run);
    }
}

static void recompute_finish(struct recompute *run)
{
    buffer_finish(&run->body);
    arena_finish(&run->arena);
}

static void recompute_answer(struct recompute *run)
{
    json_close_array(&run->writer);
    json_put_int(&run->writer, "checked", run->checked);
    json_put_int(&run->writer, "changed", run->changed);
    json_put_int(&run->writer, "applied", run->applied);
    json_close_object(&run->writer);
    http_answer(run->request, 200, NULL, run->body.data, run->body.size);
    recompute_finish(run);
}

static void recompute_refuse(struct recompute *run, const struct error *err)
{
    http_answer_error(run->request, err);
    recompute_finish(run);
}
