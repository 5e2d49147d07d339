/* SPDX-License-Identifier: Apache-2.0 */
#include "quota_asks.h"

#include <string.h>

static struct quota_ask *find(const struct quota_asks *asks, const char *prefix)
{
    for (size_t i = 0; i < asks->count; i++) {
        if (strcmp(asks->items[i].prefix, prefix) == 0) {
            return &asks->items[i];
        }
    }
    return NULL;
}

void quota_asks_add(struct quota_asks *asks, const char *prefix)
{
    struct quota_ask *ask = find(asks, prefix);
    if (ask == NULL) {
        ask = &asks->items[asks->count++];
        *ask = (struct quota_ask){.prefix = prefix};
    }
    ask->wanted++;
}

bool quota_asks_use(struct quota_asks *asks, const char *prefix)
{
    struct quota_ask *ask = find(asks, prefix);
    if (ask == NULL || ask->granted <= 0) {
        return false;
    }
    ask->granted--;
    return true;
}

bool quota_asks_all_granted(const struct quota_asks *asks, unsigned *wait_s)
{
    bool all = true;
    *wait_s = 0;
    for (size_t i = 0; i < asks->count; i++) {
        const struct quota_ask *ask = &asks->items[i];
        if (ask->granted < ask->wanted) {
            all = false;
            *wait_s = (unsigned)ask->wait_s > *wait_s ? (unsigned)ask->wait_s : *wait_s;
        }
    }
    return all;
}
