/* SPDX-License-Identifier: Apache-2.0 */
/* Any event that analytics counts, in JSON format, so that proto/examples are seeds as they stand:
 * its data are refused with a reason, or tell facts that come back from their packed form as the
 * same, and that taken back from the sums leave nothing. What is no event is packed bytes as they
 * might stand in the database: the first byte says of what. */
#include <assert.h>
#include <string.h>

#include "common/event_http.h"
#include "common/utf8.h"
#include "services/analytics/account_fact_json.h"
#include "services/analytics/basis_json.h"
#include "services/analytics/call_fact.h"
#include "services/analytics/case_fact_json.h"
#include "services/analytics/census_json.h"
#include "services/analytics/contribution.h"
#include "services/analytics/delivery_fact_json.h"
#include "services/analytics/duty_json.h"
#include "services/analytics/installation_fact_json.h"
#include "services/analytics/name_json.h"
#include "services/analytics/order_fact_json.h"
#include "services/analytics/outreach_json.h"
#include "services/analytics/publication_fact_json.h"
#include "services/analytics/survey_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* ---- what must hold of facts ---- */

static const int64_t nows[] = {0, INT64_C(1719500000000000), INT64_C(1795496531123000)};

static void check_tally(const struct tally *tally, struct arena *arena)
{
    struct buffer packed, again;
    struct tally unpacked;
    buffer_init(&packed);
    buffer_init(&again);
    tally_pack(tally, &packed);
    assert(tally_unpack(&unpacked, packed.data, packed.size, arena));
    tally_pack(&unpacked, &again);
    assert(again.size == packed.size && memcmp(again.data, packed.data, packed.size) == 0);
    buffer_finish(&packed);
    buffer_finish(&again);
}

static void check_counts(enum subject subject, const struct fact_body *body, struct arena *arena)
{
    for (size_t i = 0; i < sizeof nows / sizeof nows[0]; i++) {
        struct contribution counts = {.bucket = SKETCH_NONE};
        struct cells cells;
        int64_t turn_at = 0, at = 0;
        if (!subjects[subject]->count(&counts, &turn_at, &at, body, nows[i], arena)) {
            return; /* of another program */
        }
        assert(turn_at == 0 || turn_at >= nows[i]);
        cells_init(&cells, arena);
        contribution_apply(&counts, subject, 1, &cells);
        for (size_t j = 0; j < cells.count; j++) {
            check_tally(&cells.items[j]->change, arena);
        }
        contribution_apply(&counts, subject, -1, &cells);
        for (size_t j = 0; j < cells.count; j++) {
            assert(tally_is_zero(&cells.items[j]->change));
        }
    }
}

static void check_told(const struct told_fact *told, size_t count, struct arena *arena)
{
    struct told_fact *again = arena_array(arena, count, sizeof *again);
    struct buffer packed;
    buffer_init(&packed);
    facts_pack(told, count, &packed);
    assert(facts_unpack(again, count, packed.data, packed.size, arena));
    for (size_t i = 0; i < count; i++) {
        assert(uuid_equal(&again[i].id, &told[i].id) && again[i].version == told[i].version);
        assert(again[i].subject == told[i].subject && again[i].body.size == told[i].body.size);
        assert(memcmp(again[i].body.bytes, told[i].body.bytes, told[i].body.size) == 0);
        check_counts(again[i].subject, &again[i].body, arena);
    }
    buffer_finish(&packed);
}

/* ---- events ---- */

struct input {
    const char *type, *data;
    size_t size;
    struct arena *arena;
    struct error *err;
};

static bool begins(const struct input *in, const char *prefix)
{
    return strncmp(in->type, prefix, strlen(prefix)) == 0;
}

/* False: the next one may know the type. */
static bool read_cases_and_orders(const struct input *in)
{
    struct case_fact fact;
    struct order_fact order;
    struct delivery_fact delivery;
    struct told_fact told;
    enum delivery_outcome outcome = delivery_outcome_of(in->type);
    bool good = false;
    if (begins(in, "vn.hanoi.case.")) {
        good = case_fact_read(&fact, in->data, in->size, in->arena, in->err);
        told = good ? case_tell(&fact, in->arena) : (struct told_fact){.version = 0};
    } else if (begins(in, "vn.hanoi.order.")) {
        good = order_fact_read(&order, in->type, in->data, in->size, in->arena, in->err);
        told = good ? order_tell(&order, in->arena) : (struct told_fact){.version = 0};
    } else if (outcome != DELIVERY_OUTCOMES) {
        good = delivery_fact_read(&delivery, outcome, in->data, in->size, in->arena, in->err);
        told = good ? delivery_tell(&delivery, in->arena) : (struct told_fact){.version = 0};
    } else {
        return false;
    }
    check_told(&told, good ? 1 : 0, in->arena);
    return true;
}

