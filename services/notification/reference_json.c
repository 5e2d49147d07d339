/* SPDX-License-Identifier: Apache-2.0 */
#include "reference_json.h"

#include "common/json.h"

enum { CODE_MAX = 64, NAME_LENGTH_MAX = 200, PERSON_MAX = 120, REF_MAX = 128, EMAIL_MAX = 254 };
enum { RANK_MAX = 9, ABSENCES_MAX = 16 };

typedef void read_members(struct json_reader *root, void *out);

static bool read_document(read_members *read, void *out, const char *json, size_t size,
                          struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader root;
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&root, &document, arena, JSON_SKIP_UNKNOWN, err);
    read(&root, out);
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}

static void read_names(struct json_reader *root, const char **vi, const char **en)
{
    struct json_reader name;
    if (json_read_object(root, "name", JSON_REQUIRED, &name)) {
        *vi = json_read_text(&name, "vi", JSON_REQUIRED, 1, NAME_LENGTH_MAX);
        *en = json_read_text(&name, "en", JSON_REQUIRED, 1, NAME_LENGTH_MAX);
        json_read_end(&name);
    }
}

static void read_head(struct json_reader *root, struct unit *unit)
{
    struct json_reader head;
    if (json_read_object(root, "head", JSON_OPTIONAL, &head)) {
        unit->head_account = json_read_text(&head, "account", JSON_REQUIRED, 1, REF_MAX);
        unit->head_name = json_read_text(&head, "name", JSON_REQUIRED, 1, PERSON_MAX);
        unit->head_email = json_read_text(&head, "email", JSON_OPTIONAL, 3, EMAIL_MAX);
        json_read_end(&head);
    }
}

static void read_unit(struct json_reader *root, void *out)
{
    struct unit *unit = out;
    unit->code = json_read_text(root, "code", JSON_REQUIRED, 2, CODE_MAX);
    read_names(root, &unit->name_vi, &unit->name_en);
    unit->type = json_read_text(root, "type", JSON_REQUIRED, 1, CODE_MAX);
    unit->parent = json_read_text(root, "parent", JSON_OPTIONAL, 2, CODE_MAX);
    read_head(root, unit);
}

bool unit_read(struct unit *unit, const char *json, size_t size, struct arena *arena,
               struct error *err)
{
    *unit = (struct unit){0};
    return read_document(read_unit, unit, json, size, arena, err);
}

static void read_category(struct json_reader *root, void *out)
{
    struct category_name *category = out;
    category->code = json_read_text(root, "code", JSON_REQUIRED, 1, CODE_MAX);
    read_names(root, &category->name_vi, &category->name_en);
}

bool category_name_read(struct category_name *category, const char *json, size_t size,
                        struct arena *arena, struct error *err)
{
    *category = (struct category_name){0};
    return read_document(read_category, category, json, size, arena, err);
}

static void read_absences(struct json_reader *root, struct focal_point *point)
{
    size_t count = json_read_array(root, "absences", JSON_OPTIONAL, ABSENCES_MAX);
    struct absence *absences = arena_array(root->arena, count, sizeof *absences);
    struct json_reader item;
    for (size_t i = 0; i < count; i++) {
        if (json_read_item(root, "absences", i, &item)) {
            absences[i].from = json_read_instant(&item, "from", JSON_REQUIRED);
            absences[i].to = json_read_instant(&item, "to", JSON_REQUIRED);
            json_read_end(&item);
        }
    }
    point->absences = absences;
    point->absence_count = count;
}

static void read_focal_point(struct json_reader *root, void *out)
{
    struct focal_point *point = out;
    point->account = json_read_text(root, "account", JSON_REQUIRED, 1, REF_MAX);
    point->unit = json_read_text(root, "unit", JSON_REQUIRED, 2, CODE_MAX);
    point->field = json_read_text(root, "field", JSON_REQUIRED, 1, CODE_MAX);
    point->name = json_read_text(root, "name", JSON_REQUIRED, 1, PERSON_MAX);
    point->email = json_read_text(root, "email", JSON_REQUIRED, 3, EMAIL_MAX);
    point->valid_from = json_read_instant(root, "valid_from", JSON_REQUIRED);
    point->valid_to = json_read_instant(root, "valid_to", JSON_OPTIONAL);
    point->rank = (int)json_read_int(root, "rank", JSON_OPTIONAL, 1, RANK_MAX, 1);
    read_absences(root, point);
}

bool focal_point_read(struct focal_point *point, const char *json, size_t size, struct arena *arena,
                      struct error *err)
{
    *point = (struct focal_point){0};
    return read_document(read_focal_point, point, json, size, arena, err);
}
