/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_accounts.h"

#include <string.h>

#include "services/analytics/account_fact_json.h"
#include "services/analytics/analytics.h"
#include "services/analytics/installation_fact_json.h"
#include "services/analytics/store.h"

/* Every event of an account carries the whole snapshot, so a type that is newer than this program
 * is read like the others. */
static bool is_account_event(const struct event_in *event)
{
    return strncmp(event->type, "vn.hanoi.account.", 17) == 0;
}

static bool is_installation(const struct event_in *event)
{
    return strcmp(event->type, "vn.hanoi.installation.first_opened.v1") == 0;
}

static size_t read_account(struct consume_batch *batch, struct consume_message *message,
                           struct told_fact *told)
{
    const struct event_in *event = &message->event;
    struct account_fact account;
    struct error err = {0};
    if (!account_fact_read(&account, event->type, event->data, event->data_size,
                           consume_arena(batch), &err)) {
        consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        return 0;
    }
    return account_tell(&account, told, consume_arena(batch));
}

static size_t read_installation(struct consume_batch *batch, struct consume_message *message,
                                struct told_fact *told)
{
    const struct event_in *event = &message->event;
    struct installation_fact installation;
    struct error err = {0};
    if (!installation_fact_read(&installation, event->data, event->data_size, consume_arena(batch),
                                &err)) {
        consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        return 0;
    }
    *told = installation_tell(&installation, consume_arena(batch));
    return 1;
}

static size_t read_message(struct consume_batch *batch, struct consume_message *message,
                           struct told_fact *told)
{
    const struct event_in *event = &message->event;
    if (event->type == NULL || (!is_account_event(event) && !is_installation(event))) {
        consume_reject(batch, message, "unknown_type", "type");
        return 0;
    }
    if (event->data == NULL) {
        consume_reject(batch, message, "no_data", "data");
        return 0;
    }
    return is_account_event(event) ? read_account(batch, message, told)
                                   : read_installation(batch, message, told);
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

void consume_accounts(struct consume_batch *batch, void *state)
{
    size_t count, told_count = 0;
    struct consume_message *messages = consume_messages(batch, &count);
    struct told_fact *told = arena_array(consume_arena(batch), count * ACCOUNT_STEPS, sizeof *told);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        told_count += read_message(batch, &messages[i], told + told_count);
    }
    told_count = facts_coalesce(told, told_count);
    if (told_count > 0) {
        store_put_facts(consume_tx(batch), told, told_count);
    }
    consume_commit(batch, on_committed);
}
