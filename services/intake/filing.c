/* SPDX-License-Identifier: Apache-2.0 */
#include "filing.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "store_filing.h"
#include "submission_json.h"
#include "ticket_numbers.h"

#define SUBMISSIONS_TOPIC "city.submissions.v1"
#define CONTACTS_TOPIC    "city.contacts.v1"

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
    struct json_writer writer;
    struct buffer plain;
    uint8_t digest[DIGEST_SIZE];

    if (contact->email == NULL && contact->phone == NULL) {
        return;
    }
    buffer_init(&plain);
    json_write_start(&writer, &plain);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "email", contact->email);
    json_put_text(&writer, "phone", contact->phone);
    json_put_text(&writer, "name", contact->name);
    json_put_text(&writer, "language", language_words[filing->submission.language]);
    json_close_object(&writer);
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

static void prepare_key(struct filing *filing, const struct filing_origin *origin,
                        struct arena *arena)
{
    uint8_t digest[DIGEST_SIZE];
    if (origin->idempotency_key == NULL) {
        return;
    }
    const char *name =
        arena_format(arena, "%s\n%s", origin->idempotency_scope, origin->idempotency_key);
    digest_sha256(name, strlen(name), digest);
    memcpy(filing->idempotency.bytes, digest, sizeof filing->idempotency.bytes);
    digest_sha256(origin->input, origin->input_size, digest);
    memcpy(filing->fingerprint, digest, FINGERPRINT_SIZE);
    filing->has_key = true;
}

bool filing_prepare(struct filing *filing, const struct filer *filer, const struct report *report,
                    const struct filing_origin *origin, const struct reference *reference,
                    int64_t now_us, struct arena *arena, struct error *err)
{
    struct submission *submission = &filing->submission;
    const struct rule *rule;
    int64_t due;

    memset(filing, 0, sizeof *filing);
    const struct category *category = reference_category(reference, report->category);
    if (category == NULL) {
        error_add_field(err, "category", "unknown_category",
                        "is not among those of GET /api/intake/categories");
        return false;
    }
    now_us -= now_us % 1000; /* events carry milliseconds, and the deadline follows from them */
    if (!promise_due(reference->promises, reference->promise_count, now_us, &due, &rule)) {
        return error_set(err, ERR_RETRY, "no_promise",
                         "no deadline is published for this month yet");
    }
    *submission = (struct submission){
        .id = uuid_new(),
        .channel = origin->channel,
        .category = report->category,
        .level = report->level >= 0 ? (enum level)report->level : category->level,
        .title = report->title,
        .description = report->description,
        .lat = report->lat,
        .lon = report->lon,
        .address = report->address,
        .media = report->media,
        .media_count = report->media_count,
        .reporter_ref = reporter_ref(filer, origin, &report->contact, arena),
        .anonymous = report->anonymous,
        .client = origin->account != NULL ? "account" : origin->client,
        .language = report->language >= 0 ? (enum language)report->language : LANGUAGE_VI,
        .submitted_at = now_us,
        .receive_by = due,
        .receive_rule = {arena_text(arena, rule->code), rule->version,
                         arena_text(arena, rule->source)},
    };
    filing->traceparent = origin->traceparent;
    prepare_key(filing, origin, arena);
    prepare_contact(filing, filer, &report->contact, arena);
    return true;
}

static void stage_submission(struct filing *filing, const struct filer *filer)
{
    const struct submission *submission = &filing->submission;
    char id[UUID_TEXT_SIZE];
    struct buffer data;

    buffer_init(&data);
    buffer_reserve(&data, 1024);
    submission_write_event(submission, &data);
    uuid_format(&submission->id, id);
    struct event event = {
        .id = uuid_new(),
        .type = "vn.hanoi.submission.submitted.v1",
        .subject = id,
        .topic = SUBMISSIONS_TOPIC,
        .key = id,
        .time_us = submission->submitted_at,
        .traceparent = filing->traceparent,
        .data = data.data,
        .data_size = data.size,
    };
    filing->said = outbox_stage(filer->outbox, &event, &submission->id);
    buffer_finish(&data);
}

