/* SPDX-License-Identifier: Apache-2.0 */
/* The sets of boundaries: GET and POST /api/routing/boundaries.
 *
 * Sixteen megabytes of GeoJSON take more than a second to read and check. That is done on a thread
 * of libuv's pool, with an arena of its own; the loop goes on. */
#include <string.h>

#include "common/http_page.h"
#include "common/utf8.h"
#include "common/work.h"
#include "services/routing/boundary.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_author.h"
#include "services/routing/store_boundary.h"

enum { SOURCE_MAX = 200, STORE_DEADLINE_MS = 8000 };

/* ---- import ---- */

struct import {
    struct http_request *request;
    struct routing *routing;
    struct arena arena; /* of the thread, then of what follows */
    const char *text;
    size_t size;
    enum boundary_faults faults;
    const char *source; /* that the caller tells; NULL: none */
    const char **codes; /* of the wards and communes of today */
    size_t code_count;
    struct boundary_file file;
    struct error err; /* what is wrong with the file */
};

/* Steps, in running order. */
static void import_decode(struct import *import);
static work_run on_work; /* on another thread: reads the file, touches nothing else */
static work_done on_worked;
static void import_store(struct import *import);
static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void import_answer(struct import *import, const struct boundary_set *set, bool is_new);
static void import_refuse(struct import *import, const struct error *err);

void http_import_boundaries(struct http_request *request, void *state)
{
    struct import *import = arena_alloc(http_arena(request), sizeof *import);
    struct error err = {0};
    import->request = request;
    import->routing = state;
    if (!http_has_reference(request, import->routing) || !http_needs_city(request)) {
        return;
    }
    if (import->routing->is_importing) {
        error_set(&err, ERR_BUSY, "import_under_way", "another file is being read");
        http_answer_error(request, &err);
        return;
    }
    import->routing->is_importing = true;
    arena_init(&import->arena);
    import_decode(import);
}

static void take_codes(struct import *import)
{
    const struct unit_set *units = &import->routing->reference->units;
    import->codes = arena_array(&import->arena, units->count, sizeof *import->codes);
    for (size_t i = 0; i < units->count; i++) {
        const char *type = units->units[i].type;
        if (strcmp(type, "ward") == 0 || strcmp(type, "commune") == 0) {
            import->codes[import->code_count++] = arena_text(&import->arena, units->units[i].code);
        }
    }
}

/* A survey or decision, told by the caller or, under another name, by the file. */
static bool check_source(const char *source, const char *name, struct error *err)
{
    size_t size = strlen(source);
    if (utf8_has_control(source, size, "\t\n\r")) {
        return error_add_field(err, name, "control_character", "holds a control character");
    }
    size_t length = utf8_length(source, size);
    return (length > 0 && length <= SOURCE_MAX) ||
           error_add_field(err, name, length == 0 ? "too_short" : "too_long",
                           "must have 1 to %d characters", SOURCE_MAX);
}

static void import_decode(struct import *import)
{
    const char *repair = http_query(import->request, "repair");
    struct error err = {0};
    import->source = http_query(import->request, "source");
    if (import->source != NULL) {
        check_source(import->source, "source", &err);
    }
    if (repair != NULL && strcmp(repair, "true") != 0 && strcmp(repair, "false") != 0) {
        error_add_field(&err, "repair", "not_allowed", "must be true or false");
    }
    if (error_is_set(&err)) {
        import_refuse(import, &err);
        return;
    }
    import->faults =
        repair != NULL && strcmp(repair, "true") == 0 ? BOUNDARY_REPAIR : BOUNDARY_REFUSE;
    import->text = http_body(import->request, &import->size);
    take_codes(import);
    work_start(loop_uv(import->routing->parts->loop), on_work, on_worked, import);
}

static void on_work(void *arg)
{
    struct import *import = arg;
    if (boundary_file_read(&import->file, import->text, import->size, import->faults,
                           &import->arena, &import->err)) {
        boundary_file_covers(&import->file, import->codes, import->code_count, &import->err);
    }
}

/* What the caller says goes before what the file says of itself. */
static bool find_source(struct import *import, struct error *err)
{
    if (import->file.source != NULL && !check_source(import->file.source, "attribution", err)) {
        return false;
    }
    if (import->source != NULL) {
        import->file.source = import->source;
    }
    return import->file.source != NULL ||
           error_add_field(err, "source", "required",
                           "the survey or decision; the file has no attribution either");
}

static void on_worked(void *arg)
{
    struct import *import = arg;
    if (error_is_set(&import->err) || !find_source(import, &import->err)) {
        import_refuse(import, &import->err);
        return;
    }
    import_store(import);
}

static void import_store(struct import *import)
{
    struct change_author author = {.account = http_principal(import->request)->id,
                                   .role = actor_words[ROLE_ADMINISTRATOR],
                                   .reason = import->file.source};
    struct pg_tx *tx = pg_tx_new(import->routing->parts->pg);
    pg_tx_set_deadline(tx, STORE_DEADLINE_MS);
    store_author_tell(tx, &author);
    store_boundary_import(tx, &import->file);
    pg_tx_send(tx, on_stored, import);
}

static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct import *import = arg;
    struct boundary_set set;
    struct error err = {0};
    bool is_new;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        import_refuse(import, &err);
    } else if (!store_boundary_imported(tx, 1, &import->arena, &set, &is_new)) {
        error_set(&err, ERR_CONFLICT, "units_changed",
                  "the wards and communes have changed since the file was checked");
        import_refuse(import, &err);
    } else {
        import_answer(import, &set, is_new);
    }
}

static void put_set(struct json_writer *writer, const struct boundary_set *set, bool is_current,
                    int64_t units)
{
    json_put_int(writer, "id", set->id);
    json_put_text(writer, "source", set->source);
    json_put_bool(writer, "approximate", set->approximate);
    json_put_instant(writer, "loaded_at", set->loaded_at);
    json_put_bool(writer, "current", is_current);
    json_put_int(writer, "units", units);
}

static void import_end(struct import *import)
{
    import->routing->is_importing = false;
    arena_finish(&import->arena);
}

static void import_answer(struct import *import, const struct boundary_set *set, bool is_new)
{
    struct http_request *request = import->request;
    struct buffer body;
    struct json_writer writer;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    put_set(&writer, set, true, (int64_t)import->file.count);
    json_put_int(&writer, "repaired", (int64_t)import->file.repaired);
    json_close_object(&writer);
    import_end(import);
    http_answer(request, is_new ? 201 : 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

static void import_refuse(struct import *import, const struct error *err)
{
    struct error told = *err;
    import_end(import);
    http_answer_error(import->request, &told);
}

/* ---- list ---- */

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

void http_list_boundaries(struct http_request *request, void *state)
{
    struct routing *routing = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct error err = {0};
    if (!http_page_read(page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_boundary_sets(tx, page->has_cursor ? page->cursor.at_us : 0, (int)page->limit + 1);
    pg_tx_send(tx, on_listed, page);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_page *page = arg;
    struct cursor next;
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(page, rows);
    http_page_open(page);
    for (size_t row = 0; row < shown; row++) {
        struct boundary_set set = store_boundary_set_row(tx, 0, row, http_arena(page->request));
        json_open_object(&page->writer, NULL);
        put_set(&page->writer, &set, pg_value_bool(tx, 0, row, 4), pg_value_int8(tx, 0, row, 5));
        json_close_object(&page->writer);
    }
    if (rows > shown) {
        next = (struct cursor){.at_us = pg_value_instant(tx, 0, shown - 1, 3)};
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}
