/* SPDX-License-Identifier: Apache-2.0 */
#include "media_reference.h"

#include <string.h>

enum { ID_SIZE = UUID_TEXT_SIZE - 1 };

static const char prefix[] = "media:";
static const char path[] = "/api/intake/media/";

const char *media_reference(const struct uuid *id, struct arena *arena)
{
    char text[UUID_TEXT_SIZE];
    return arena_format(arena, "%s%s", prefix, uuid_format(id, text));
}

bool media_reference_parse(const char *text, struct uuid *id)
{
    size_t size = sizeof prefix - 1;
    return strlen(text) == size + ID_SIZE && memcmp(text, prefix, size) == 0 &&
           uuid_parse_lower(text + size, ID_SIZE, id);
}

const char *media_reference_of_link(const char *text, const char *site, struct arena *arena)
{
    size_t site_size = strlen(site);
    struct uuid id;
    const char *at = strncmp(text, site, site_size) == 0 ? text + site_size : text;
    if (strncmp(at, path, sizeof path - 1) != 0) {
        return text;
    }
    at += sizeof path - 1;
    bool is_link = strlen(at) >= ID_SIZE && uuid_parse_lower(at, ID_SIZE, &id) &&
                   (at[ID_SIZE] == '\0' || at[ID_SIZE] == '?');
    return is_link ? media_reference(&id, arena) : text;
}

const char *const *media_reference_of_links(const char *const *media, size_t count,
                                            const char *site, struct arena *arena)
{
    const char **same = arena_array(arena, count, sizeof *same);
    for (size_t i = 0; i < count; i++) {
        same[i] = media_reference_of_link(media[i], site, arena);
    }
    return same;
}

size_t media_reference_ids(const char *const *media, size_t count, struct uuid *ids)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += media_reference_parse(media[i], &ids[found]);
    }
    return found;
}
