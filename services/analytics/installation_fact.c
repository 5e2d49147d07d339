/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/installation_fact.h"

#include "services/analytics/varint.h"

enum { LAYOUT = 1 };

struct told_fact installation_tell(const struct installation_fact *installation,
                                   struct arena *arena)
{
    struct buffer packed;
    buffer_init(&packed);
    varint_put(&packed, LAYOUT);
    varint_put_text(&packed, installation->area);
    varint_put_text(&packed, installation->team);
    varint_put_signed(&packed, installation->at);
    struct told_fact told = {.id = fact_id("installation", installation->ref),
                             .subject = SUBJECT_INSTALLATIONS,
                             .version = 1,
                             .body = fact_body_of(&packed, arena)};
    buffer_finish(&packed);
    return told;
}

bool installation_unpack(struct installation_fact *installation, const void *bytes, size_t size,
                         struct arena *arena)
{
    struct varint_reader reader;
    *installation = (struct installation_fact){.ref = NULL};
    varint_read(&reader, bytes, size);
    if (varint_get(&reader) != LAYOUT) {
        return false;
    }
    installation->area = varint_get_text(&reader, arena);
    installation->team = varint_get_text(&reader, arena);
    installation->at = varint_get_signed(&reader);
    return !reader.failed && reader.at == reader.end;
}
