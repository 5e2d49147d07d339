/* SPDX-License-Identifier: Apache-2.0 */
/* intake: what came in? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "consume_cases.h"
#include "consume_inbound.h"
#include "consume_reference.h"
#include "http_bursts.h"
#include "http_categories.h"
#include "http_events.h"
#include "http_media.h"
#include "http_moderation.h"
#include "http_messages.h"
#include "http_open311.h"
#include "http_public.h"
#include "http_quarantine.h"
#include "http_records.h"
#include "http_submissions.h"
#include "http_support.h"
#include "intake.h"
#include "media_verb.h"
#include "quarantine_keeper.h"
#include "store_reference.h"
#include "store_source.h"
#include "store_submission.h"
#include "verbs.h"

extern const struct migration_set intake_migrations;

enum { SUBMISSION_BODY_MAX = 64 * 1024, FORM_BODY_MAX = 64 * 1024, MESSAGE_BODY_MAX = 64 * 1024 };
enum { EVENTS_BODY_MAX = 512 * 1024, EVENT_BURST_S = 10, ORDER_BODY_MAX = 80 * 1024 };
enum { WAIT_PERIOD_MS = 25, WAITERS_MAX = 2000 };

static const struct config_option options[] = {
    {.name = "CONTACT_KEY",
     .type = CONFIG_SECRET,
     .help = "seals contacts, shared with notification: openssl rand -base64 32",
     .demo = "aWhhbm9pIGRlbW8gY29udGFjdCBrZXksIG5vIGdvb2Q="},
    {.name = "MEDIA_DIR",
     .type = CONFIG_TEXT,
     .help = "directory of uploaded pictures, seen by all replicas, e.g. /var/lib/ihanoi/media"},
    {.name = "MEDIA_KEY",
     .type = CONFIG_SECRET,
     .help = "names uploaded pictures and signs links to them: openssl rand -base64 32",
     .demo = "aWhhbm9pIGRlbW8gbWVkaWEga2V5LCBub3QgZ29vZC4="},
    {.name = "MEDIA_LINK_S",
     .type = CONFIG_INT,
     .fallback = "3600",
     .min = 1,
     .max = 86400,
     .help = "how long a link to an uploaded picture lives, in seconds"},
    {.name = "MEDIA_KEEP_S",
     .type = CONFIG_INT,
     .fallback = "86400", /* assumption */
     .min = 60,           /* longer than any request */
     .max = 365 * 86400,
     .help = "how long an upload is kept that no submission names, in seconds"},
    {.name = "MEDIA_SWEEP_S",
     .type = CONFIG_INT,
     .fallback = "600",
     .min = 1,
     .max = 86400,
     .help = "how often such uploads are looked for, in seconds"},
    {.name = "PUBLIC_URL",
     .type = CONFIG_TEXT,
     .fallback = "http://127.0.0.1:8081",
     .help = "where people reach this service, e.g. https://ihanoi.example"},
    {.name = "CONTACT_EMAIL",
     .type = CONFIG_TEXT,
     .fallback = "api@ihanoi.example",
     .help = "whom developers of Open311 clients may ask"},
    {.name = "DUPLICATE_RADIUS_M",
     .type = CONFIG_INT,
     .fallback = "100",
     .min = 1,
     .max = 1000,
     .help = "how near another report is likely the same, where its category does not say "
             "(assumption)"},
    {.name = "BURST_LOOK_S",
     .type = CONFIG_INT,
     .fallback = "30",
     .min = 1,
     .max = 600,
     .help = "how often it is looked whether unusually many report the same, in seconds"},
    {.name = "TRUSTED_PROXIES",
     .type = CONFIG_TEXT,
     .fallback = "",
     .help = "proxies whose X-Forwarded-For is believed, e.g. 10.0.0.0/8, 127.0.0.1"},
    {.name = "READS_PER_S",
     .type = CONFIG_INT,
     .fallback = "50",
     .max = 1000000,
     .help = "public reads a second of one address, ten times that at once; 0: no limit "
             "(assumption, as those below)"},
    {.name = "ADDRESS_FILES_PER_HOUR",
     .type = CONFIG_INT,
     .fallback = "300",
     .max = 1000000,
     .help = "reports of people from one address, as many at once; 0: no limit"},
    {.name = "KEY_FILES_PER_S",
     .type = CONFIG_INT,
     .fallback = "500",
     .max = 1000000,
     .help = "reports a second that an API key may file, ten times that at once; 0: no limit"},
    {.name = "PERSON_FILES_PER_HOUR",
     .type = CONFIG_INT,
     .fallback = "20",
     .max = 200,
     .help = "reports of one person, across all replicas; 0: no limit"},
    {.name = "PERSON_PROOF_AFTER_PER_HOUR",
     .type = CONFIG_INT,
     .fallback = "5",
     .max = 200,
     .help = "reports of one person after which a proof is asked for, with CAPTCHA_URL; 0: never"},
    {.name = "NEAR_DUPLICATE_MINUTES",
     .type = CONFIG_INT,
     .fallback = "60",
     .max = 1440,
     .help = "how long the same words of one person at one place count as sent twice; 0: never"},
    {.name = "CAPTCHA_URL",
     .type = CONFIG_TEXT,
     .fallback = "",
     .help = "verifier of proofs that a person is there (siteverify form); empty: none are asked "
             "for"},
    {.name = "CAPTCHA_SECRET",
     .type = CONFIG_SECRET,
     .fallback = "",
     .help = "what the verifier knows this installation by"},
    {.name = "EVENT_RATE",
     .type = CONFIG_INT,
     .fallback = "50",
     .min = 1,
     .max = 100000,
     .help = "events a second that an API key may bring over HTTP, and ten times that at once"},
    {.name = "THREAD_MESSAGES",
     .type = CONFIG_INT,
     .fallback = "100", /* assumption, as the next one */
     .min = 1,
     .max = 10000,
     .help = "messages that may be sent about one submission"},
    {.name = "THREAD_HOURLY",
     .type = CONFIG_INT,
     .fallback = "20",
     .min = 1,
     .max = 10000,
     .help = "messages that may be sent about one submission in an hour"},
    {.name = "QUARANTINE_DAYS",
     .type = CONFIG_INT,
     .fallback = "90",
     .min = 1,
     .max = 3650,
     .help = "how long events that were released from quarantine, or discarded, are kept"},
    {.name = "RECORD_DAYS",
     .type = CONFIG_INT,
     .fallback = "400",
     .min = 1,
     .max = 3650,
     .help = "how long records of other city systems are kept after they expired"},
};

