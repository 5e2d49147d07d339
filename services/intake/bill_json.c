/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of vn.hanoi.bill.issued.v1. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "record_json.h"

#define AMOUNT_MAX INT64_C(1000000000000)

enum { DAY_CHARS = 10, MONTH_CHARS = 7, UNPAID = 0, PAID, CANCELLED };

static const char *const kinds[] = {"electricity", "water",    "waste", "tuition",
                                    "parking",     "internet", "other", NULL};
static const char *const statuses[] = {
    [UNPAID] = "unpaid", [PAID] = "paid", [CANCELLED] = "cancelled", NULL};

static void copy_day(struct record_copy *copy, const char *name, const char *form)
{
    size_t chars = strlen(form);
    const char *text = copy_text(copy, name, JSON_REQUIRED, chars, chars);
    char day[DAY_CHARS + 1];
    if (text == NULL) {
        return;
    }
    snprintf(day, sizeof day, "%s%s", text, chars == MONTH_CHARS ? "-01" : "");
    if (strlen(text) != chars || !clock_is_date(day)) {
        json_read_fault(&copy->reader, name, "malformed", "must be as 2026-11 or 2026-11-30");
    }
}

void bill_copy(struct record_copy *copy)
{
    struct record *record = copy->record;
    record->part = copy_id(copy, "bill_id", JSON_REQUIRED);
    record->subject = copy_ref(copy, "customer_ref", JSON_REQUIRED);
    copy_word(copy, "kind", JSON_REQUIRED, kinds);
    copy_day(copy, "period", "2026-11");
    copy_int(copy, "amount_vnd", JSON_REQUIRED, 0, AMOUNT_MAX);
    copy_day(copy, "due_date", "2026-11-30");
    record->is_cancelled = copy_word(copy, "status", JSON_REQUIRED, statuses) == CANCELLED;
    record->at_us = copy_instant(copy, "at", JSON_REQUIRED);
}
