/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/account_fact.h"

#include "services/analytics/varint.h"

const char *const account_kind_words[ACCOUNT_KINDS + 1] = {"citizen", "business", "official", NULL};
const char *const account_method_words[ACCOUNT_METHODS + 1] = {"vneid", "sso", "phone", "assisted",
                                                               NULL};

/* What their ids are made of: never change one. */
static const char *const id_kinds[ACCOUNT_STEPS] = {"account", "activation", "closing"};

enum { LAYOUT = 1 };

int64_t account_step_at(const struct account_fact *account, enum account_step step)
{
    const int64_t instants[ACCOUNT_STEPS] = {account->created_at, account->activated_at,
                                             account->closed_at};
    return instants[step];
}

static void pack(const struct account_fact *account, enum account_step step, struct buffer *out)
{
    varint_put(out, LAYOUT);
    varint_put(out, (uint64_t)step);
    varint_put(out, (uint64_t)account->kind);
    varint_put(out, (uint64_t)account->method);
    varint_put_text(out, account->unit);
    varint_put_text(out, account->area);
    varint_put_text(out, account->team);
    varint_put_signed(out, account->created_at);
    varint_put_signed(out, account->activated_at);
    varint_put_signed(out, account->closed_at);
    varint_put_signed(out, account->at);
}

size_t account_tell(const struct account_fact *account, struct told_fact told[ACCOUNT_STEPS],
                    struct arena *arena)
{
    size_t count = 0;
    struct buffer packed;
    buffer_init(&packed);
    for (int step = 0; step < ACCOUNT_STEPS; step++) {
        if (account_step_at(account, (enum account_step)step) == 0) {
            continue;
        }
        buffer_reset(&packed);
        pack(account, (enum account_step)step, &packed);
        told[count++] = (struct told_fact){.id = fact_id(id_kinds[step], account->ref),
                                           .subject = SUBJECT_ACCOUNTS,
                                           .version = account->version,
                                           .body = fact_body_of(&packed, arena)};
    }
    buffer_finish(&packed);
    return count;
}

bool account_unpack(struct account_fact *account, const void *bytes, size_t size,
                    struct arena *arena)
{
    struct varint_reader reader;
    *account = (struct account_fact){.ref = NULL};
    varint_read(&reader, bytes, size);
    if (varint_get(&reader) != LAYOUT) {
        return false;
    }
    uint64_t step = varint_get(&reader), kind = varint_get(&reader), method = varint_get(&reader);
    account->unit = varint_get_text(&reader, arena);
    account->area = varint_get_text(&reader, arena);
    account->team = varint_get_text(&reader, arena);
    account->created_at = varint_get_signed(&reader);
    account->activated_at = varint_get_signed(&reader);
    account->closed_at = varint_get_signed(&reader);
    account->at = varint_get_signed(&reader);
    if (reader.failed || reader.at != reader.end || step >= ACCOUNT_STEPS ||
        kind >= ACCOUNT_KINDS || method >= ACCOUNT_METHODS) {
        return false;
    }
    account->step = (enum account_step)step;
    account->kind = (enum account_kind)kind;
    account->method = (enum account_method)method;
    return true;
}