/* clang-format off */
static const struct http_route routes[] = {
    {.method = "POST", .path = "/api/intake/submissions", .access = "*",
     .handler = http_post_submission, .flags = HTTP_IDEMPOTENT, .body_max = SUBMISSION_BODY_MAX,
     .query = "not_duplicate"},
    {.method = "GET", .path = "/api/intake/submissions", .access = "*",
     .handler = http_list_submissions, .query = "cursor limit"},
    {.method = "GET", .path = "/api/intake/submissions/nearby", .access = "",
     .handler = http_search_nearby, .query = "lat lon category"},
    {.method = "GET", .path = "/api/intake/submissions/{id}", .access = "*",
     .handler = http_get_submission, .query = "min_version wait_ms"},
    {.method = "GET", .path = "/api/intake/submissions/{id}/thread", .access = "*",
     .handler = http_get_thread, .query = "min_version wait_ms"},
    {.method = "POST", .path = "/api/intake/submissions/{id}/supplements", .access = "*",
     .handler = http_post_supplement, .flags = HTTP_IDEMPOTENT, .body_max = MESSAGE_BODY_MAX, .query = ""},
    {.method = "POST", .path = "/api/intake/submissions/{id}/answers", .access = "*",
     .handler = http_post_answer, .flags = HTTP_IDEMPOTENT, .body_max = MESSAGE_BODY_MAX, .query = ""},
    {.method = "POST", .path = "/api/intake/submissions/{id}/withdrawal", .access = "*",
     .handler = http_post_withdrawal, .flags = HTTP_IDEMPOTENT, .body_max = MESSAGE_BODY_MAX, .query = ""},
    {.method = "POST", .path = "/api/intake/submissions/{id}/rating", .access = "*",
     .handler = http_post_rating, .flags = HTTP_IDEMPOTENT, .body_max = MESSAGE_BODY_MAX, .query = ""},
    {.method = "POST", .path = "/api/intake/submissions/{id}/reopening", .access = "*",
     .handler = http_post_reopening, .flags = HTTP_IDEMPOTENT, .body_max = MESSAGE_BODY_MAX, .query = ""},
    {.method = "POST", .path = "/api/intake/media", .access = "*",
     .handler = http_post_media, .flags = HTTP_FILE, .body_max = MEDIA_BODY_MAX, .query = ""},
    {.method = "GET", .path = "/api/intake/media/{id}", .access = "",
     .handler = http_get_media, .query = "expires signature variant"},
    {.method = "GET", .path = "/api/intake/media/{id}/links", .access = "*",
     .handler = http_get_media_links, .query = ""},
    {.method = "GET", .path = "/api/intake/categories", .access = "",
     .handler = http_list_categories, .query = ""},
    {.method = "POST", .path = "/api/intake/events", .access = "scope:events:write",
     .handler = http_post_events, .flags = HTTP_EVENTS, .body_max = EVENTS_BODY_MAX, .query = ""},
    {.method = "GET", .path = "/api/intake/records", .access = "",
     .handler = http_list_records, .query = "type subject source state cursor limit"},
    {.method = "GET", .path = "/api/intake/public/submissions", .access = "",
     .handler = http_search_public, .query = "bbox category phase since cursor limit"},
    {.method = "GET", .path = "/api/intake/public/submissions/{id}", .access = "",
     .handler = http_get_public, .query = ""},
    {.method = "PUT", .path = "/api/intake/public/submissions/{id}/support", .access = "*",
     .handler = http_put_support, .query = ""},
    {.method = "DELETE", .path = "/api/intake/public/submissions/{id}/support", .access = "*",
     .handler = http_delete_support, .query = ""},
    {.method = "PUT", .path = "/api/intake/public/submissions/{id}/follow", .access = "*",
     .handler = http_put_follow, .query = ""},
    {.method = "DELETE", .path = "/api/intake/public/submissions/{id}/follow", .access = "*",
     .handler = http_delete_follow, .query = ""},
    {.method = "GET", .path = "/api/intake/followed", .access = "*",
     .handler = http_list_followed, .query = "cursor limit"},
    {.method = "GET", .path = "/api/intake/bursts", .access = BURST_ROLES,
     .handler = http_list_bursts, .query = "cursor limit"},
    {.method = "GET", .path = "/api/intake/moderation", .access = MODERATION_ROLES,
     .handler = http_list_moderation, .query = "category cursor limit"},
    {.method = "GET", .path = "/api/intake/moderation/{id}", .access = MODERATION_ROLES,
     .handler = http_get_moderation, .query = ""},
    {.method = "POST", .path = "/api/intake/moderation/{id}/decisions", .access = MODERATION_ROLES,
     .handler = http_post_decision, .flags = HTTP_IDEMPOTENT | HTTP_IF_MATCH,
     .body_max = SUBMISSION_BODY_MAX, .query = ""},
    {.method = "GET", .path = "/api/intake/quarantine", .access = "administrator",
     .handler = http_list_quarantine, .query = "state source reason cursor limit"},
    {.method = "GET", .path = "/api/intake/quarantine/{id}", .access = "administrator",
     .handler = http_get_quarantined, .query = ""},
    {.method = "POST", .path = "/api/intake/quarantine/{id}/fix", .access = "administrator",
     .handler = http_fix_quarantined, .flags = HTTP_IF_MATCH, .body_max = ORDER_BODY_MAX, .query = ""},
    {.method = "POST", .path = "/api/intake/quarantine/{id}/release", .access = "administrator",
     .handler = http_release_quarantined, .flags = HTTP_IF_MATCH, .body_max = ORDER_BODY_MAX, .query = ""},
    {.method = "POST", .path = "/api/intake/quarantine/{id}/discard", .access = "administrator",
     .handler = http_discard_quarantined, .flags = HTTP_IF_MATCH, .body_max = ORDER_BODY_MAX, .query = ""},
    OPEN311_ROUTES("xml", FORM_BODY_MAX),
    OPEN311_ROUTES("json", FORM_BODY_MAX),
    OPEN311_ELSEWHERE("GET", "{resource}", 0, 0),
    OPEN311_ELSEWHERE("GET", "services/{resource}", 0, 0),
    OPEN311_ELSEWHERE("GET", "requests/{resource}", 0, 0),
    OPEN311_ELSEWHERE("GET", "tokens/{resource}", 0, 0),
    OPEN311_ELSEWHERE("POST", "{resource}", HTTP_FORM, FORM_BODY_MAX),
    {.method = NULL},
};

