/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/dimensions: by what figures may be asked for. */
#include "services/analytics/http_analytics.h"

static void put_grouping(struct json_writer *writer, const char *subject,
                         const struct grouping *grouping)
{
    const char *names[GROUPING_DIMENSIONS];
    json_open_object(writer, NULL);
    json_put_text(writer, "subject", subject);
    for (size_t i = 0; i < grouping->dimension_count; i++) {
        names[i] = dimension_words[grouping->dimensions[i]];
    }
    json_put_texts(writer, "dimensions", names, grouping->dimension_count);
    json_open_array(writer, "periods");
    for (int kind = 0; kind < PERIOD_KINDS; kind++) {
        bool longer = kind != PERIOD_WEEK && kind != PERIOD_DAY; /* months add up to it */
        if (longer || (grouping->kept >> kind & 1) != 0) {
            json_put_text(writer, NULL, period_words[kind]);
        }
    }
    json_close_array(writer);
    json_close_object(writer);
}

void http_get_dimensions(struct http_request *request, void *state)
{
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    (void)state;

    json_open_array(writer, "items");
    for (size_t i = 0; i < SUBJECTS; i++) {
        for (size_t j = 0; j < subjects[i]->grouping_count; j++) {
            put_grouping(writer, subjects[i]->name, &subjects[i]->groupings[j]);
        }
    }
    json_close_array(writer);
    http_send_definitions(request, &body, NULL);
}
