/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/outreach_fact.h"

#include "services/analytics/varint.h"

enum { LAYOUT = 1 };

struct told_fact outreach_tell(const struct outreach_fact *outreach, struct arena *arena)
{
    struct buffer packed;
    buffer_init(&packed);
    varint_put(&packed, LAYOUT);
    varint_put_text(&packed, outreach->team);
    varint_put_text(&packed, outreach->area);
    varint_put_text(&packed, outreach->kind);
    varint_put_signed(&packed, outreach->told);
    varint_put_signed(&packed, outreach->helped);
    varint_put_signed(&packed, outreach->at);
    struct told_fact told = {.id = fact_id("outreach", outreach->ref),
                             .subject = SUBJECT_OUTREACH,
                             .version = outreach->version,
                             .body = fact_body_of(&packed, arena)};
    buffer_finish(&packed);
    return told;
}

bool outreach_unpack(struct outreach_fact *outreach, const void *bytes, size_t size,
                     struct arena *arena)
{
    struct varint_reader reader;
    *outreach = (struct outreach_fact){.ref = NULL};
    varint_read(&reader, bytes, size);
    if (varint_get(&reader) != LAYOUT) {
        return false;
    }
    outreach->team = varint_get_text(&reader, arena);
    outreach->area = varint_get_text(&reader, arena);
    outreach->kind = varint_get_text(&reader, arena);
    outreach->told = varint_get_signed(&reader);
    outreach->helped = varint_get_signed(&reader);
    outreach->at = varint_get_signed(&reader);
    return !reader.failed && reader.at == reader.end;
}