static bool read_accounts(const struct input *in)
{
    struct account_fact account;
    struct installation_fact installation;
    struct told_fact told[ACCOUNT_STEPS];
    size_t count = 0;
    if (begins(in, "vn.hanoi.account.")) {
        if (account_fact_read(&account, in->type, in->data, in->size, in->arena, in->err)) {
            count = account_tell(&account, told, in->arena);
        }
    } else if (begins(in, "vn.hanoi.installation.")) {
        if (installation_fact_read(&installation, in->data, in->size, in->arena, in->err)) {
            told[count++] = installation_tell(&installation, in->arena);
        }
    } else {
        return false;
    }
    check_told(told, count, in->arena);
    return true;
}

static bool read_outreach(const struct input *in)
{
    struct outreach_fact outreach;
    struct training_fact training;
    struct call_fact call;
    struct told_fact told;
    bool good = false;
    if (begins(in, "vn.hanoi.outreach.")) {
        good = outreach_fact_read(&outreach, in->data, in->size, in->arena, in->err);
        told = good ? outreach_tell(&outreach, in->arena) : (struct told_fact){.version = 0};
    } else if (begins(in, "vn.hanoi.training.")) {
        good = training_fact_read(&training, in->data, in->size, in->arena, in->err);
        told = good ? training_tell(&training, in->arena) : (struct told_fact){.version = 0};
    } else if (begins(in, "vn.hanoi.hotline_call.")) {
        good = call_fact_read(&call, in->data, in->size, in->arena, in->err);
        told = good ? call_tell(&call, in->arena) : (struct told_fact){.version = 0};
    } else {
        return false;
    }
    check_told(&told, good ? 1 : 0, in->arena);
    return true;
}

static void read_others(const struct input *in)
{
    struct publication_fact publication;
    struct survey survey;
    struct survey_answer answer;
    struct survey_end end;
    struct unit_duty duty;
    struct name name;
    struct basis basis;
    struct census census;
    struct error other = {0};
    const char *type = in->type, *data = in->data;
    if (begins(in, "vn.hanoi.publication.")) {
        publication_fact_read(&publication, type, data, in->size, in->arena, in->err);
    } else if (begins(in, "vn.hanoi.survey.")) {
        survey_read(&survey, data, in->size, in->arena, in->err);
        survey_answer_read(&answer, data, in->size, in->arena, (other = (struct error){0}, &other));
        survey_end_read(&end, data, in->size, in->arena, (other = (struct error){0}, &other));
    } else {
        name_read(&name, data, in->size, in->arena, in->err);
        unit_duty_read(&duty, data, in->size, in->arena, (other = (struct error){0}, &other));
        basis_read(&basis, BASIS_ROSTER, data, in->size, in->arena,
                   (other = (struct error){0}, &other));
        for (size_t i = 0; i < CENSUSES; i++) {
            census_read(&census, &censuses[i], data, in->size, in->arena,
                        (other = (struct error){0}, &other));
        }
    }
}

static void check_refusal(const struct error *err)
{
    assert(err->kind == ERR_INPUT && err->code[0] != '\0');
    assert(utf8_is_valid(err->text, strlen(err->text)));
}

/* ---- packed bytes ---- */

/* What is in a body is not looked at: only our own codecs, which know the limits, write there. */
static void read_packed(const uint8_t *bytes, size_t size, struct arena *arena)
{
    struct told_fact told[3];
    struct tally tally;
    if (bytes[0] % 2 == 0) {
        if (tally_unpack(&tally, bytes + 1, size - 1, arena)) {
            check_tally(&tally, arena);
        }
    } else if (facts_unpack(told, 3, bytes + 1, size - 1, arena)) {
        assert(told[0].subject < SUBJECTS && subjects[told[2].subject]->count != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct event_text text = {(const char *)bytes, size};
    struct event_in event;
    struct error envelope = {0}, err = {0};
    struct arena arena;
    arena_init(&arena);
    if (size > 0 && bytes[0] != '{') {
        read_packed(bytes, size, &arena);
    } else if (event_json_parse(&event, &text, &arena, &envelope) && event.data != NULL) {
        const struct input in = {event.type, event.data, event.data_size, &arena, &err};
        if (!read_cases_and_orders(&in) && !read_accounts(&in) && !read_outreach(&in)) {
            read_others(&in);
        }
        if (error_is_set(&err)) {
            check_refusal(&err);
        }
    }
    arena_finish(&arena);
    return 0;
}
