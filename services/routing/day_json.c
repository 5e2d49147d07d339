/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/day_json.h"

#include "services/routing/day.h"

int64_t day_json_read(struct json_reader *reader, const char *name, enum json_presence presence,
                      int64_t fallback)
{
    int64_t day;
    const char *text = json_read_text(reader, name, presence, DAY_TEXT_SIZE - 1, DAY_TEXT_SIZE - 1);
    if (text != NULL && !day_parse(text, &day)) {
        json_read_fault(reader, name, DAY_FAULT, DAY_FAULT_TEXT);
        return fallback;
    }
    return text != NULL ? day : fallback;
}
