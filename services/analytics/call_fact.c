/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/call_fact.h"

#include "services/analytics/varint.h"

enum { LAYOUT = 1 };
enum { FLAG_ABANDONED = 1, FLAG_FIRST_CONTACT = 2 };

struct told_fact call_tell(const struct call_fact *call, struct arena *arena)
{
    struct buffer packed;
    buffer_init(&packed);
    varint_put(&packed, LAYOUT);
    varint_put(&packed, (uint64_t)call->branch);
    varint_put_signed(&packed, call->waited_s);
    varint_put(&packed, (call->abandoned ? FLAG_ABANDONED : 0u) |
                            (call->first_contact ? FLAG_FIRST_CONTACT : 0u));
    varint_put_text(&packed, call->topic);
    varint_put_signed(&packed, call->at);
    struct told_fact told = {.id = fact_id("call", call->ref),
                             .subject = SUBJECT_HOTLINE,
                             .version = call->version,
                             .body = fact_body_of(&packed, arena)};
    buffer_finish(&packed);
    return told;
}

bool call_unpack(struct call_fact *call, const void *bytes, size_t size, struct arena *arena)
{
    struct varint_reader reader;
    *call = (struct call_fact){.ref = NULL};
    varint_read(&reader, bytes, size);
    if (varint_get(&reader) != LAYOUT) {
        return false;
    }
    call->branch = (int)varint_get(&reader);
    call->waited_s = varint_get_signed(&reader);
    uint64_t flags = varint_get(&reader);
    call->topic = varint_get_text(&reader, arena);
    call->at = varint_get_signed(&reader);
    call->abandoned = (flags & FLAG_ABANDONED) != 0;
    call->first_contact = (flags & FLAG_FIRST_CONTACT) != 0;
    return !reader.failed && reader.at == reader.end;
}
