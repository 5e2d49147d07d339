/* SPDX-License-Identifier: Apache-2.0 */
/* What was filed and what became of it, to read, to print and to check:
 * GET /api/routing/cases/{id}/report, …/print, …/audit. */
#include <string.h>

#include "common/clock.h"
#include "common/digest.h"
#include "services/routing/case_json.h"
#include "services/routing/case_page.h"
#include "services/routing/http_reading.h"
#include "services/routing/store_desk.h"

/* What was filed, as it came; NULL: answered. */
static const char *report_of(const struct reading *reading, const struct pg_tx *tx)
{
    const char *report = pg_rows(tx, 0) == 0 ? NULL : pg_value_text(tx, 0, 0, 0);
    if (report == NULL) {
        http_answer_no_case(reading->request);
    }
    return report;
}

static bool read_report(const struct reading *reading, const struct pg_tx *tx,
                        struct submission *report)
{
    struct error err = {0};
    const char *json = report_of(reading, tx);
    if (json == NULL) {
        return false;
    }
    if (!submission_json_read(report, json, strlen(json), http_arena(reading->request), &err)) {
        err.kind = ERR_FATAL; /* we have taken it */
        http_answer_error(reading->request, &err);
        return false;
    }
    return true;
}

/* ---- as it was filed ---- */

static void on_report_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reading *reading = arg;
    const char *report;
    if (http_is_committed(reading->request, tx, outcome) &&
        (report = report_of(reading, tx)) != NULL) {
        http_answer(reading->request, 200, NULL, report, strlen(report));
    }
}

static void report_read(struct reading *reading)
{
    struct pg_tx *tx = pg_tx_new(reading->routing->parts->pg);
    store_report_read(tx, &reading->read.id);
    reading_send(reading, tx, on_report_read);
}

void http_get_case_report(struct http_request *request, void *state)
{
    reading_start(request, state, "report", NULL, report_read, NULL);
}

/* ---- as a page ---- */

static bool read_versions(const struct reading *reading, const struct pg_tx *tx,
                          struct case_page *page)
{
    struct arena *arena = http_arena(reading->request);
    size_t rows = pg_rows(tx, 1);
    struct case_snapshot *versions = arena_array(arena, rows, sizeof *versions);
    struct error err = {0};
    for (size_t row = 0; row < rows; row++) {
        const char *json = pg_value_text(tx, 1, row, 0);
        if (!case_json_read(&versions[row], &reading->routing->processes, json, strlen(json), arena,
                            &err)) {
            err.kind = err.kind == ERR_RETRY ? ERR_RETRY : ERR_FATAL; /* we have written it */
            http_answer_error(reading->request, &err);
            return false;
        }
    }
    page->versions = versions;
    page->version_count = rows;
    return true;
}

static void answer_page(const struct reading *reading, struct case_page *page)
{
    struct buffer body;
    uint8_t random[DIGEST_SIZE];
    char nonce[DIGEST_HEX_SIZE];
    random_bytes(random, sizeof random);
    page->nonce = digest_hex(random, nonce);
    page->reference = reading->routing->reference;
    page->printed_by = http_principal(reading->request)->id;
    page->printed_at = clock_now_us();
    http_answer_header(reading->request, "Content-Security-Policy",
                       arena_format(http_arena(reading->request),
                                    "default-src 'none'; style-src 'nonce-%s'; img-src https:; "
                                    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                                    nonce));
    http_answer_header(reading->request, "Referrer-Policy", "no-referrer");
    buffer_init(&body);
    case_page_write(&body, page);
    http_answer(reading->request, 200, "text/html; charset=utf-8", body.data, body.size);
    buffer_finish(&body);
}

static void on_print_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reading *reading = arg;
    struct submission report;
    struct case_page page = {.report = &report};
    if (http_is_committed(reading->request, tx, outcome) && read_report(reading, tx, &report) &&
        read_versions(reading, tx, &page)) {
        answer_page(reading, &page);
    }
}

static void print_read(struct reading *reading)
{
    struct pg_tx *tx = pg_tx_new(reading->routing->parts->pg);
    store_report_read(tx, &reading->read.id);
    store_history_read(tx, &reading->read.id);
    reading_send(reading, tx, on_print_read);
}

void http_print_case(struct http_request *request, void *state)
{
    reading_start(request, state, "print", NULL, print_read, NULL);
}

/* ---- before and after, for the control office ---- */

static void put_before(struct json_writer *writer, const struct submission *report)
{
    json_open_object(writer, "before");
    json_put_instant(writer, "at", report->submitted_at);
    json_put_text(writer, "title", report->title);
    json_put_text(writer, "text", report->description);
    json_put_text(writer, "address", report->address);
    json_put_texts(writer, "pictures", report->media, report->media_count);
    json_close_object(writer);
}

static void put_after(struct json_writer *writer, const struct case_snapshot *now)
{
    if (now->result_text == NULL) {
        return;
    }
    json_open_object(writer, "after");
    json_put_instant_if(writer, "at", now->resolved_at);
    json_put_text(writer, "text", now->result_text);
    json_put_text(writer, "by", now->result_by);
    json_put_texts(writer, "pictures", now->evidence, now->evidence_count);
    json_close_object(writer);
}

static void put_comparison(struct json_writer *writer, const struct reading *reading,
                           const struct submission *report)
{
    const struct case_snapshot *now = &reading->read.snapshot;
    struct case_command caller = {0};
    http_fill_actor(http_principal(reading->request), reading->routing, now, &caller);
    json_put_uuid(writer, "case_id", &now->id);
    json_put_int(writer, "version", now->version);
    json_put_text(writer, "ticket", now->ticket);
    json_put_text(writer, "unit", now->unit);
    json_put_text(writer, "category", now->category);
    json_put_text(writer, "phase", process_phase_words[case_phase(now)]);
    json_put_text(writer, "state", now->process->states[now->state].code);
    json_open_object(writer, "audit");
    json_put_text(writer, "state", audit_state_words[now->audit]);
    json_put_text(writer, "text", now->audit_text);
    json_close_object(writer);
    put_before(writer, report);
    put_after(writer, now);
    http_put_allowed(writer, now, &caller);
}

static void on_audit_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reading *reading = arg;
    struct submission report;
    struct buffer body;
    struct json_writer writer;
    if (!http_is_committed(reading->request, tx, outcome) || !read_report(reading, tx, &report)) {
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    put_comparison(&writer, reading, &report);
    json_close_object(&writer);
    http_answer(reading->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

static void audit_read(struct reading *reading)
{
    struct pg_tx *tx = pg_tx_new(reading->routing->parts->pg);
    store_report_read(tx, &reading->read.id);
    reading_send(reading, tx, on_audit_read);
}

void http_get_case_audit(struct http_request *request, void *state)
{
    reading_start(request, state, "audit", NULL, audit_read, NULL);
}
