/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/delivery_fact_json.h"

#include <string.h>

#include "common/json.h"
#include "services/analytics/code_json.h"

enum { TEMPLATE_MAX = 64 };

static const char *const types[DELIVERY_OUTCOMES] = {
    [DELIVERY_SKIPPED] = "vn.hanoi.delivery.skipped.v1",
    [DELIVERY_FAILED] = "vn.hanoi.delivery.failed.v1",
    [DELIVERY_SENT] = "vn.hanoi.delivery.sent.v1",
};

static const char *const channels[] = {"email", "inapp", NULL};

enum delivery_outcome delivery_outcome_of(const char *type)
{
    int outcome = 0;
    while (outcome < DELIVERY_OUTCOMES && (type == NULL || strcmp(type, types[outcome]) != 0)) {
        outcome++;
    }
    return (enum delivery_outcome)outcome;
}

static void read_members(struct delivery_fact *delivery, struct json_reader *reader)
{
    struct uuid event_id, case_id;
    json_read_uuid(reader, "delivery_id", JSON_REQUIRED, &delivery->delivery_id);
    json_read_uuid(reader, "event_id", JSON_REQUIRED, &event_id);
    json_read_uuid(reader, "case_id", JSON_OPTIONAL, &case_id);
    int channel = json_read_word(reader, "channel", JSON_REQUIRED, channels);
    delivery->channel = channel >= 0 ? channels[channel] : NULL;
    /* So that an address in its place is refused; it is not kept. */
    code_read_hash(reader, "recipient_hash");
    json_read_text(reader, "template", JSON_REQUIRED, 1, TEMPLATE_MAX);
    bool tried = delivery->outcome != DELIVERY_SKIPPED;
    delivery->attempts = (int)json_read_int(reader, "attempts", JSON_REQUIRED, tried ? 1 : 0,
                                            DELIVERY_ATTEMPTS_MAX, 0);
    delivery->reason = code_read_word(
        reader, "reason", delivery->outcome == DELIVERY_SENT ? JSON_OPTIONAL : JSON_REQUIRED);
    delivery->at = json_read_instant(reader, "at", JSON_REQUIRED);
}

bool delivery_fact_read(struct delivery_fact *delivery, enum delivery_outcome outcome,
                        const char *json, size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *delivery = (struct delivery_fact){.outcome = outcome};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(delivery, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
