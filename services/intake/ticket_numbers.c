/* SPDX-License-Identifier: Apache-2.0 */
#include "ticket_numbers.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/arena.h"

enum {
    BLOCKS_MAX = 8, /* in one draw: 28 ms of the most that is filed, and what a crash may lose */
    RETURNED_MAX = 1024,
    RETRY_MS = 200
};

/* Numbers from next to last are free. */
struct block {
    int64_t next, last;
};

struct ticket_numbers {
    struct pg *pg;
    uv_timer_t *retry;
    struct block *blocks; /* a stack */
    size_t block_count, block_capacity;
    int64_t returned[RETURNED_MAX];
    size_t returned_count;
    int32_t draw; /* blocks to ask for: doubles while draws come too late */
    bool drawing;
    ticket_on_stock *on_stock;
    void *arg;
    ticket_on_closed *on_closed; /* set while closing */
    void *closed_arg;
};

/* Sequences count blocks, so that numbers stay dense whatever the block's size. */
static const struct pg_statement draw_blocks = {
    "intake_draw_ticket_blocks",
    "SELECT nextval('ticket_block') FROM generate_series(1, $1::integer)"};

static void start_draw(struct ticket_numbers *numbers);

static void on_freed(uv_handle_t *handle)
{
    free(handle);
}

static void numbers_free(struct ticket_numbers *numbers)
{
    ticket_on_closed *on_closed = numbers->on_closed;
    void *arg = numbers->closed_arg;
    uv_timer_stop(numbers->retry);
    uv_close((uv_handle_t *)numbers->retry, on_freed);
    free(numbers->blocks);
    free(numbers);
    on_closed(arg);
}

static void add_block(struct ticket_numbers *numbers, int64_t block)
{
    if (numbers->block_count == numbers->block_capacity) {
        numbers->block_capacity = numbers->block_capacity == 0 ? 64 : numbers->block_capacity * 2;
        numbers->blocks =
            memory_grow(numbers->blocks, numbers->block_capacity, sizeof *numbers->blocks);
    }
    /* The first number is 1. */
    numbers->blocks[numbers->block_count++] =
        (struct block){block * TICKET_BLOCK + 1, (block + 1) * TICKET_BLOCK};
}

static void on_retry(uv_timer_t *timer)
{
    start_draw(timer->data);
}

static void on_drawn(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct ticket_numbers *numbers = arg;

    if (numbers->on_closed != NULL) {
        numbers_free(numbers);
        return;
    }
    if (pg_tx_failed(tx, outcome, "ticket_numbers_not_drawn")) { /* in doubt: a gap, no more */
        uv_timer_start(numbers->retry, on_retry, RETRY_MS, 0);
        return;
    }
    numbers->drawing = false;
    /* From the last to the first: the stack hands out the lowest. */
    for (size_t i = pg_rows(tx, 0); i > 0; i--) {
        add_block(numbers, pg_value_int8(tx, 0, i - 1, 0));
    }
    numbers->on_stock(numbers->arg);
}

static void start_draw(struct ticket_numbers *numbers)
{
    struct pg_tx *tx = pg_tx_new(numbers->pg);
    numbers->drawing = true;
    pg_tx_add(tx, &draw_blocks);
    pg_tx_int4(tx, numbers->draw);
    pg_tx_send(tx, on_drawn, numbers);
}

struct ticket_numbers *ticket_numbers_new(uv_loop_t *loop, struct pg *pg, ticket_on_stock *on_stock,
                                          void *arg)
{
    struct ticket_numbers *numbers = memory_zero(1, sizeof *numbers);
    numbers->pg = pg;
    numbers->draw = 1;
    numbers->on_stock = on_stock;
    numbers->arg = arg;
    numbers->retry = memory_zero(1, sizeof *numbers->retry);
    numbers->retry->data = numbers;
    uv_timer_init(loop, numbers->retry);
    start_draw(numbers);
    return numbers;
}

void ticket_numbers_close(struct ticket_numbers *numbers, ticket_on_closed *on_closed, void *arg)
{
    numbers->on_closed = on_closed;
    numbers->closed_arg = arg;
    if (!numbers->drawing || uv_is_active((uv_handle_t *)numbers->retry)) {
        numbers_free(numbers);
    }
}

int64_t ticket_numbers_take(struct ticket_numbers *numbers)
{
    if (numbers->returned_count > 0) {
        return numbers->returned[--numbers->returned_count];
    }
    if (numbers->block_count == 0) {
        if (numbers->draw < BLOCKS_MAX && numbers->drawing) {
            numbers->draw *= 2; /* this draw comes too late: the next one is larger */
        }
        if (!numbers->drawing) {
            start_draw(numbers);
        }
        return 0;
    }
    struct block *top = &numbers->blocks[numbers->block_count - 1];
    int64_t number = top->next++;
    if (top->next > top->last) {
        numbers->block_count--;
    }
    if (!numbers->drawing && numbers->block_count <= (size_t)numbers->draw / 2) {
        start_draw(numbers);
    }
    return number;
}

void ticket_numbers_give_back(struct ticket_numbers *numbers, int64_t number)
{
    assert(number > 0);
    if (numbers->returned_count < RETURNED_MAX) {
        numbers->returned[numbers->returned_count++] = number;
    }
}