static const struct service_verb verbs[] = {
    {.name = "sources", .usage = "load FILE.json --reason TEXT | list: other city systems", .run = sources_verb},
    {.name = "quarantine", .usage = "list | show ID | fix ID --data FILE | release ID… | discard ID…", .run = quarantine_verb},
    {.name = "simulate", .usage = "--source NAME …: play another city system", .run = simulate_verb, .needs_no_settings = true},
    {.name = "media", .usage = "sweep [--dry-run]: uploads that nothing names", .run = media_verb},
    {.name = NULL},
};

static const struct consume_topic topics[] = {
    {.topic = REFERENCE_TOPIC, .handler = consume_reference, .batch_max = 200},
    {.topic = INBOUND_TOPIC, .handler = consume_inbound, .batch_max = 500},
    {.topic = CASES_TOPIC, .handler = consume_cases, .batch_max = 1000,
     .lanes = 2},
};
/* clang-format on */

const char *intake_fault(const struct error *err)
{
    return err->field_count > 0 ? err->fields[0].field : err->code;
}

struct media_linker intake_media_linker(const struct intake *intake, struct arena *arena)
{
    enum { US_PER_S = 1000000, STEPS = 6 };
    int64_t until_s = clock_now_us() / US_PER_S + intake->media_link_s;
    int64_t step_s = intake->media_link_s >= STEPS ? intake->media_link_s / STEPS : 1;
    return (struct media_linker){
        .keys = &intake->media_keys,
        .expires_s = until_s - until_s % step_s, /* the same for a while, for the sake of caches */
        .arena = arena,
    };
}

