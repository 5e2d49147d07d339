/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/case_fact_json.h"

#include <string.h>

#include "common/json_scan.h"

enum { CODE_MIN = 2, CODE_MAX = 32, CATEGORY_MAX = 64 };

enum name {
    CASE_ID,
    VERSION,
    CATEGORY,
    STATE,
    AT,
    QUEUE,
    UNIT,
    RECEIVE_DUE,
    ACCEPTED_AT,
    RESOLVE_DUE,
    RESOLVED_AT,
    REJECTED_AT
};

static const char *const names[] = {[CASE_ID] = "case_id",
                                    [VERSION] = "version",
                                    [CATEGORY] = "category",
                                    [STATE] = "state",
                                    [AT] = "at",
                                    [QUEUE] = "queue",
                                    [UNIT] = "unit",
                                    [RECEIVE_DUE] = "receive_due",
                                    [ACCEPTED_AT] = "accepted_at",
                                    [RESOLVE_DUE] = "resolve_due",
                                    [RESOLVED_AT] = "resolved_at",
                                    [REJECTED_AT] = "rejected_at",
                                    NULL};

static const char *const queues[] = {"unit", "unroutable", NULL};

/* ^[0-9A-Z][0-9A-Z-]*$ or, for categories, the same in lower case with single inner dashes. */
static void check_code(struct json_scan *scan, enum name name, const char *code, char first)
{
    bool dash = true; /* one may not follow */
    for (const char *at = code; *at != '\0'; at++) {
        bool letter = (*at >= first && *at <= first + 25) || (*at >= '0' && *at <= '9');
        if (!letter && (*at != '-' || (dash && (first == 'a' || at == code)))) {
            json_scan_fault(scan, name, "not_allowed", "is no code");
            return;
        }
        dash = !letter;
    }
    if (dash && first == 'a') {
        json_scan_fault(scan, name, "not_allowed", "is no code");
    }
}

static const char *read_code(struct json_scan *scan, enum name name, enum json_presence presence,
                             size_t min, size_t max, char first)
{
    const char *code = json_scan_text(scan, name, presence, min, max);
    if (code != NULL) {
        check_code(scan, name, code, first);
    }
    return code;
}

bool case_fact_read(struct case_fact *fact, const char *json, size_t size, struct arena *arena,
                    struct error *err)
{
    struct json_scan scan;

    *fact = (struct case_fact){.version = 0};
    if (!json_scan_open(&scan, names, json, size, arena, err)) {
        return false;
    }
    json_scan_uuid(&scan, CASE_ID, JSON_REQUIRED, &fact->case_id);
    fact->version = (int32_t)json_scan_int(&scan, VERSION, JSON_REQUIRED, 1, INT32_MAX, 0);
    fact->category = read_code(&scan, CATEGORY, JSON_REQUIRED, 1, CATEGORY_MAX, 'a');
    int state = json_scan_word(&scan, STATE, JSON_REQUIRED, case_state_words);
    fact->at = json_scan_instant(&scan, AT, JSON_REQUIRED);
    int queue = json_scan_word(&scan, QUEUE, JSON_REQUIRED, queues);
    fact->unit =
        read_code(&scan, UNIT, queue == 0 ? JSON_REQUIRED : JSON_OPTIONAL, CODE_MIN, CODE_MAX, 'A');
    fact->receive_due = json_scan_instant(&scan, RECEIVE_DUE, JSON_REQUIRED);
    fact->accepted_at = json_scan_instant(&scan, ACCEPTED_AT, JSON_OPTIONAL);
    fact->resolve_due = json_scan_instant(&scan, RESOLVE_DUE, JSON_OPTIONAL);
    fact->resolved_at = json_scan_instant(&scan, RESOLVED_AT, JSON_OPTIONAL);
    fact->rejected_at = json_scan_instant(&scan, REJECTED_AT, JSON_OPTIONAL);
    fact->state = state < 0 ? CASE_RECEIVED : (enum case_state)state;
    if (fact->unit == NULL) {
        fact->unit = "";
    }
    return json_scan_end(&scan);
}
