/* SPDX-License-Identifier: Apache-2.0 */
#include "courier.h"

#include <stdlib.h>
#include <string.h>

#include "common/batch.h"
#include "common/clock.h"
#include "common/log.h"
#include "delivery_json.h"
#include "store_delivery.h"

enum {
    STANDING_MAX = 400,
    CLAIM_MAX = 200,
    LOOK_MS = 250,
    CLOSING_MS = 10,
    SMTP_DEADLINE_MS = 15000,
    SETTLE_MAX = 500,
    SETTLE_QUEUE_MAX = 8192,
    SETTLE_DEADLINE_MS = 20000,
    SETTLE_DEPTH = 2
};

struct line {
    struct letter *first, **last;
    size_t count;
    size_t sending;
    size_t asked; /* in the last claim */
    bool backlog; /* it took all it could: there may be more */
};

struct courier {
    struct courier_config config;
    struct line lines[LANE_COUNT];
    struct batch *settlements;
    size_t settling;
    uv_timer_t *timer;
    bool claiming, look_again;
    struct arena arena;           /* of the letter being written */
    struct buffer data;           /* of the event being written */
    courier_on_closed *on_closed; /* set while closing */
    void *closed_arg;
    struct metrics_counter *ended[LETTER_RETURNED + 1];
    struct metrics_histogram *delay;
    struct metrics_gauge *waiting;
};

/* A letter's way, in running order. */
static void courier_run(struct courier *courier); /* starts what may start */
static void letter_send(struct courier *courier, struct letter *letter);
static void on_mailed(long reply, const struct error *err, void *arg);
static void letter_settle(struct courier *courier, struct letter *letter);
static void build_settlements(struct pg_tx *tx, void **items, size_t count, void *arg);
static void on_settled(const struct pg_tx *tx, void **items, size_t count, const struct error *err,
                       bool in_doubt, void *arg);
static void look_for_backlog(struct courier *courier); /* claims when a line has room for many */

static void line_put(struct line *line, struct letter *letter)
{
    letter->next = NULL;
    *line->last = letter;
    line->last = &letter->next;
    line->count++;
}

static struct letter *line_take(struct line *line)
{
    struct letter *letter = line->first;
    if (letter != NULL) {
        line->first = letter->next;
        line->count--;
        if (line->first == NULL) {
            line->last = &line->first;
        }
    }
    return letter;
}

size_t courier_room(const struct courier *courier, enum lane lane)
{
    size_t count = courier->lines[lane].count;
    return courier->on_closed != NULL || count >= STANDING_MAX ? 0 : LINE_MAX - count;
}

void courier_take(struct courier *courier, struct letter *letter)
{
    letter->courier = courier;
    line_put(&courier->lines[letter->lane], letter);
    courier_run(courier);
}

void courier_forget(struct courier *courier, const char *ref)
{
    struct line *line = &courier->lines[LANE_RESIDENTS];
    for (struct letter *letter = line->first; letter != NULL; letter = letter->next) {
        if (strcmp(letter->recipient, ref) == 0) {
            free(letter->sealed);
            letter->sealed = NULL;
        }
    }
}

/* ---- sending ---- */

static struct letter *take_next(struct courier *courier)
{
    struct line *residents = &courier->lines[LANE_RESIDENTS];
    struct line *officials = &courier->lines[LANE_OFFICIALS];
    size_t max = courier->config.connections_max;
    if (residents->sending + officials->sending >= max) {
        return NULL;
    }
    struct letter *letter = line_take(residents);
    if (letter == NULL && officials->sending < (max + 1) / 2) {
        letter = line_take(officials);
    }
    return letter;
}

static void courier_run(struct courier *courier)
{
    struct letter *letter;
    while ((letter = take_next(courier)) != NULL) {
        letter_send(courier, letter);
    }
    metrics_set(courier->waiting, (double)(courier->lines[LANE_RESIDENTS].count +
                                           courier->lines[LANE_OFFICIALS].count));
}

/* False: the line of transfers is full, or we are stopping. */
static bool start_mail(struct courier *courier, struct letter *letter,
                       const struct envelope *envelope)
{
    const struct courier_config *config = &courier->config;
    struct error err = {0};
    struct fetch_mail mail = {
        .url = config->smtp_url,
        .user = config->smtp_user,
        .password = config->smtp_password,
        .require_tls = config->smtp_require_tls,
        .from = config->from,
        .to = envelope->to,
        .message = envelope->message.data,
        .message_size = envelope->message.size,
        .deadline_ms = SMTP_DEADLINE_MS,
    };
    if (!fetch_mail(config->fetch, &mail, on_mailed, letter, &err)) {
        log_warn_error("mail_not_started", &err);
        return false;
    }
    courier->lines[letter->lane].sending++;
    return true;
}

