/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/change_json.h"

#include "common/json.h"

static void put_identity(struct json_writer *writer, const struct case_change *change)
{
    json_put_uuid(writer, "case_id", &change->case_id);
    json_put_text(writer, "ticket", change->ticket);
    json_put_int(writer, "version", change->version);
    json_put_instant(writer, "at", change->at);
}

void change_json_write(struct buffer *out, const struct case_change *change)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    put_identity(&writer, change);
    json_put_text(&writer, "state", change->state);
    json_put_text(&writer, "phase", change->phase);
    json_put_text(&writer, "queue", change->queue);
    json_put_text(&writer, "desk", change->desk);
    json_put_text(&writer, "assignee", change->assignee);
    json_close_object(&writer);
}

void change_json_write_left(struct buffer *out, const struct case_change *change)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    put_identity(&writer, change);
    json_close_object(&writer);
}
