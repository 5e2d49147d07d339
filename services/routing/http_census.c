/* SPDX-License-Identifier: Apache-2.0 */
/* How many cases there are, for who counts them from the events: GET /api/routing/census. */
#include "common/clock.h"
#include "common/json.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_desk.h"

static void put_item(struct json_writer *writer, const struct pg_tx *tx, size_t row)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "unit", pg_value_text(tx, 0, row, CENSUS_UNIT));
    json_put_text(writer, "phase", pg_value_text(tx, 0, row, CENSUS_PHASE));
    json_put_text(writer, "state", pg_value_text(tx, 0, row, CENSUS_STATE));
    json_put_int(writer, "cases", pg_value_int8(tx, 0, row, CENSUS_CASES));
    json_close_object(writer);
}

static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct buffer body;
    struct json_writer writer;
    if (!http_is_committed(request, tx, outcome)) {
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_instant(&writer, "at", clock_now_us());
    json_open_array(&writer, "items");
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        put_item(&writer, tx, row);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_get_census(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_census(tx);
    pg_tx_send(tx, on_counted, request);
}
