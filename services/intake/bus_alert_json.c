/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of vn.hanoi.bus_alert.published.v1: the words of GTFS Realtime, enums Cause, Effect and
 * SeverityLevel of gtfs-realtime.proto. */
#include "record_json.h"

enum { ROUTES_MAX = 100, STOPS_MAX = 500, NAME_MAX_CHARS = 64, PERIODS_MAX = 20 };

static const char *const causes[] = {
    "UNKNOWN_CAUSE",
    "OTHER_CAUSE",
    "TECHNICAL_PROBLEM",
    "STRIKE",
    "DEMONSTRATION",
    "ACCIDENT",
    "HOLIDAY",
    "WEATHER",
    "MAINTENANCE",
    "CONSTRUCTION",
    "POLICE_ACTIVITY",
    "MEDICAL_EMERGENCY",
    NULL,
};
static const char *const effects[] = {
    "NO_SERVICE",         "REDUCED_SERVICE",  "SIGNIFICANT_DELAYS",  "DETOUR",
    "ADDITIONAL_SERVICE", "MODIFIED_SERVICE", "OTHER_EFFECT",        "UNKNOWN_EFFECT",
    "STOP_MOVED",         "NO_EFFECT",        "ACCESSIBILITY_ISSUE", NULL,
};
static const char *const severities[] = {"UNKNOWN_SEVERITY", "INFO", "WARNING", "SEVERE", NULL};

/* It is over with the last of its periods, unless one has no end. */
static int64_t copy_periods(struct record_copy *copy)
{
    size_t count = copy_list(copy, "periods", JSON_OPTIONAL, PERIODS_MAX);
    int64_t end = 0;
    bool endless = false;
    for (size_t i = 0; i < count; i++) {
        struct record_copy period;
        if (copy_item(copy, "periods", i, &period)) {
            int64_t from = copy_instant(&period, "from", JSON_OPTIONAL);
            int64_t until = copy_instant(&period, "until", JSON_OPTIONAL);
            if (until != 0 && until < from) {
                json_read_fault(&period.reader, "until", "out_of_range", "is before from");
            }
            endless = endless || until == 0;
            end = until > end ? until : end;
            copy_end(&period);
        }
    }
    copy_list_end(copy, count, JSON_OPTIONAL);
    return endless ? 0 : end;
}

void bus_alert_copy(struct record_copy *copy)
{
    struct record *record = copy->record;
    const char *const *names;
    record->subject = copy_id(copy, "alert_id", JSON_REQUIRED);
    copy_texts(copy, "routes", JSON_OPTIONAL, ROUTES_MAX, NAME_MAX_CHARS, &names);
    copy_texts(copy, "stops", JSON_OPTIONAL, STOPS_MAX, NAME_MAX_CHARS, &names);
    copy_word(copy, "cause", JSON_OPTIONAL, causes);
    copy_word(copy, "effect", JSON_REQUIRED, effects);
    copy_word(copy, "severity", JSON_OPTIONAL, severities);
    record->expires_us = copy_periods(copy);
    copy_text(copy, "header", JSON_REQUIRED, 1, 300);
    copy_text(copy, "description", JSON_OPTIONAL, 1, 4000);
    copy_url(copy, "url");
    record->is_cancelled = copy_bool(copy, "cancelled");
    record->at_us = copy_instant(copy, "at", JSON_REQUIRED);
}
