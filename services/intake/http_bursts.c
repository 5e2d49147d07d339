/* SPDX-License-Identifier: Apache-2.0 */
#include "http_bursts.h"

#include "burst_json.h"
#include "common/http_page.h"
#include "common/http_pg.h"
#include "intake.h"
#include "store_burst.h"

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_page *page = arg;
    struct burst *bursts;
    struct cursor next = {0};
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_bursts(tx, &bursts, http_arena(page->request));
    size_t shown = http_page_shown(page, count);
    http_page_open(page);
    for (size_t i = 0; i < shown; i++) {
        burst_write_item(&bursts[i], &page->writer);
    }
    if (count > shown) {
        next = (struct cursor){bursts[shown - 1].noticed_at, bursts[shown - 1].id};
    }
    http_page_answer(page, count > shown ? &next : NULL);
}

void http_list_bursts(struct http_request *request, void *state)
{
    const struct intake *intake = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct error err = {0};
    if (!http_page_read(page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_bursts(tx, &page->cursor.id, (int32_t)page->limit + 1);
    pg_tx_send(tx, on_listed, page);
}
