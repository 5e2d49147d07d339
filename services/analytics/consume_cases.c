/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_cases.h"

#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/case_fact_json.h"
#include "services/analytics/store.h"

/* Every event of a case carries the whole snapshot, so a type that is newer than this program is
 * read like the others. */
static bool is_case_event(const struct event_in *event)
{
    return event->type != NULL && strncmp(event->type, "vn.hanoi.case.", 14) == 0;
}

/* What became of a reporter's message is no step of the case. */
static bool is_about_a_message(const struct event_in *event)
{
    return event->type != NULL && strncmp(event->type, "vn.hanoi.message.", 17) == 0;
}

static size_t read_facts(struct consume_batch *batch, struct case_fact *facts)
{
    size_t count, taken = 0;
    struct consume_message *messages = consume_messages(batch, &count);

    for (size_t i = 0; i < count; i++) {
        const struct event_in *event = &messages[i].event;
        struct error err = {0};
        if (is_about_a_message(event)) {
            continue;
        } else if (!is_case_event(event)) {
            consume_reject(batch, &messages[i], "unknown_type", "type");
        } else if (event->data == NULL) {
            consume_reject(batch, &messages[i], "no_data", "data");
        } else if (!case_fact_read(&facts[taken], event->data, event->data_size,
                                   consume_arena(batch), &err)) {
            consume_reject(batch, &messages[i], "invalid_data", analytics_fault(&err));
        } else {
            taken++;
        }
    }
    return taken;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

static struct told_fact *pack_facts(const struct case_fact *facts, size_t count,
                                    struct arena *arena)
{
    struct told_fact *told = arena_array(arena, count, sizeof *told);
    struct buffer body;
    buffer_init(&body);
    for (size_t i = 0; i < count; i++) {
        buffer_reset(&body);
        case_fact_pack(&facts[i], &body);
        told[i] = (struct told_fact){.id = facts[i].case_id,
                                     .subject = SUBJECT_CASES,
                                     .version = facts[i].version,
                                     .body = fact_body_of(&body, arena)};
        told[i].body.filed = facts[i].filed_category;
    }
    buffer_finish(&body);
    return told;
}

void consume_cases(struct consume_batch *batch, void *state)
{
    struct arena *arena = consume_arena(batch);
    size_t count;
    (void)state;

    consume_messages(batch, &count);
    struct case_fact *facts = arena_array(arena, count, sizeof *facts);
    count = case_facts_coalesce(facts, read_facts(batch, facts));
    if (count > 0) {
        store_put_facts(consume_tx(batch), pack_facts(facts, count, arena), count);
    }
    consume_commit(batch, on_committed);
}
