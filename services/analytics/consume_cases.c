/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_cases.h"

#include "services/analytics/case_fact_json.h"
#include "services/analytics/consume_facts.h"

static bool read_case(struct told_fact *told, size_t *count, const struct event_in *event,
                      struct arena *arena, struct error *err)
{
    struct case_fact fact;
    (void)count;
    if (!case_fact_read(&fact, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = case_tell(&fact, arena);
    return true;
}

/* Every event of a case carries the whole snapshot, so a type that is newer than this program is
 * read like the others. What became of a reporter's message is no step of the case. */
static const struct fact_type types[] = {
    {"vn.hanoi.case.", read_case},
    {"vn.hanoi.message.", NULL},
    {.type = NULL},
};

void consume_cases(struct consume_batch *batch, void *state)
{
    (void)state;
    consume_facts(batch, types, 1);
}
