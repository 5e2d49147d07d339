/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/url_json.h"

#include <stdio.h>
#include <string.h>

#include "common/uuid.h"

static const char prefix[] = "media:";

static bool is_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 && text[8] != '\0';
}

const char *media_reference_id(const char *text)
{
    struct uuid id;
    if (strncmp(text, prefix, sizeof prefix - 1) != 0) {
        return NULL;
    }
    const char *name = text + sizeof prefix - 1;
    return uuid_parse_lower(name, strlen(name), &id) ? name : NULL;
}

static void name_fault(struct json_reader *reader, const char *name, size_t index, const char *text)
{
    char entry[32];
    snprintf(entry, sizeof entry, "%s[%zu]", name, index);
    json_read_fault(reader, entry, "bad_url", text);
}

size_t url_json_read(struct json_reader *reader, const char *name, enum json_presence presence,
                     size_t max, const char *const **media)
{
    size_t count = json_read_texts(reader, name, presence, max, URL_MAX, media);
    for (size_t i = 0; i < count; i++) {
        if (!is_url((*media)[i]) && media_reference_id((*media)[i]) == NULL) {
            name_fault(reader, name, i, "must be an https URL, or media: and the id of an upload");
        }
    }
    return count;
}

size_t url_json_read_links(struct json_reader *reader, const char *name,
                           enum json_presence presence, size_t max, const char *const **urls)
{
    size_t count = json_read_texts(reader, name, presence, max, URL_MAX, urls);
    for (size_t i = 0; i < count; i++) {
        if (!is_url((*urls)[i])) {
            name_fault(reader, name, i, "must be an https URL");
        }
    }
    return count;
}
