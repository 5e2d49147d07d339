/* SPDX-License-Identifier: Apache-2.0 */
/* Internal remarks, for officials of a case alone: /api/routing/cases/{id}/notes. */
#include "common/clock.h"
#include "common/http_page.h"
#include "services/routing/http_reading.h"
#include "services/routing/http_record.h"
#include "services/routing/note_json.h"
#include "services/routing/store_desk.h"

static void put_note(struct json_writer *writer, const struct pg_tx *tx, size_t statement,
                     size_t row)
{
    json_put_instant(writer, "at", pg_value_instant(tx, statement, row, NOTE_AT));
    json_put_text(writer, "account", pg_value_text(tx, statement, row, NOTE_ACCOUNT));
    json_put_text(writer, "unit", pg_value_text(tx, statement, row, NOTE_UNIT));
    json_put_text(writer, "text", pg_value_text(tx, statement, row, NOTE_BODY));
}

/* ---- GET ---- */

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reading *reading = arg;
    struct http_page *page = reading->arg;
    struct cursor next = {0};
    if (!http_is_committed(reading->request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(page, rows);
    http_page_open(page);
    for (size_t row = 0; row < shown; row++) {
        next.at_us = pg_value_instant(tx, 0, row, NOTE_AT);
        next.id = pg_value_uuid(tx, 0, row, RECORD_ID);
        record_open_item(&page->writer, tx, 0, row);
        put_note(&page->writer, tx, 0, row);
        json_close_object(&page->writer);
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

static void notes_read(struct reading *reading)
{
    const struct http_page *page = reading->arg;
    struct pg_tx *tx = pg_tx_new(reading->routing->parts->pg);
    store_note_list(tx, &reading->read.id, http_principal(reading->request)->id, &page->cursor,
                    page->limit + 1);
    reading_send(reading, tx, on_listed);
}

void http_list_notes(struct http_request *request, void *state)
{
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct error faults = {0};
    http_page_read(page, request, &faults);
    reading_start(request, state, "notes", &faults, notes_read, page);
}

/* ---- POST ---- */

static void note_add(struct reading *reading)
{
    struct http_request *request = reading->request;
    const struct principal *principal = http_principal(request);
    struct record *record = record_new(request, http_path(request), put_note);
    struct note_row row = {.creation = &record->creation,
                           .case_id = &reading->read.id,
                           .at_us = clock_now_us(),
                           .account = principal->id,
                           .unit = principal->unit,
                           .body = reading->arg};
    struct pg_tx *tx = pg_tx_new(reading->routing->parts->pg);
    store_note_add(tx, &row);
    record_send_made(record, tx);
}

void http_add_note(struct http_request *request, void *state)
{
    struct error faults = {0};
    size_t size;
    const char *body = http_body(request, &size);
    const char *text = note_json_read(body, size, http_arena(request), &faults);
    reading_start(request, state, NULL, &faults, note_add, (void *)(uintptr_t)text);
}
