/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/detail_json.h"

#include <string.h>

#include "common/clock.h"
#include "common/words.h"
#include "services/routing/day.h"

static bool is_id(const char *text)
{
    struct uuid id;
    return uuid_parse_lower(text, strlen(text), &id);
}

static bool is_valid(const struct process_detail *detail, const char *text)
{
    int64_t when;
    switch (detail->type) {
    case DETAIL_DATE:
    case DETAIL_DEADLINE:
        return day_parse(text, &when);
    case DETAIL_INSTANT:
        return clock_parse(text, strlen(text), &when);
    case DETAIL_WORD:
        return detail->words[word_index(detail->words, text)] != NULL;
    case DETAIL_CONSENT:
        return process_consent_words[word_index(process_consent_words, text)] != NULL;
    case DETAIL_SLOT:
        return is_id(text);
    case DETAIL_SLOT_TIME:
        return false;
    case DETAIL_TEXT:
    case DETAIL_TYPES:
        break;
    }
    return true;
}

size_t details_read(struct json_reader *reader, const struct process *process,
                    struct case_detail details[CASE_DETAILS_MAX])
{
    static const char *const wants[DETAIL_TYPES] = {
        [DETAIL_DATE] = "must be a date like 2026-02-17",
        [DETAIL_INSTANT] = "must be RFC 3339 with a zone",
        [DETAIL_WORD] = "is no known word",
        [DETAIL_DEADLINE] = "must be a date like 2026-02-17",
        [DETAIL_CONSENT] = "must be verbal, written or none",
        [DETAIL_SLOT] = "must be the id of a slot",
        [DETAIL_SLOT_TIME] = "is told by the slot",
    };
    struct json_reader object;
    size_t count = 0;
    if (!json_read_object(reader, "details", JSON_OPTIONAL, &object)) {
        return 0;
    }
    for (int i = 0; i < process->detail_count; i++) {
        const struct process_detail *detail = &process->details[i];
        const char *text = json_read_text(&object, detail->code, JSON_OPTIONAL, 1, detail->max);
        if (text != NULL && !is_valid(detail, text)) {
            json_read_fault(&object, detail->code, "not_allowed", wants[detail->type]);
        } else if (text != NULL) {
            details[count++] = (struct case_detail){detail->code, text};
        }
    }
    json_read_end(&object);
    return count;
}
