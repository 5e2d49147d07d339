/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/facts.h"

#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "services/analytics/varint.h"

struct uuid fact_id(const char *kind, const char *ref)
{
    uint8_t digest[DIGEST_SIZE];
    struct uuid id;
    const struct digest_piece pieces[] = {{kind, strlen(kind)}, {":", 1}, {ref, strlen(ref)}};
    digest_sha256_pieces(pieces, sizeof pieces / sizeof pieces[0], digest);
    memcpy(id.bytes, digest, sizeof id.bytes);
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x80);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

/* Highest version first within an id. */
static int by_id(const void *a, const void *b)
{
    const struct told_fact *left = a, *right = b;
    int order = memcmp(&left->id, &right->id, sizeof left->id);
    return order != 0 ? order : (right->version > left->version) - (right->version < left->version);
}

size_t facts_coalesce(struct told_fact *facts, size_t count)
{
    size_t kept = 0;
    qsort(facts, count, sizeof *facts, by_id);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !uuid_equal(&facts[kept - 1].id, &facts[i].id)) {
            facts[kept++] = facts[i];
        } else if (facts[kept - 1].body.filed == NULL) {
            facts[kept - 1].body.filed = facts[i].body.filed;
        }
    }
    return kept;
}

void facts_pack(const struct told_fact *facts, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct told_fact *fact = &facts[i];
        buffer_put(out, fact->id.bytes, sizeof fact->id.bytes);
        varint_put(out, (uint64_t)fact->subject);
        varint_put_signed(out, fact->version);
        varint_put_text(out, fact->body.filed);
        varint_put(out, fact->body.size);
        buffer_put(out, fact->body.bytes, fact->body.size);
    }
}

static void unpack_fact(struct told_fact *fact, struct varint_reader *reader, struct arena *arena)
{
    const void *id = varint_get_bytes(reader, sizeof fact->id.bytes);
    *fact = (struct told_fact){.version = 0};
    if (id != NULL) {
        memcpy(fact->id.bytes, id, sizeof fact->id.bytes);
    }
    fact->subject = (enum subject)varint_get(reader);
    fact->version = (int32_t)varint_get_signed(reader);
    fact->body.filed = varint_get_text(reader, arena);
    fact->body.size = (size_t)varint_get(reader);
    fact->body.bytes = varint_get_bytes(reader, fact->body.size);
}

bool facts_unpack(struct told_fact *facts, size_t count, const void *bytes, size_t size,
                  struct arena *arena)
{
    struct varint_reader reader;
    varint_read(&reader, bytes, size);
    for (size_t i = 0; i < count; i++) {
        unpack_fact(&facts[i], &reader, arena);
        reader.failed = reader.failed || facts[i].subject >= SUBJECTS ||
                        subjects[facts[i].subject]->count == NULL; /* nothing is counted in it */
    }
    return !reader.failed && reader.at == reader.end;
}

struct fact_body fact_body_of(const struct buffer *packed, struct arena *arena)
{
    return (struct fact_body){.bytes = arena_copy(arena, packed->data, packed->size),
                              .size = packed->size};
}
