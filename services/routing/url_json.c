/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/url_json.h"

#include <stdio.h>
#include <string.h>

size_t url_json_read(struct json_reader *reader, const char *name, enum json_presence presence,
                     size_t max, const char *const **urls)
{
    size_t count = json_read_texts(reader, name, presence, max, URL_MAX, urls);
    for (size_t i = 0; i < count; i++) {
        if (strncmp((*urls)[i], "https://", 8) != 0 || (*urls)[i][8] == '\0') {
            char entry[32];
            snprintf(entry, sizeof entry, "%s[%zu]", name, i);
            json_read_fault(reader, entry, "bad_url", "must be an https URL");
        }
    }
    return count;
}
