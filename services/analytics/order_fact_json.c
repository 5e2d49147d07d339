/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/order_fact_json.h"

#include <string.h>

#include "common/json.h"
#include "common/opaque_ref.h"
#include "services/analytics/code_json.h"

#define AMOUNT_MAX INT64_C(1000000000000)

/* What an event must tell beside what all of them tell. */
enum need {
    NEED_PAID = 1,
    NEED_FULFILLED = 2,
    NEED_FAILED = 4,
    NEED_REFUNDED = 8,
    NEED_EXPIRED = 16
};

static unsigned needs_of(const char *type)
{
    static const struct {
        const char *type;
        unsigned needs;
    } rows[] = {
        {"vn.hanoi.order.paid.v1", NEED_PAID},
        {"vn.hanoi.order.fulfilled.v1", NEED_PAID | NEED_FULFILLED},
        {"vn.hanoi.order.failed.v1", NEED_FAILED},
        {"vn.hanoi.order.refunded.v1", NEED_PAID | NEED_REFUNDED},
        {"vn.hanoi.order.expired.v1", NEED_EXPIRED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(type, rows[i].type) == 0) {
            return rows[i].needs;
        }
    }
    return 0;
}

static enum json_presence presence(unsigned needs, enum need need)
{
    return (needs & need) != 0 ? JSON_REQUIRED : JSON_OPTIONAL;
}

/* Read, so that a phone number in its place is refused, and not kept. */
static void check_account(struct json_reader *reader)
{
    const char *ref = json_read_text(reader, "account", JSON_REQUIRED, 1, OPAQUE_REF_MAX);
    if (ref != NULL && !opaque_ref_has_form(ref)) {
        json_read_fault(reader, "account", "not_allowed", "is no opaque id");
    }
}

static void read_steps(struct order_fact *order, unsigned needs, struct json_reader *reader)
{
    order->placed_at = json_read_instant(reader, "placed_at", JSON_REQUIRED);
    order->paid_at = json_read_instant(reader, "paid_at", presence(needs, NEED_PAID));
    order->fulfilled_at =
        json_read_instant(reader, "fulfilled_at", presence(needs, NEED_FULFILLED));
    order->failed_at = json_read_instant(reader, "failed_at", presence(needs, NEED_FAILED));
    order->failed_reason = code_read_word(reader, "failed_reason", presence(needs, NEED_FAILED));
    order->refunded_at = json_read_instant(reader, "refunded_at", presence(needs, NEED_REFUNDED));
    order->refunded =
        json_read_int(reader, "refunded_vnd", presence(needs, NEED_REFUNDED), 1, AMOUNT_MAX, 0);
    order->refunded_reason =
        code_read_word(reader, "refunded_reason", presence(needs, NEED_REFUNDED));
    order->expired_at = json_read_instant(reader, "expired_at", presence(needs, NEED_EXPIRED));
    order->at = json_read_instant(reader, "at", JSON_REQUIRED);
}

static void read_members(struct order_fact *order, const char *type, struct json_reader *reader)
{
    bool first = strcmp(type, "vn.hanoi.order.placed.v1") == 0;
    json_read_uuid(reader, "order_id", JSON_REQUIRED, &order->order_id);
    order->version =
        (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, first ? 1 : INT32_MAX, 0);
    order->service = code_read_word(reader, "service", JSON_REQUIRED);
    order->provider = code_read_unit(reader, "provider", JSON_REQUIRED);
    order->amount = json_read_int(reader, "amount_vnd", JSON_REQUIRED, 0, AMOUNT_MAX, 0);
    check_account(reader);
    order->channel = code_read_word(reader, "channel", JSON_REQUIRED);
    read_steps(order, needs_of(type), reader);
}

bool order_fact_read(struct order_fact *order, const char *type, const char *json, size_t size,
                     struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *order = (struct order_fact){.version = 0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(order, type, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
