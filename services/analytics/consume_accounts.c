/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_accounts.h"

#include "services/analytics/account_fact_json.h"
#include "services/analytics/consume_facts.h"
#include "services/analytics/installation_fact_json.h"

static bool read_account(struct told_fact *told, size_t *count, const struct event_in *event,
                         struct arena *arena, struct error *err)
{
    struct account_fact account;
    if (!account_fact_read(&account, event->type, event->data, event->data_size, arena, err)) {
        return false;
    }
    *count = account_tell(&account, told, arena);
    return true;
}

static bool read_installation(struct told_fact *told, size_t *count, const struct event_in *event,
                              struct arena *arena, struct error *err)
{
    struct installation_fact installation;
    (void)count;
    if (!installation_fact_read(&installation, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = installation_tell(&installation, arena);
    return true;
}

/* Every event of an account carries the whole snapshot, so a type that is newer than this program
 * is read like the others. */
static const struct fact_type types[] = {
    {"vn.hanoi.account.", read_account},
    {"vn.hanoi.installation.first_opened.v1", read_installation},
    {.type = NULL},
};

void consume_accounts(struct consume_batch *batch, void *state)
{
    (void)state;
    consume_facts(batch, types, ACCOUNT_STEPS);
}
