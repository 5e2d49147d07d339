/* SPDX-License-Identifier: Apache-2.0 */
#include "contact_json.h"

#include "common/json.h"

void contact_write(const struct contact *contact, enum language language, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "email", contact->email);
    json_put_text(&writer, "phone", contact->phone);
    json_put_text(&writer, "name", contact->name);
    json_put_text(&writer, "language", language_words[language]);
    json_close_object(&writer);
}

void contact_write_event(const char *ref, const char *sealed, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "ref", ref);
    json_put_text(&writer, "sealed", sealed);
    json_close_object(&writer);
}
