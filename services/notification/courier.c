/* SPDX-License-Identifier: Apache-2.0 */
#include "courier.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "settlement.h"
#include "store_delivery.h"

enum {
    STANDING_MAX = 400,
    CLAIM_MAX = 200,
    LOOK_MS = 250,
    CLOSING_MS = 10,
    SMTP_DEADLINE_MS = 15000
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
    struct settlements *settlements;
    uv_timer_t *timer;
    bool claiming, look_again;
    struct arena arena;           /* of the letter being written */
    courier_on_closed *on_closed; /* set while closing */
    void *closed_arg;
    struct metrics_histogram *delay;
    struct metrics_gauge *waiting;
};

/* A letter's way, in running order. */
static void courier_run(struct courier *courier); /* starts what may start */
static void letter_send(struct courier *courier, struct letter *letter);
static void on_mailed(long reply, const struct error *err, void *arg);
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
        settlements_put(courier->settlements, letter);
        return;
    }
    if (!start_mail(courier, letter, &envelope)) {
        letter->end = LETTER_RETURNED;
        letter->next_attempt_at = context.now + (int64_t)LOOK_MS * 1000;
        settlements_put(courier->settlements, letter);
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
    settlements_put(courier->settlements, letter);
    courier_run(courier);
    look_for_backlog(courier);
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

    courier->claiming = false;
    if (pg_tx_failed(tx, outcome, "mails_not_claimed")) {
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
    struct metrics *metrics = courier->config.metrics;
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
    courier->settlements =
        settlements_new(config->pg, config->outbox, config->seal, config->metrics);
    arena_init(&courier->arena);
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
    return !courier->claiming && sending == 0 && settlements_are_idle(courier->settlements);
}

static void return_lines(struct courier *courier)
{
    int64_t now = clock_now_us();
    for (size_t i = 0; i < LANE_COUNT; i++) {
        struct letter *letter;
        while ((letter = line_take(&courier->lines[i])) != NULL) {
            letter->end = LETTER_RETURNED;
            letter->next_attempt_at = now;
            settlements_put(courier->settlements, letter);
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
    settlements_free(courier->settlements);
    arena_finish(&courier->arena);
    free(courier);
    on_closed(arg);
}

void courier_close(struct courier *courier, courier_on_closed *on_closed, void *arg)
{
    courier->on_closed = on_closed;
    courier->closed_arg = arg;
    uv_timer_start(courier->timer, on_closing, 0, CLOSING_MS);
}
