/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/training_fact.h"

#include "services/analytics/varint.h"

enum { LAYOUT = 1 };

struct told_fact training_tell(const struct training_fact *training, struct arena *arena)
{
    struct buffer packed;
    const char *ref = arena_format(arena, "%s:%s", training->class_ref, training->unit);
    buffer_init(&packed);
    varint_put(&packed, LAYOUT);
    varint_put_text(&packed, training->unit);
    varint_put_signed(&packed, training->invited);
    varint_put_signed(&packed, training->attended);
    varint_put_signed(&packed, training->completed);
    varint_put_signed(&packed, training->at);
    struct told_fact told = {.id = fact_id("training", ref),
                             .subject = SUBJECT_TRAINING,
                             .version = training->version,
                             .body = fact_body_of(&packed, arena)};
    buffer_finish(&packed);
    return told;
}

bool training_unpack(struct training_fact *training, const void *bytes, size_t size,
                     struct arena *arena)
{
    struct varint_reader reader;
    *training = (struct training_fact){.class_ref = NULL};
    varint_read(&reader, bytes, size);
    if (varint_get(&reader) != LAYOUT) {
        return false;
    }
    training->unit = varint_get_text(&reader, arena);
    training->invited = varint_get_signed(&reader);
    training->attended = varint_get_signed(&reader);
    training->completed = varint_get_signed(&reader);
    training->at = varint_get_signed(&reader);
    return !reader.failed && reader.at == reader.end;
}
