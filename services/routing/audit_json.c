/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/audit_json.h"

#include <string.h>

#include "common/base64.h"
#include "services/routing/day_json.h"

enum { ITEMS_MAX = 1000, SIGNATURE_TEXT_SIZE = BASE64_SIZE(SIGN_SIZE) + 1 };

void audit_json_put(struct json_writer *writer, const struct audit_checkpoint *checkpoint)
{
    char day[DAY_TEXT_SIZE], root[DIGEST_HEX_SIZE], previous[DIGEST_HEX_SIZE];
    char signature[SIGNATURE_TEXT_SIZE];
    json_open_object(writer, NULL);
    json_put_text(writer, "day", day_format(checkpoint->day, day));
    json_put_int(writer, "rows", checkpoint->rows);
    json_put_int(writer, "total", checkpoint->total);
    json_put_text(writer, "root", digest_hex(checkpoint->root, root));
    json_put_text(writer, "previous", digest_hex(checkpoint->previous, previous));
    json_put_text(writer, "key_id", checkpoint->key_id);
    json_put_text(writer, "signature", base64_format(checkpoint->signature, SIGN_SIZE, signature));
    json_put_instant_if(writer, "made_at", checkpoint->made_at);
    json_close_object(writer);
}

void audit_json_write(struct buffer *out, const struct audit_checkpoint *checkpoint)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    audit_json_put(&writer, checkpoint);
}

void audit_list_add(struct audit_list *list, const struct audit_checkpoint *checkpoint)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        struct audit_checkpoint *items = arena_array(list->arena, capacity, sizeof *items);
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof *items);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *checkpoint;
}

static void read_digest(struct json_reader *reader, const char *name, uint8_t digest[DIGEST_SIZE])
{
    const char *text =
        json_read_text(reader, name, JSON_REQUIRED, DIGEST_HEX_SIZE - 1, DIGEST_HEX_SIZE - 1);
    if (text != NULL && !digest_parse(text, digest)) {
        json_read_fault(reader, name, "bad_digest", "must be 64 hex digits in lower case");
    }
}

static void read_signature(struct json_reader *reader, uint8_t signature[SIGN_SIZE])
{
    const char *text = json_read_text(reader, "signature", JSON_REQUIRED, SIGNATURE_TEXT_SIZE - 1,
                                      SIGNATURE_TEXT_SIZE - 1);
    void *bytes;
    size_t size;
    if (text == NULL) {
        return;
    }
    if (base64_parse(text, strlen(text), reader->arena, &bytes, &size) && size == SIGN_SIZE) {
        memcpy(signature, bytes, SIGN_SIZE);
    } else {
        json_read_fault(reader, "signature", "bad_signature", "must be 64 bytes in base64url");
    }
}

static void read_checkpoint(struct json_reader *reader, struct audit_list *list)
{
    struct audit_checkpoint checkpoint = {0};
    checkpoint.day = day_json_read(reader, "day", JSON_REQUIRED, 0);
    checkpoint.rows = json_read_int(reader, "rows", JSON_REQUIRED, 0, INT64_MAX, 0);
    checkpoint.total = json_read_int(reader, "total", JSON_REQUIRED, 0, INT64_MAX, 0);
    read_digest(reader, "root", checkpoint.root);
    read_digest(reader, "previous", checkpoint.previous);
    const char *key =
        json_read_text(reader, "key_id", JSON_REQUIRED, SIGN_ID_SIZE - 1, SIGN_ID_SIZE - 1);
    if (key != NULL && strlen(key) < sizeof checkpoint.key_id) {
        memcpy(checkpoint.key_id, key, strlen(key));
    }
    read_signature(reader, checkpoint.signature);
    if (json_read_end(reader)) {
        audit_list_add(list, &checkpoint);
    }
}

static bool read_line(struct audit_list *list, const char *text, size_t size, struct error *err)
{
    struct json_document document;
    struct json_reader reader, item;
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, list->arena, JSON_SKIP_UNKNOWN, err);
    size_t count = json_read_array(&reader, "items", JSON_OPTIONAL, ITEMS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (json_read_item(&reader, "items", i, &item)) {
            read_checkpoint(&item, list);
        }
    }
    if (count == 0) {
        read_checkpoint(&reader, list);
    }
    json_document_free(&document);
    return !error_is_set(err);
}

bool audit_json_read_lines(struct audit_list *list, const char *text, struct error *err)
{
    static const char mark[] = "\"signature\"";
    for (const char *at = strstr(text, mark), *end; at != NULL; at = strstr(end, mark)) {
        const char *start = at;
        while (start > text && start[-1] != '\n') {
            start--;
        }
        end = at + strcspn(at, "\n");
        if (!read_line(list, start, (size_t)(end - start), err)) {
            return false;
        }
    }
    return true;
}
