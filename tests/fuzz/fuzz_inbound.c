/* SPDX-License-Identifier: Apache-2.0 */
/* Any event of another city system, in JSON format, so that proto/examples are seeds as they stand:
 * its data are refused with a reason, or make a record that reads itself back as the same. The
 * first byte of what is no event chooses the type for the rest. */
#include <assert.h>
#include <string.h>

#include "common/event_http.h"
#include "common/utf8.h"
#include "services/intake/inbound.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { RECORD_TYPES = 5 };

static void check_refusal(const struct error *err)
{
    assert(err->kind == ERR_INPUT && err->code[0] != '\0');
    assert(utf8_is_valid(err->text, strlen(err->text)));
    for (size_t i = 0; i < err->field_count; i++) {
        assert(err->fields[i].code[0] != '\0');
    }
}

static void check_record(const struct record_type *type, const char *data, size_t size,
                         struct arena *arena)
{
    const struct record_said said = {"urn:fuzz", "1", data, size};
    struct record record, again;
    struct error err = {0};
    if (!record_read(&record, type, &said, arena, &err)) {
        check_refusal(&err);
        return;
    }
    assert(!error_is_set(&err));
    assert(record.subject != NULL && record.subject[0] != '\0' && record.part != NULL);
    assert(record.at_us != 0 && (record.is_public ? type->is_public : true));
    assert(utf8_is_valid(record.data, record.data_size));
    const struct record_said kept = {"urn:fuzz", "1", record.data, record.data_size};
    assert(record_read(&again, type, &kept, arena, &err));
    assert(uuid_equal(&again.id, &record.id) && again.end_count == record.end_count);
    assert(again.data_size == record.data_size &&
           memcmp(again.data, record.data, record.data_size) == 0);
}

static void check_data(const char *type, const char *data, size_t size, struct arena *arena)
{
    const struct record_type *record_type = record_type_of_event(type);
    struct error err = {0};
    if (record_type != NULL) {
        check_record(record_type, data, size, arena);
    } else if (!inbound_check(type, data, size, arena, &err)) {
        check_refusal(&err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct event_text text = {(const char *)bytes, size};
    struct event_in event;
    struct error err = {0};
    struct arena arena;
    arena_init(&arena);
    if (size > 0 && bytes[0] != '{') {
        const struct record_type *type = record_type_at(bytes[0] % RECORD_TYPES);
        check_data(type->event, (const char *)bytes + 1, size - 1, &arena);
    } else if (event_json_parse(&event, &text, &arena, &err)) {
        check_data(event.type, event.data, event.data_size, &arena);
    }
    arena_finish(&arena);
    return 0;
}