static void stage_contact(struct filing *filing, const struct filer *filer)
{
    struct json_writer writer;
    struct buffer data;

    buffer_init(&data);
    json_write_start(&writer, &data);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "ref", filing->contact_ref);
    json_put_text(&writer, "sealed", filing->contact_sealed);
    json_close_object(&writer);
    struct event event = {
        .id = uuid_new(),
        .type = "vn.hanoi.contact.changed.v1",
        .subject = filing->contact_ref,
        .topic = CONTACTS_TOPIC,
        .key = filing->contact_ref,
        .time_us = filing->submission.submitted_at,
        .traceparent = filing->traceparent,
        .data = data.data,
        .data_size = data.size,
    };
    filing->told = outbox_stage(filer->outbox, &event, &filing->contact_command);
    buffer_finish(&data);
}

bool filing_stage(struct filing *filing, const struct filer *filer)
{
    if (filing->said != NULL) {
        return true;
    }
    filing->number = ticket_numbers_take(filer->numbers);
    if (filing->number == 0) {
        return false;
    }
    ticket_format(filing->number, filing->submission.submitted_at, filing->submission.ticket);
    if (filing->contact_ref != NULL) {
        stage_contact(filing, filer); /* first, so that it is likely to arrive first */
    }
    stage_submission(filing, filer);
    return true;
}

void filing_abandon(struct filing *filing, const struct filer *filer)
{
    if (filing->said == NULL) {
        return;
    }
    outbox_drop(filer->outbox, filing->said);
    if (filing->told != NULL) {
        outbox_drop(filer->outbox, filing->told);
    }
    filing->said = filing->told = NULL;
    ticket_numbers_give_back(filer->numbers, filing->number);
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

/* The last word of each person; sorted, which also spares replicas a deadlock. */
static size_t pick_contacts(struct filing *const *items, size_t count, struct filing **contacts)
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

void filings_add(struct filing *const *items, size_t count, const struct filer *filer,
                 struct pg_tx *tx)
{
    struct filing **contacts = arena_array(pg_tx_arena(tx), count, sizeof *contacts);
    size_t contact_count = pick_contacts(items, count, contacts);
    store_file(tx, filer->outbox, items, count, contacts, contact_count);
}

/* True when the command is the result's row `*row`; rows come in the order of the items, so that
 * one walk finds them. */
static bool takes_row(const struct pg_tx *tx, size_t statement, size_t *row,
                      const struct uuid *command)
{
    size_t rows = pg_rows(tx, statement);
    for (size_t i = 0; i < rows; i++) {
        size_t at = (*row + i) % rows;
        struct uuid won = pg_value_uuid(tx, statement, at, 0);
        if (uuid_equal(&won, command)) {
            *row = at + 1;
            return true;
        }
    }
    return false;
}

static void settle_item(struct filing *filing, const struct filer *filer, bool won, bool in_doubt)
{
    if (won) {
        outbox_publish(filer->outbox, filing->said);
        filing->outcome = FILING_FILED;
    } else if (in_doubt) {
        outbox_doubt(filer->outbox, filing->said);
    } else {
        outbox_drop(filer->outbox, filing->said);
        ticket_numbers_give_back(filer->numbers, filing->number);
    }
    filing->said = NULL;
}

static void settle_contact(struct filing *filing, const struct filer *filer, bool won,
                           bool in_doubt)
{
    if (won) {
        outbox_publish(filer->outbox, filing->told);
    } else if (in_doubt) {
        outbox_doubt(filer->outbox, filing->told);
    } else {
        outbox_drop(filer->outbox, filing->told);
    }
    filing->told = NULL;
    if (won || (filing->contact_offered && !in_doubt)) { /* lost: the table had it already */
        contact_memory_note(filer->contacts, filing->contact_ref, filing->contact_digest,
                            clock_monotonic_us());
    }
}

void filings_settle(struct filing *const *items, size_t count, const struct filer *filer,
                    const struct pg_tx *tx, size_t statement, bool in_doubt)
{
    size_t row = 0, contact_row = 0;
    for (size_t i = 0; i < count; i++) {
        struct filing *filing = items[i];
        if (filing->told != NULL) {
            bool won =
                tx != NULL && takes_row(tx, statement, &contact_row, &filing->contact_command);
            settle_contact(filing, filer, won, in_doubt);
        }
        bool won = tx != NULL && takes_row(tx, statement, &row, &filing->submission.id);
        settle_item(filing, filer, won, in_doubt);
    }
}