static void letter_send(struct courier *courier, struct letter *letter)
{
    struct envelope envelope;
    struct letter_context context = {
        .reference = reference_current(courier->config.reference),
        .seal = courier->config.seal,
        .from = courier->config.from,
        .site = courier->config.site,
        .now = clock_now_us(),
    };
    if (context.now > letter->leased_until - (int64_t)SMTP_DEADLINE_MS * 1000) {
        letter_free(letter); /* another's soon */
        return;
    }
    arena_reset(&courier->arena);
    if (!letter_write(letter, &context, &courier->arena, &envelope)) {
        letter_settle(courier, letter);
        return;
    }
    if (!start_mail(courier, letter, &envelope)) {
        letter->end = LETTER_RETURNED;
        letter->next_attempt_at = context.now + (int64_t)LOOK_MS * 1000;
        letter_settle(courier, letter);
    }
    buffer_finish(&envelope.message);
}

static void on_mailed(long reply, const struct error *err, void *arg)
{
    struct letter *letter = arg;
    struct courier *courier = letter->courier;
    int64_t now = clock_now_us();
    uint32_t chance;

    random_bytes(&chance, sizeof chance);
    courier->lines[letter->lane].sending--;
    letter_answered(letter, err == NULL, reply, now, chance);
    if (letter->end == LETTER_SENT) {
        metrics_observe(courier->delay, (double)(now - letter->created_at) / 1e6);
    }
    letter_settle(courier, letter);
    courier_run(courier);
    look_for_backlog(courier);
}

/* ---- settling ---- */

static void stage_event(struct courier *courier, struct letter *letter)
{
    struct delivery_event out = {.data = courier->data};
    struct delivery_said said = {
        .id = &letter->id,
        .event_id = &letter->event_id,
        .case_id = &letter->case_id,
        .recipient = letter->recipient,
        .channel = CHANNEL_EMAIL,
        .template = letter->template,
        .end = letter->end,
        .attempts = letter->attempts,
        .reason = letter->reason,
        .at = clock_now_us(),
    };
    delivery_write_event(&said, courier->config.seal, &out);
    courier->data = out.data;
    letter->said = outbox_stage(courier->config.outbox, &out.event, &letter->id);
}

static void letter_settle(struct courier *courier, struct letter *letter)
{
    struct error err = {0};
    if (!batch_submit(courier->settlements, letter, &err)) {
        log_warn_error("mail_not_settled", &err); /* its lease runs out */
        letter_free(letter);
        return;
    }
    courier->settling++;
}

/* Events are staged once per letter, however often it is built. */
static void build_settlements(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct courier *courier = arg;
    struct letter *const *letters = (struct letter *const *)items;
    struct outbox_columns said;

    outbox_guard(courier->config.outbox, tx);
    store_settle(tx, letters, count, clock_now_us());
    outbox_columns_init(&said, courier->config.outbox);
    for (size_t i = 0; i < count; i++) {
        if (letters[i]->said == NULL && letters[i]->end <= LETTER_SKIPPED) {
            stage_event(courier, letters[i]);
        }
        if (letters[i]->said != NULL) {
            outbox_columns_add(&said, letters[i]->said);
        }
    }
    outbox_columns_put(&said, tx);
    outbox_columns_finish(&said);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* The ids whose end is now in the table, sorted. */
static size_t read_winners(const struct pg_tx *tx, struct uuid **winners)
{
    size_t count = tx != NULL ? pg_rows(tx, 1) : 0;
    *winners = memory_alloc((count + 1) * sizeof **winners);
    for (size_t i = 0; i < count; i++) {
        (*winners)[i] = pg_value_uuid(tx, 1, i, 0);
    }
    qsort(*winners, count, sizeof **winners, by_id);
    return count;
}

static void on_settled(const struct pg_tx *tx, void **items, size_t count, const struct error *err,
                       bool in_doubt, void *arg)
{
    struct courier *courier = arg;
    struct uuid *winners;
    size_t winner_count = read_winners(err == NULL ? tx : NULL, &winners);

    if (err != NULL) {
        log_warn_error("mails_not_settled", err, log_int("count", (int64_t)count));
    }
    for (size_t i = 0; i < count; i++) {
        struct letter *letter = items[i];
        bool won = bsearch(&letter->id, winners, winner_count, sizeof *winners, by_id) != NULL;
        if (won) {
            metrics_add(courier->ended[letter->end], 1);
        }
        if (letter->said != NULL && won) {
            outbox_publish(courier->config.outbox, letter->said);
        } else if (letter->said != NULL && in_doubt) {
            outbox_doubt(courier->config.outbox, letter->said);
        } else if (letter->said != NULL) {
            outbox_drop(courier->config.outbox, letter->said);
        }
        letter_free(letter);
    }
    free(winners);
    courier->settling -= count;
}

/* ---- claiming what is due ---- */

static void look_for_backlog(struct courier *courier)
{
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        if (courier->lines[lane].backlog && courier_room(courier, lane) >= CLAIM_MAX) {
            courier_look(courier);
            return;
        }
    }
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct courier *courier = arg;
    struct error err = {0};

    courier->claiming = false;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        log_warn_error("mails_not_claimed", &err);
        return;
    }
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        size_t rows = pg_rows(tx, lane);
        courier->lines[lane].backlog = rows > 0 && rows >= courier->lines[lane].asked;
        for (size_t row = 0; row < rows; row++) {
            courier_take(courier, store_claimed_letter(tx, lane, row));
        }
    }
    if (courier->look_again) {
        courier_look(courier);
    } else {
        look_for_backlog(courier);
    }
}

