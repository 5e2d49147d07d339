/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/bilingual_json.h"

enum { TEXT_MAX = 200 };

struct bilingual bilingual_read(struct json_reader *reader, const char *name)
{
    struct bilingual text = {0};
    struct json_reader texts;
    if (json_read_object(reader, name, JSON_REQUIRED, &texts)) {
        text.vi = json_read_text(&texts, "vi", JSON_REQUIRED, 1, TEXT_MAX);
        text.en = json_read_text(&texts, "en", JSON_REQUIRED, 1, TEXT_MAX);
        json_read_end(&texts);
    }
    return text;
}

void bilingual_put(struct json_writer *writer, const char *name, const struct bilingual *text)
{
    json_open_object(writer, name);
    json_put_text(writer, "vi", text->vi);
    json_put_text(writer, "en", text->en);
    json_close_object(writer);
}
