/* SPDX-License-Identifier: Apache-2.0 */
#include "event_source.h"

#include <string.h>

#include "common/auth.h"

const struct event_source *event_source_of(const struct event_sources *sources, const char *source)
{
    const struct event_source *found = NULL;
    for (size_t i = 0; i < sources->count; i++) {
        const struct event_source *item = &sources->items[i];
        if (source_is_under(item->prefix, source) &&
            (found == NULL || strlen(item->prefix) > strlen(found->prefix))) {
            found = item;
        }
    }
    return found;
}

bool event_source_may_send(const struct event_source *source, const char *type)
{
    for (size_t i = 0; type != NULL && i < source->type_count; i++) {
        if (strcmp(source->types[i], type) == 0) {
            return true;
        }
    }
    return false;
}

const struct event_sources *event_sources_current(const struct snapshot_source *source)
{
    return (const struct event_sources *)snapshot_current(source);
}