void courier_look(struct courier *courier)
{
    int64_t now = clock_now_us();
    courier->look_again = courier->claiming;
    if (courier->claiming || courier->on_closed != NULL) {
        return;
    }
    struct pg_tx *tx = pg_tx_new(courier->config.pg);
    size_t rooms = 0;
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        size_t room = courier_room(courier, lane);
        size_t max = room < CLAIM_MAX ? room : CLAIM_MAX;
        rooms += room;
        courier->lines[lane].asked = max;
        store_claim(tx, lane, max, now, now + COURIER_LEASE_US);
    }
    if (rooms == 0) {
        pg_tx_free(tx);
        return;
    }
    courier->claiming = true;
    pg_tx_send(tx, on_claimed, courier);
}

static void on_look(uv_timer_t *timer)
{
    courier_look(timer->data);
}

/* ---- opening and closing ---- */

static void open_metrics(struct courier *courier)
{
    static const char *const results[] = {
        [LETTER_SENT] = "result=sent",         [LETTER_FAILED] = "result=failed",
        [LETTER_SKIPPED] = "result=skipped",   [LETTER_AGAIN] = "result=again",
        [LETTER_RETURNED] = "result=returned",
    };
    struct metrics *metrics = courier->config.metrics;
    for (size_t i = 0; i <= LETTER_RETURNED; i++) {
        const char *const labels[] = {results[i], NULL};
        courier->ended[i] =
            metrics_counter(metrics, "mails_total", "What became of e-mails, by result.", labels);
    }
    courier->delay = metrics_histogram(metrics, "mail_delay_seconds",
                                       "From the making of an e-mail to its being taken.", NULL);
    courier->waiting = metrics_gauge(metrics, "mails_in_line", "E-mails in line in memory.", NULL);
}

struct courier *courier_new(const struct courier_config *config)
{
    struct courier *courier = memory_zero(1, sizeof *courier);
    courier->config = *config;
    for (size_t i = 0; i < LANE_COUNT; i++) {
        courier->lines[i].last = &courier->lines[i].first;
    }
    struct batch_config settlements = {
        .name = "mails",
        .items_max = SETTLE_MAX,
        .depth = SETTLE_DEPTH,
        .queue_max = SETTLE_QUEUE_MAX,
        .deadline_ms = SETTLE_DEADLINE_MS,
        .build = build_settlements,
        .done = on_settled,
        .arg = courier,
    };
    courier->settlements = batch_new(config->pg, &settlements, config->metrics);
    arena_init(&courier->arena);
    buffer_init(&courier->data);
    open_metrics(courier);
    courier->timer = memory_zero(1, sizeof *courier->timer);
    courier->timer->data = courier;
    uv_timer_init(config->loop, courier->timer);
    uv_timer_start(courier->timer, on_look, LOOK_MS, LOOK_MS);
    return courier;
}

static void on_timer_closed(uv_handle_t *timer)
{
    free(timer);
}

static bool is_idle(const struct courier *courier)
{
    size_t sending = courier->lines[0].sending + courier->lines[1].sending;
    return !courier->claiming && sending == 0 && courier->settling == 0 &&
           batch_is_idle(courier->settlements);
}

static void return_lines(struct courier *courier)
{
    int64_t now = clock_now_us();
    for (size_t i = 0; i < LANE_COUNT; i++) {
        struct letter *letter;
        while ((letter = line_take(&courier->lines[i])) != NULL) {
            letter->end = LETTER_RETURNED;
            letter->next_attempt_at = now;
            letter_settle(courier, letter);
        }
    }
}

static void on_closing(uv_timer_t *timer)
{
    struct courier *courier = timer->data;
    return_lines(courier); /* also what a claim brought meanwhile */
    if (!is_idle(courier)) {
        return;
    }
    courier_on_closed *on_closed = courier->on_closed;
    void *arg = courier->closed_arg;
    uv_timer_stop(timer);
    uv_close((uv_handle_t *)timer, on_timer_closed);
    batch_free(courier->settlements);
    arena_finish(&courier->arena);
    buffer_finish(&courier->data);
    free(courier);
    on_closed(arg);
}

void courier_close(struct courier *courier, courier_on_closed *on_closed, void *arg)
{
    courier->on_closed = on_closed;
    courier->closed_arg = arg;
    uv_timer_start(courier->timer, on_closing, 0, CLOSING_MS);
}
