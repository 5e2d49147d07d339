/* SPDX-License-Identifier: Apache-2.0 */
#include "filing.h"

#include <stdlib.h>
#include <string.h>

#include "answer_json.h"
#include "common/clock.h"
#include "contact_json.h"
#include "filing_terms.h"
#include "idempotency.h"
#include "store_filing.h"
#include "submission_json.h"
#include "ticket_numbers.h"

#define CONTACTS_TOPIC "city.contacts.v1"

static const char *lower_case(const char *text, struct arena *arena)
{
    char *lower = arena_text(arena, text);
    for (char *c = lower; *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    }
    return lower;
}

/* A person is known by the account, a system's client by a hash of where to reach them. */
static const char *reporter_ref(const struct filer *filer, const struct filing_origin *origin,
                                const struct contact *contact, struct arena *arena)
{
    enum { REF_HEX = 32 };
    const char *address = contact->email != NULL ? contact->email : contact->phone;
    uint8_t hash[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    if (origin->account != NULL) {
        return origin->account;
    }
    if (address == NULL) {
        return arena_format(arena, "k-%s", origin->client);
    }
    seal_hash(filer->seal, lower_case(address, arena), hash);
    return arena_format(arena, "c-%.*s", REF_HEX, digest_hex(hash, hex));
}

static void prepare_contact(struct filing *filing, const struct filer *filer,
                            const struct contact *contact, struct arena *arena)
{
    struct buffer plain;
    uint8_t digest[DIGEST_SIZE];

    if (contact->email == NULL && contact->phone == NULL) {
        return;
    }
    buffer_init(&plain);
    contact_write(contact, filing->submission.language, &plain);
    seal_hash(filer->seal, plain.data, digest);
    memcpy(filing->contact_digest, digest, CONTACT_DIGEST_SIZE);
    const char *ref = filing->submission.reporter_ref;
    if (!contact_memory_knows(filer->contacts, ref, digest, clock_monotonic_us())) {
        filing->contact_ref = ref;
        filing->contact_command = uuid_new();
        filing->contact_sealed = seal_text(filer->seal, plain.data, plain.size, ref, arena);
    }
    buffer_finish(&plain);
}

static void prepare_key(struct filing *filing, const struct filing_origin *origin)
{
    uint8_t digest[DIGEST_SIZE];
    if (origin->idempotency_key == NULL) {
        filing->idempotency = filing->submission.id;
        return;
    }
    filing->idempotency = idempotency_id(origin->idempotency_scope, origin->idempotency_key);
    filing->any_input = origin->input == NULL;
    if (!filing->any_input) {
        digest_sha256(origin->input, origin->input_size, digest);
        memcpy(filing->fingerprint, digest, FINGERPRINT_SIZE);
    }
}

static const char *seal_business(const struct filer *filer, const struct report *report,
                                 const struct uuid *id, struct arena *arena)
{
    char context[UUID_TEXT_SIZE];
    if (report->business.name == NULL) {
        return NULL;
    }
    const char *plain = business_write(&report->business, arena);
    return seal_text(filer->seal, plain, strlen(plain), uuid_format(id, context), arena);
}

/* The words of the report that need no decision. */
static struct submission say(const struct filer *filer, const struct report *report,
                             const struct filing_origin *origin, struct arena *arena)
{
    return (struct submission){
        .id = uuid_new(),
        .channel = origin->channel,
        .category = report->category,
        .title = report->title,
        .description = report->description,
        .has_point = report->has_point,
        .lat = report->lat,
        .lon = report->lon,
        .address = report->address,
        .address_id = report->address_id,
        .media = report->media,
        .media_count = report->media_count,
        .reporter_ref = reporter_ref(filer, origin, &report->contact, arena),
        .anonymous = report->anonymous,
        .filed_by = origin->filed_by,
        .client = origin->account != NULL ? "account" : origin->client,
        .language = report->language >= 0 ? (enum language)report->language : LANGUAGE_VI,
    };
}

bool filing_prepare(struct filing *filing, const struct filer *filer, const struct report *report,
                    const struct filing_origin *origin, const struct reference *reference,
                    int64_t now_us, struct arena *arena, struct error *err)
{
    struct submission *submission = &filing->submission;
    struct filing_terms terms;
    const struct rule *rule;
    int64_t due;

    memset(filing, 0, sizeof *filing);
    if (!filing_terms_meet(&terms, report, origin, reference, arena, err)) {
        return false;
    }
    now_us -= now_us % 1000; /* events carry milliseconds, and the deadline follows from them */
    if (!promise_due(reference->promises, reference->promise_count, now_us, &due, &rule)) {
        return error_set(err, ERR_RETRY, "no_promise",
                         "no deadline is published for this month yet");
    }
    *submission = say(filer, report, origin, arena);
    submission->kind = arena_text(arena, terms.kind->code);
    submission->level = report->level >= 0 ? (enum level)report->level : terms.category->level;
    submission->answers = answers_write(&terms.answers, arena);
    submission->details = details_write(report, arena);
    submission->business = seal_business(filer, report, &submission->id, arena);
    submission->submitted_at = now_us;
    submission->receive_by = due;
    submission->receive_rule = (struct rule){arena_text(arena, rule->code), rule->version,
                                             arena_text(arena, rule->source)};
    filing->traceparent = origin->traceparent;
    prepare_key(filing, origin);
    prepare_contact(filing, filer, &report->contact, arena);
    return filing_terms_fit(submission, err);
}

void filing_write_event(const struct filing *filing, struct filing_event *out)
{
    const struct submission *submission = &filing->submission;
    uuid_format(&submission->id, out->id);
    buffer_reset(&out->data);
    submission_write_event(submission, &out->data);
    out->event = (struct event){
        .id = uuid_new(),
        .type = "vn.hanoi.submission.submitted.v1",
        .subject = out->id,
        .topic = SUBMISSIONS_TOPIC,
        .key = out->id,
        .time_us = submission->submitted_at,
        .traceparent = filing->traceparent,
        .data = out->data.data,
        .data_size = out->data.size,
    };
}

void filing_write_contact_event(const struct filing *filing, struct filing_event *out)
{
    buffer_reset(&out->data);
    contact_write_event(filing->contact_ref, filing->contact_sealed, &out->data);
    out->event = (struct event){
        .id = uuid_new(),
        .type = "vn.hanoi.contact.changed.v1",
        .subject = filing->contact_ref,
        .topic = CONTACTS_TOPIC,
        .key = filing->contact_ref,
        .time_us = filing->submission.submitted_at,
        .traceparent = filing->traceparent,
        .data = out->data.data,
        .data_size = out->data.size,
    };
}

bool filing_take_number(struct filing *filing, struct ticket_numbers *numbers)
{
    if (filing->number == 0) {
        filing->number = ticket_numbers_take(numbers);
        if (filing->number == 0) {
            return false;
        }
        ticket_format(filing->number, filing->submission.submitted_at, filing->submission.ticket);
    }
    return true;
}

static int by_contact_ref(const void *a, const void *b)
{
    const struct filing *const *left = a, *const *right = b;
    int order = strcmp((*left)->contact_ref, (*right)->contact_ref);
    /* Among one person's the newest comes last: ids rise. */
    return order != 0 ? order
                      : memcmp((*left)->contact_command.bytes, (*right)->contact_command.bytes,
                               sizeof(*left)->contact_command.bytes);
}

size_t filings_pick_contacts(struct filing *const *items, size_t count, struct filing **contacts)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i]->contact_ref != NULL) {
            contacts[all++] = items[i];
        }
    }
    qsort(contacts, all, sizeof(struct filing *), by_contact_ref);
    for (size_t i = 0; i < all; i++) {
        contacts[i]->contact_offered =
            i + 1 == all || strcmp(contacts[i]->contact_ref, contacts[i + 1]->contact_ref) != 0;
        if (contacts[i]->contact_offered) {
            contacts[kept++] = contacts[i];
        }
    }
    return kept;
}
