/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json.h"
#include "contact.h"

enum { REF_MAX = 128, SEALED_MIN = 40, SEALED_MAX = 4096, EMAIL_MAX = 254, NAME_LENGTH_MAX = 200 };

bool contact_open(struct contact *contact, struct seal *seal, const char *sealed, const char *ref,
                  struct arena *arena)
{
    struct json_document document;
    struct json_reader root;
    struct error err = {0};
    const char *plain;
    size_t size;

    *contact = (struct contact){0};
    if (!seal_read(seal, sealed, ref, arena, &plain, &size) ||
        !json_document_parse(&document, plain, size, &err)) {
        return false;
    }
    json_read_root(&root, &document, arena, JSON_SKIP_UNKNOWN, &err);
    contact->email = json_read_text(&root, "email", JSON_OPTIONAL, 1, EMAIL_MAX);
    contact->name = json_read_text(&root, "name", JSON_OPTIONAL, 1, NAME_LENGTH_MAX);
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}

bool contact_change_read(struct contact_change *change, const char *json, size_t size,
                         struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader root;

    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&root, &document, arena, JSON_SKIP_UNKNOWN, err);
    change->ref = json_read_text(&root, "ref", JSON_REQUIRED, 1, REF_MAX);
    change->sealed = json_read_text(&root, "sealed", JSON_REQUIRED, SEALED_MIN, SEALED_MAX);
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}
