/* SPDX-License-Identifier: Apache-2.0 */
/* quota_asks: how many events of each source a request or batch holds, before and after it was
 * asked how many may pass (store_source.h). Pure. */
#ifndef INTAKE_QUOTA_ASKS_H
#define INTAKE_QUOTA_ASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

/* One source's share. */
struct quota_ask {
    const char *prefix;
    int32_t wanted;
    int32_t granted, wait_s; /* the answer */
};

/* Zero it; items has room for as many as may be added. */
struct quota_asks {
    struct quota_ask *items;
    size_t count;
};

/* One more event of that source, whose prefix must outlive the asks. */
void quota_asks_add(struct quota_asks *asks, const char *prefix);
/* Uses one of what was granted to the source. False: nothing is left. */
bool quota_asks_use(struct quota_asks *asks, const char *prefix);
/* Whether all got all; else the longest wait. */
bool quota_asks_all_granted(const struct quota_asks *asks, unsigned *wait_s);

#endif
