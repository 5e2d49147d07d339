/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/http_slice.h"

#include <string.h>

#include "services/analytics/indicator.h"

enum { UNIT_MAX = 32, CATEGORY_MAX = 64, WORD_MAX = 64, RULE_VERSION_MAX = 10 };

bool http_check_unit(const char *name, const char *code, struct error *err)
{
    static const char allowed[] = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t size = code != NULL ? strlen(code) : 0;
    return code == NULL ||
           (size >= 2 && size <= UNIT_MAX && code[0] != '-' && strspn(code, allowed) == size) ||
           error_add_field(err, name, "bad_code",
                           "must be 2 to %d of A-Z, 0-9 and -, not beginning with -", UNIT_MAX);
}

bool http_check_category(const char *name, const char *code, struct error *err)
{
    static const char allowed[] = "-0123456789abcdefghijklmnopqrstuvwxyz";
    size_t size = code != NULL ? strlen(code) : 0;
    return code == NULL ||
           (size >= 1 && size <= CATEGORY_MAX && strspn(code, allowed) == size && code[0] != '-' &&
            code[size - 1] != '-' && strstr(code, "--") == NULL) ||
           error_add_field(err, name, "bad_code", "must be 1 to %d of a-z and 0-9 in words with -",
                           CATEGORY_MAX);
}

static bool check_word(const char *name, const char *code, struct error *err)
{
    static const char allowed[] = "_0123456789abcdefghijklmnopqrstuvwxyz";
    size_t size = code != NULL ? strlen(code) : 0;
    return code == NULL ||
           (size >= 1 && size <= WORD_MAX && code[0] >= 'a' && strspn(code, allowed) == size) ||
           error_add_field(err, name, "bad_code",
                           "must be 1 to %d of a-z, 0-9 and _, beginning with a letter", WORD_MAX);
}

/* "receive@1": code and version. */
static bool check_rule(const char *name, const char *code, struct error *err)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz", digits[] = "0123456789";
    size_t size = code != NULL ? strspn(code, "_.-0123456789abcdefghijklmnopqrstuvwxyz") : 0;
    size_t number = code != NULL && code[size] == '@' ? strspn(code + size + 1, digits) : 0;
    return code == NULL ||
           (size >= 1 && size <= WORD_MAX && strchr(letters, code[0]) != NULL && number >= 1 &&
            number <= RULE_VERSION_MAX && code[size + 1 + number] == '\0') ||
           error_add_field(err, name, "bad_code", "must be the code of a rule, @ and its version");
}

typedef bool check(const char *name, const char *code, struct error *err);

static check *const checks[DIMENSIONS] = {
    [DIMENSION_UNIT] = http_check_unit,     [DIMENSION_CATEGORY] = http_check_category,
    [DIMENSION_PROCESS] = check_word,       [DIMENSION_LEVEL] = check_word,
    [DIMENSION_AREA] = http_check_unit,     [DIMENSION_CHANNEL] = check_word,
    [DIMENSION_REASON] = check_word,        [DIMENSION_TEAM] = http_check_unit,
    [DIMENSION_DISTRICT] = http_check_unit, [DIMENSION_RECEIVE_RULE] = check_rule,
    [DIMENSION_RESOLVE_RULE] = check_rule,
};

bool http_read_indicator(const struct indicator **indicator, const struct http_request *request,
                         struct error *err)
{
    const char *code = http_query(request, "code");
    if (code == NULL) {
        return error_add_field(err, "code", "required", "names an indicator");
    }
    *indicator = indicator_find(code);
    return *indicator != NULL ||
           error_add_field(err, "code", "not_allowed",
                           "is no indicator; GET /api/analytics/definitions names them");
}

enum dimension http_read_dimension(const char *field, const char *name, struct error *err)
{
    for (int i = 0; name != NULL && i < DIMENSIONS; i++) {
        if (strcmp(name, dimension_words[i]) == 0) {
            return (enum dimension)i;
        }
    }
    error_add_field(err, field, name == NULL ? "required" : "not_allowed",
                    "must be a dimension; GET /api/analytics/dimensions names them");
    return DIMENSIONS;
}

enum subject http_read_subject(const char *name, struct error *err)
{
    if (name == NULL) {
        return SUBJECT_CASES;
    }
    for (int i = 0; i < SUBJECTS; i++) {
        if (strcmp(name, subjects[i]->name) == 0) {
            return (enum subject)i;
        }
    }
    error_add_field(err, "subject", "not_allowed",
                    "is none; GET /api/analytics/dimensions names them");
    return SUBJECTS;
}

struct period http_read_period(const struct http_request *request, struct error *err)
{
    const char *text = http_query(request, "period");
    struct period period = {PERIOD_ALL, 0};
    if (text != NULL && !period_parse(text, &period)) {
        error_add_field(err, "period", "bad_period",
                        "must be like 2026, 2026-Q4, 2026-11, 2026-W48, 2026-11-24, or all");
    }
    return period;
}

/* The first dimension that is asked for is the one to blame, unless nothing is counted at all. */
static void blame_grouping(enum subject subject, const struct slice *slice, struct error *err)
{
    if (subjects[subject]->grouping_count == 0) {
        error_add_field(err, "code", "not_kept",
                        "is no sum of what was counted; GET /api/analytics/adoption tells it");
        return;
    }
    for (size_t i = 0; i < DIMENSIONS; i++) {
        if (slice->members[slice_order[i]] != NULL || i + 1 == DIMENSIONS) {
            error_add_field(err, dimension_words[slice_order[i]], "not_kept",
                            "no figures are kept by these dimensions together; "
                            "GET /api/analytics/dimensions names those that are");
            return;
        }
    }
}

bool http_read_slice(struct slice *slice, struct slice_cells *cells,
                     const struct http_request *request, unsigned also, struct error *err)
{
    const char *code = http_query(request, "code");
    const struct indicator *indicator = code != NULL ? indicator_find(code) : NULL;
    enum subject subject = indicator != NULL
                               ? indicator->subject
                               : http_read_subject(http_query(request, "subject"), err);
    *slice = (struct slice){.period = {PERIOD_ALL, 0}};
    for (size_t i = 0; i < DIMENSIONS; i++) {
        const char *name = dimension_words[slice_order[i]];
        const char *member = http_query(request, name);
        slice->members[slice_order[i]] = member;
        checks[slice_order[i]](name, member, err);
    }
    slice->period = http_read_period(request, err);
    if (error_is_set(err)) {
        return false;
    }
    switch (slice_find(cells, subject, slice, also)) {
    case SLICE_NO_GROUPING:
        blame_grouping(subject, slice, err);
        return false;
    case SLICE_NO_PERIOD:
        return error_add_field(err, "period", "not_kept",
                               "by these dimensions figures are kept by month and longer");
    case SLICE_KEPT:
        break;
    }
    return true;
}
