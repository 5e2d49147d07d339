/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/changes: figures as they change (server-sent events). */
#include <stdlib.h>
#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/change_feed.h"
#include "services/analytics/http_analytics.h"

enum { NUMBER_DIGITS = 18 };

/* Below 0: the client has none. */
static int64_t read_last(const struct http_request *request, struct error *err)
{
    const char *text = http_last_event_id(request);
    size_t digits = text != NULL ? strspn(text, "0123456789") : 0;
    if (text == NULL) {
        return -1;
    }
    if (digits == 0 || text[digits] != '\0' || digits > NUMBER_DIGITS) {
        error_add_field(err, "Last-Event-ID", "not_allowed", "must be an id of this stream");
        return -1;
    }
    return strtoll(text, NULL, 10);
}

/* Of every member so many figures come at once that only one indicator may be asked for. */
static unsigned read_by(const struct asked *asked, struct error *err)
{
    const char *by = http_query(asked->request, "by");
    if (by == NULL) {
        return 0;
    }
    enum dimension dimension = http_read_dimension("by", by, err);
    if (dimension < DIMENSIONS && http_query(asked->request, by) != NULL) {
        error_add_field(err, by, "not_allowed", "is what is told of each");
    }
    if (asked->indicator == NULL) {
        error_add_field(err, "code", "required", "names an indicator");
    }
    return 1u << dimension;
}

static bool check_told(const struct asked *asked, struct error *err)
{
    const struct grouping *grouping =
        &subjects[asked->cells.subject]->groupings[asked->cells.grouping];
    return (grouping->told >> asked->slice.period.kind & 1) != 0 ||
           error_add_field(err, "period", "not_kept", "changes of it are not told");
}

void http_get_changes(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct asked asked = http_asked_of(request, state);
    struct error err = {0};
    if (http_query(request, "code") != NULL) {
        http_read_indicator(&asked.indicator, request, &err);
        if (http_query(request, "subject") != NULL) {
            error_add_field(&err, "subject", "not_allowed", "is that of the indicator");
        }
    }
    unsigned by = read_by(&asked, &err);
    int64_t last = read_last(request, &err);
    if (http_asked_slice(&asked, by, &err) && check_told(&asked, &err)) {
        struct cell_key key = slice_cell(&asked.cells, &asked.slice.period);
        http_check_public(request, &key, &err);
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    change_feed_listen(analytics->feed, &asked, last);
}
