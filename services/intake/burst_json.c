/* SPDX-License-Identifier: Apache-2.0 */
#include "burst_json.h"

#include "burst.h"

enum { MIDDLE_DECIMALS = 2, SHARE_DECIMALS = 3, AREA_M = 2200 };

static void put_members(struct json_writer *writer, const struct burst *burst)
{
    const struct burst_place place = burst_place_of(burst->area);
    json_put_uuid(writer, "burst_id", &burst->id);
    json_open_object(writer, "area");
    json_put_real(writer, "lat", place.lat, MIDDLE_DECIMALS);
    json_put_real(writer, "lon", place.lon, MIDDLE_DECIMALS);
    json_put_int(writer, "size_m", AREA_M);
    json_close_object(writer);
    json_put_text(writer, "category", burst->category);
    json_put_instant(writer, "from", burst->from_at);
    json_put_instant(writer, "to", burst->from_at + BURST_WINDOW_US);
    json_put_instant(writer, "noticed_at", burst->noticed_at);
    json_put_int(writer, "count", burst->noticed);
    json_put_real(writer, "usual", burst->usual, SHARE_DECIMALS);
    json_put_real(writer, "ratio", burst_ratio(burst->noticed, burst->usual), SHARE_DECIMALS);
    json_open_object(writer, "rule");
    json_put_text(writer, "code", "burst");
    json_put_int(writer, "version", 1);
    json_put_text(writer, "source", "assumption");
    json_close_object(writer);
}

void burst_write_event(const struct burst *burst, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    put_members(&writer, burst);
    json_close_object(&writer);
}

void burst_write_item(const struct burst *burst, struct json_writer *writer)
{
    json_open_object(writer, NULL);
    put_members(writer, burst);
    json_put_int(writer, "reports", burst->reports);
    json_close_object(writer);
}
