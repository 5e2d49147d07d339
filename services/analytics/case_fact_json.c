/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/case_fact_json.h"

#include <string.h>

#include "common/json.h"

enum { CODE_MIN = 2, CODE_MAX = 32, CATEGORY_MAX = 64 };

static const char *const queues[] = {"unit", "unroutable", NULL};

/* ^[0-9A-Z][0-9A-Z-]*$ or, for categories, the same in lower case with single inner dashes. */
static void check_code(struct json_reader *reader, const char *name, const char *code, char first)
{
    bool dash = true; /* one may not follow */
    for (const char *at = code; *at != '\0'; at++) {
        bool letter = (*at >= first && *at <= first + 25) || (*at >= '0' && *at <= '9');
        if (!letter && (*at != '-' || (dash && (first == 'a' || at == code)))) {
            json_read_fault(reader, name, "not_allowed", "is no code");
            return;
        }
        dash = !letter;
    }
    if (dash && first == 'a') {
        json_read_fault(reader, name, "not_allowed", "is no code");
    }
}

static const char *read_code(struct json_reader *reader, const char *name,
                             enum json_presence presence, size_t min, size_t max, char first)
{
    const char *code = json_read_text(reader, name, presence, min, max);
    if (code != NULL) {
        check_code(reader, name, code, first);
    }
    return code;
}

bool case_fact_read(struct case_fact *fact, const char *json, size_t size, struct arena *arena,
                    struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *fact = (struct case_fact){.version = 0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    json_read_uuid(&reader, "case_id", JSON_REQUIRED, &fact->case_id);
    fact->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    fact->category = read_code(&reader, "category", JSON_REQUIRED, 1, CATEGORY_MAX, 'a');
    int state = json_read_word(&reader, "state", JSON_REQUIRED, case_state_words);
    fact->at = json_read_instant(&reader, "at", JSON_REQUIRED);
    int queue = json_read_word(&reader, "queue", JSON_REQUIRED, queues);
    fact->unit = read_code(&reader, "unit", queue == 0 ? JSON_REQUIRED : JSON_OPTIONAL, CODE_MIN,
                           CODE_MAX, 'A');
    fact->receive_due = json_read_instant(&reader, "receive_due", JSON_REQUIRED);
    fact->accepted_at = json_read_instant(&reader, "accepted_at", JSON_OPTIONAL);
    fact->resolve_due = json_read_instant(&reader, "resolve_due", JSON_OPTIONAL);
    fact->resolved_at = json_read_instant(&reader, "resolved_at", JSON_OPTIONAL);
    fact->rejected_at = json_read_instant(&reader, "rejected_at", JSON_OPTIONAL);
    fact->state = state < 0 ? CASE_RECEIVED : (enum case_state)state;
    if (fact->unit == NULL) {
        fact->unit = "";
    }
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