/* ---- waiting for versions that other replicas commit ---- */

static void on_versions(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct intake *intake = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        log_warn_error("versions_not_read", &err);
    }
    size_t rows = outcome == PG_COMMITTED ? pg_rows(tx, 0) : 0;
    for (size_t row = 0; row < rows; row++) {
        struct uuid id = pg_value_uuid(tx, 0, row, 0);
        wait_reached(intake->wait, &id, pg_value_int4(tx, 0, row, 1));
    }
    wait_read_done(intake->wait);
}

static void read_versions(struct wait *wait, const struct uuid *ids, size_t count, void *arg)
{
    struct intake *intake = arg;
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    (void)wait;
    pg_tx_set_read_only(tx);
    store_read_versions(tx, ids, count);
    pg_tx_send(tx, on_versions, intake);
}

/* ---- opening and closing ---- */

struct opening {
    service_on_opened *on_opened;
    void *arg;
    size_t missing; /* snapshots that were not read yet */
};

static void on_snapshot_opened(void *arg)
{
    struct opening *opening = arg;
    if (--opening->missing == 0) {
        opening->on_opened(opening->arg, NULL);
        free(opening);
    }
}

static bool open_media(struct intake *intake, const struct service_parts *parts, struct error *err)
{
    if (!media_keys_read(&intake->media_keys, config_text(parts->config, "MEDIA_KEY"), err) ||
        !media_store_open(&intake->media_store, parts->loop,
                          config_text(parts->config, "MEDIA_DIR"), err)) {
        return false;
    }
    intake->public_url = config_text(parts->config, "PUBLIC_URL");
    intake->media_link_s = config_int(parts->config, "MEDIA_LINK_S");
    intake->media_press = media_press_new(parts->loop);
    return true;
}

static void open_sweep(struct intake *intake)
{
    const struct service_parts *parts = intake->parts;
    struct media_sweep_config config = {
        .loop = parts->loop,
        .pg = parts->pg,
        .store = intake->media_store,
        .metrics = parts->metrics,
        .keep_s = config_int(parts->config, "MEDIA_KEEP_S"),
        .period_s = (unsigned)config_int(parts->config, "MEDIA_SWEEP_S"),
    };
    intake->media_sweep = media_sweep_new(&config);
}

static void close_media(struct intake *intake)
{
    media_press_free(intake->media_press);
    media_store_close(intake->media_store);
}

