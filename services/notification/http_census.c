/* SPDX-License-Identifier: Apache-2.0 */
/* How many deliveries came to which end: GET /api/notification/census. */
#include "census.h"
#include "common/clock.h"
#include "common/http_pg.h"
#include "common/json.h"
#include "http_routes.h"
#include "notification.h"
#include "store_message.h"

struct counting {
    struct http_request *request;
    int64_t now, since;
};

static void put_item(struct json_writer *writer, const struct pg_tx *tx, size_t row)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "channel", pg_value_text(tx, 0, row, CENSUS_CHANNEL));
    json_put_text(writer, "result", pg_value_text(tx, 0, row, CENSUS_RESULT));
    json_put_int(writer, "deliveries", pg_value_int8(tx, 0, row, CENSUS_DELIVERIES));
    json_close_object(writer);
}

static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    const struct counting *counting = arg;
    struct buffer body;
    struct json_writer writer;
    if (!http_is_committed(counting->request, tx, outcome)) {
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_instant(&writer, "at", counting->now);
    json_put_instant(&writer, "since", counting->since);
    json_open_array(&writer, "items");
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        put_item(&writer, tx, row);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer(counting->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_get_census(struct http_request *request, void *state)
{
    const struct notification *notification = state;
    struct counting *counting = arena_alloc(http_arena(request), sizeof *counting);
    int64_t now = clock_now_us();
    *counting = (struct counting){request, now, census_since(now)};
    struct pg_tx *tx = pg_tx_new(notification->parts->pg);
    pg_tx_set_read_only(tx);
    store_census(tx, counting->since);
    pg_tx_send(tx, on_counted, counting);
}
