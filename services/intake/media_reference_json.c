/* SPDX-License-Identifier: Apache-2.0 */
#include "media_reference.h"

enum { US_PER_S = 1000000 };

void media_reference_write_links(struct json_writer *writer, const struct uuid *id,
                                 const struct media_linker *linker)
{
    json_open_object(writer, "links");
    for (enum media_variant variant = 0; variant < MEDIA_VARIANTS; variant++) {
        json_put_text(writer, media_variant_words[variant],
                      media_link(linker->keys, id, variant, linker->expires_s, linker->arena));
    }
    json_put_instant(writer, "expires_at", linker->expires_s * US_PER_S);
    json_close_object(writer);
}

static void write_item(struct json_writer *writer, const char *text,
                       const struct media_linker *linker)
{
    struct uuid id;
    json_open_object(writer, NULL);
    if (media_reference_parse(text, &id)) {
        json_put_text(writer, "reference", text);
        media_reference_write_links(writer, &id, linker);
    } else {
        json_put_text(writer, "url", text);
    }
    json_close_object(writer);
}

void media_reference_write_list(struct json_writer *writer, const char *name,
                                const char *const *media, size_t count,
                                const struct media_linker *linker)
{
    json_open_array(writer, name);
    for (size_t i = 0; i < count; i++) {
        write_item(writer, media[i], linker);
    }
    json_close_array(writer);
}