static void open_intake(struct service_parts *parts, void **state, service_on_opened *on_opened,
                        void *arg)
{
    struct intake *intake = memory_zero(1, sizeof *intake);
    struct error err = {0};

    if (!seal_open(&intake->seal, config_text(parts->config, "CONTACT_KEY"), &err)) {
        free(intake);
        on_opened(arg, &err);
        return;
    }
    if (!gate_open(&intake->gate, parts->config, &err)) {
        seal_close(intake->seal);
        free(intake);
        on_opened(arg, &err);
        return;
    }
    if (!open_media(intake, parts, &err)) {
        gate_close(intake->gate);
        seal_close(intake->seal);
        free(intake);
        on_opened(arg, &err);
        return;
    }
    intake->parts = parts;
    open_sweep(intake);
    struct filing_desk_config desk = {
        .loop = loop_uv(parts->loop),
        .pg = parts->pg,
        .outbox = parts->outbox,
        .metrics = parts->metrics,
        .seal = intake->seal,
    };
    intake->desk = filing_desk_new(&desk);
    intake->records = record_desk_new(parts->pg, parts->metrics);
    double event_rate = (double)config_int(parts->config, "EVENT_RATE");
    intake->event_rate = rate_new(event_rate, fmax(EVENT_BURST_S * event_rate, HTTP_EVENTS_MAX));
    intake->reader = submission_reader_new(parts->pg, parts->metrics);
    struct message_desk_config messages = {
        .pg = parts->pg,
        .outbox = parts->outbox,
        .metrics = parts->metrics,
        .limits = {.total = (int32_t)config_int(parts->config, "THREAD_MESSAGES"),
                   .hourly = (int32_t)config_int(parts->config, "THREAD_HOURLY")},
    };
    intake->messages = message_desk_new(&messages);
    struct wait_config wait = {.period_ms = WAIT_PERIOD_MS,
                               .waiters_max = WAITERS_MAX,
                               .read = read_versions,
                               .arg = intake};
    intake->wait = wait_new(loop_uv(parts->loop), &wait);
    enum { MS = 1000 };
    intake->bursts = burst_watch_new(loop_uv(parts->loop), parts->pg, parts->outbox,
                                     (unsigned)config_int(parts->config, "BURST_LOOK_S") * MS);
    *state = intake;
    struct opening *opening = memory_alloc(sizeof *opening);
    *opening = (struct opening){on_opened, arg, 2};
    intake->reference = snapshot_source_new(loop_uv(parts->loop), parts->pg,
                                            &store_reference_tables, on_snapshot_opened, opening);
    intake->sources = snapshot_source_new(loop_uv(parts->loop), parts->pg, &store_source_tables,
                                          on_snapshot_opened, opening);
    const struct quarantine_keeper_config keeper = {
        .quarantine_days = config_int(parts->config, "QUARANTINE_DAYS"),
        .record_days = config_int(parts->config, "RECORD_DAYS")};
    intake->keeper = quarantine_keeper_new(intake, &keeper);
}

struct closing {
    struct intake *intake;
    service_on_closed *on_closed;
    void *arg;
};

static void on_desk_closed(void *arg)
{
    struct closing closing = *(struct closing *)arg;
    free(arg);
    wait_free(closing.intake->wait);
    submission_reader_free(closing.intake->reader);
    message_desk_free(closing.intake->messages);
    record_desk_free(closing.intake->records);
    rate_free(closing.intake->event_rate);
    close_media(closing.intake);
    gate_close(closing.intake->gate);
    seal_close(closing.intake->seal);
    free(closing.intake);
    closing.on_closed(closing.arg);
}

static void on_sweep_closed(void *arg)
{
    struct closing *closing = arg;
    filing_desk_close(closing->intake->desk, on_desk_closed, closing);
}

static void on_sources_closed(void *arg)
{
    struct closing *closing = arg;
    media_sweep_close(closing->intake->media_sweep, on_sweep_closed, closing);
}

static void on_reference_closed(void *arg)
{
    struct closing *closing = arg;
    snapshot_source_close(closing->intake->sources, on_sources_closed, closing);
}

static void on_keeper_closed(void *arg)
{
    struct closing *closing = arg;
    snapshot_source_close(closing->intake->reference, on_reference_closed, closing);
}

static void on_bursts_closed(void *arg)
{
    struct closing *closing = arg;
    quarantine_keeper_close(closing->intake->keeper, on_keeper_closed, closing);
}

static void close_intake(void *state, service_on_closed *on_closed, void *arg)
{
    struct closing *closing = memory_alloc(sizeof *closing);
    *closing = (struct closing){state, on_closed, arg};
    burst_watch_close(closing->intake->bursts, on_bursts_closed, closing);
}

static bool is_ready(struct buffer *why_not, void *state)
{
    const struct intake *intake = state;
    const struct reference *reference = reference_current(intake->reference);
    if (reference->category_count == 0 || reference->kind_count == 0 ||
        reference->promise_count == 0) {
        buffer_put_text(why_not, "reference: no categories, kinds or promises from routing yet\n");
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static const struct service service = {
        .name = "intake",
        .summary = "what came in? Takes reports, answers with a ticket, shows what became of them",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .migrations = &intake_migrations,
        .routes = routes,
        .topics = topics,
        .topic_count = sizeof topics / sizeof topics[0],
        .verbs = verbs,
        .open = open_intake,
        .close = close_intake,
        .is_ready = is_ready,
    };
    return service_main(&service, argc, argv);
}
