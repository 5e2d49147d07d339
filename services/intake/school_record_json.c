/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of vn.hanoi.school_record.issued.v1. */

#include "record_json.h"

enum { TERM_CHARS = 11, MARKS_MAX = 40 };

/* "2026-2027/1": letters of the pattern stand for digits. */
static bool is_term(const char *term)
{
    static const char form[] = "dddd-dddd/h";
    for (size_t i = 0; i < TERM_CHARS; i++) {
        bool fits = form[i] == 'd'   ? term[i] >= '0' && term[i] <= '9'
                    : form[i] == 'h' ? term[i] == '1' || term[i] == '2'
                                     : term[i] == form[i];
        if (!fits) {
            return false;
        }
    }
    return term[TERM_CHARS] == '\0';
}

static void copy_term(struct record_copy *copy)
{
    const char *term = copy_text(copy, "term", JSON_REQUIRED, TERM_CHARS, TERM_CHARS);
    if (term != NULL && !is_term(term)) {
        json_read_fault(&copy->reader, "term", "malformed", "must be as 2026-2027/1");
    }
    copy->record->part = term;
}

static void copy_marks(struct record_copy *copy)
{
    size_t count = copy_list(copy, "marks", JSON_REQUIRED, MARKS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct record_copy mark;
        if (copy_item(copy, "marks", i, &mark)) {
            copy_text(&mark, "subject", JSON_REQUIRED, 1, 100);
            copy_mark(&mark, "mark", 0, 10);
            copy_bool(&mark, "passed");
            copy_end(&mark);
        }
    }
    copy_list_end(copy, count, JSON_REQUIRED);
}

void school_record_copy(struct record_copy *copy)
{
    struct record *record = copy->record;
    record->subject = copy_ref(copy, "pupil_ref", JSON_REQUIRED);
    copy_text(copy, "school", JSON_REQUIRED, 1, 200);
    copy_term(copy);
    copy_text(copy, "class", JSON_OPTIONAL, 1, 32);
    copy_marks(copy);
    copy_text(copy, "remark", JSON_OPTIONAL, 1, 2000);
    record->at_us = copy_instant(copy, "at", JSON_REQUIRED);
}
