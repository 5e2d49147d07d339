/* SPDX-License-Identifier: Apache-2.0 */
#include "quarantine.h"

#include <string.h>

#include "common/outbox.h"

const char *const quarantine_state_words[] = {
    [QUARANTINE_OPEN] = "open",           [QUARANTINE_WAITING] = "waiting",
    [QUARANTINE_RELEASING] = "releasing", [QUARANTINE_RELEASED] = "released",
    [QUARANTINE_DISCARDED] = "discarded", NULL,
};

const char *const quarantine_act_words[] = {[QUARANTINE_FIX] = "fix",
                                            [QUARANTINE_RELEASE] = "release",
                                            [QUARANTINE_DISCARD] = "discard",
                                            NULL};

bool quarantine_event(struct event_in *event, const void *headers, size_t headers_size,
                      const void *value, size_t value_size, const char *fixed, struct arena *arena,
                      struct error *err)
{
    struct kafka_header *list;
    size_t count;
    if (!outbox_unpack_headers(headers, headers_size, arena, &list, &count)) {
        return error_set(err, ERR_FATAL, "bad_headers", "the kept headers are not a packed list");
    }
    if (!event_parse(event, list, count, value, value_size, arena, err)) {
        return false;
    }
    if (fixed != NULL) {
        event->data = fixed;
        event->data_size = strlen(fixed);
    }
    return true;
}
