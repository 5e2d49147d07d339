/* SPDX-License-Identifier: Apache-2.0 */
/* Words to begin an answer with: /api/routing/templates, and GET /api/routing/rejections. */

#include "common/clock.h"
#include "common/http_page.h"
#include "services/routing/answer_template_json.h"
#include "services/routing/http_record.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_desk.h"

#define TEMPLATES "/api/routing/templates"

enum { CHAIN_MAX = 8 };

static void put_template(struct json_writer *writer, const struct pg_tx *tx, size_t statement,
                         size_t row)
{
    json_put_text(writer, "name", pg_value_text(tx, statement, row, TEMPLATE_NAME));
    json_put_text(writer, "unit", pg_value_text(tx, statement, row, TEMPLATE_UNIT));
    json_put_text(writer, "process", pg_value_text(tx, statement, row, TEMPLATE_PROCESS));
    json_put_text(writer, "state", pg_value_text(tx, statement, row, TEMPLATE_STATE));
    json_put_text(writer, "action", pg_value_text(tx, statement, row, TEMPLATE_ACTION));
    json_open_object(writer, "text");
    json_put_text(writer, "vi", pg_value_text(tx, statement, row, TEMPLATE_TEXT_VI));
    json_put_text(writer, "en", pg_value_text(tx, statement, row, TEMPLATE_TEXT_EN));
    json_close_object(writer);
    json_put_text(writer, "changed_by", pg_value_text(tx, statement, row, TEMPLATE_ACCOUNT));
    json_put_instant(writer, "changed_at",
                     pg_value_instant(tx, statement, row, TEMPLATE_CHANGED_AT));
}

static struct template_rights rights_of(struct http_request *request, const struct routing *routing)
{
    struct template_rights rights = {0};
    if (principal_may(http_principal(request), "focal_point supervisor administrator")) {
        rights.unit_count = http_scope_desks(request, routing, NULL, &rights.units);
        rights.everywhere = http_sees_city(http_principal(request));
    }
    return rights;
}

/* ---- those that there are, perhaps filled in for a case ---- */

struct template_list {
    struct http_page page;
    struct routing *routing;
    struct template_filter filter;
    struct case_read read; /* the case that they shall be filled in for */
    bool has_case;
};

/* Steps, in running order. */
static bool list_decode(struct template_list *list, struct http_request *request,
                        struct error *err);
static void list_read_case(struct template_list *list);
static void on_case_read(struct case_read *read, const struct error *err);
static void list_read(struct template_list *list);
static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

/* A unit and all above it. */
static void set_units(struct template_list *list, const char *code)
{
    const struct unit_set *units = &list->routing->reference->units;
    const char **chain = arena_array(http_arena(list->page.request), CHAIN_MAX, sizeof *chain);
    list->filter.units = chain;
    while (code != NULL && list->filter.unit_count < CHAIN_MAX) {
        const struct unit *unit = unit_find(units, code);
        chain[list->filter.unit_count++] = code;
        code = unit != NULL ? unit->parent : NULL;
    }
}

static bool list_decode(struct template_list *list, struct http_request *request, struct error *err)
{
    const char *unit = http_query(request, "unit");
    struct template_filter *filter = &list->filter;
    http_page_read(&list->page, request, err);
    filter->process = http_query(request, "process");
    filter->state = http_query(request, "state");
    filter->action = http_query(request, "action");
    answer_template_check_scope(&list->routing->processes, filter->process, filter->state,
                                filter->action, err);
    list->has_case = http_query_uuid(request, "case", &list->read.id, err);
    if (unit != NULL && !reference_has_unit(list->routing->reference, unit)) {
        error_set(err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit");
    }
    set_units(list, unit != NULL ? unit : http_principal(request)->unit);
    return !error_is_set(err);
}

void http_list_templates(struct http_request *request, void *state)
{
    struct template_list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};
    list->routing = state;
    if (!http_has_reference(request, list->routing)) {
        return;
    }
    if (!list_decode(list, request, &err)) {
        http_answer_error(request, &err);
    } else if (list->has_case) {
        list_read_case(list);
    } else {
        list_read(list);
    }
}

static void list_read_case(struct template_list *list)
{
    struct error err = {0};
    list->read.arena = http_arena(list->page.request);
    list->read.on_read = on_case_read;
    list->read.arg = list;
    if (!case_reader_submit(list->routing->reader, &list->read, &err)) {
        http_answer_error(list->page.request, &err);
    }
}

static void on_case_read(struct case_read *read, const struct error *err)
{
    struct template_list *list = read->arg;
    const struct case_snapshot *now = &read->snapshot;
    if (err != NULL) {
        http_answer_error(list->page.request, err);
        return;
    }
    if (!read->found ||
        http_view_of(http_principal(list->page.request), list->routing, now) != VIEW_OFFICIAL) {
        http_answer_no_case(list->page.request);
        return;
    }
    list->filter.process = now->process->rule.code;
    list->filter.state = now->process->states[now->state].code;
    list->filter.unit_count = 0;
    set_units(list, now->unit);
    list_read(list);
}

static void list_read(struct template_list *list)
{
    struct template_rights rights = rights_of(list->page.request, list->routing);
    struct pg_tx *tx = pg_tx_new(list->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_template_list(tx, &rights, &list->filter, &list->page.cursor.id, list->page.limit + 1);
    pg_tx_send(tx, on_listed, list);
}

static const char *fill(const struct template_list *list, const char *text, const char *language)
{
    return text == NULL
               ? NULL
               : answer_template_fill(text, language, &list->read.snapshot,
                                      list->routing->reference, http_arena(list->page.request));
}

static void put_filled(struct template_list *list, const struct pg_tx *tx, size_t row)
{
    struct json_writer *writer = &list->page.writer;
    json_open_object(writer, "filled");
    json_put_text(writer, "vi", fill(list, pg_value_text(tx, 0, row, TEMPLATE_TEXT_VI), "vi"));
    json_put_text(writer, "en", fill(list, pg_value_text(tx, 0, row, TEMPLATE_TEXT_EN), "en"));
    json_close_object(writer);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct template_list *list = arg;
    struct http_page *page = &list->page;
    struct cursor next = {0};
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(page, rows);
    http_page_open(page);
    for (size_t row = 0; row < shown; row++) {
        next.id = pg_value_uuid(tx, 0, row, RECORD_ID);
        record_open_item(&page->writer, tx, 0, row);
        put_template(&page->writer, tx, 0, row);
        if (list->has_case) {
            put_filled(list, tx, row);
        }
        json_close_object(&page->writer);
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

/* ---- one ---- */

void http_get_template(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct uuid id;
    if (http_has_reference(request, routing) && http_read_id(request, &id)) {
        struct template_rights rights = rights_of(request, routing);
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_template_read(tx, &rights, &id);
        record_send_read(record_new(request, TEMPLATES, put_template), tx);
    }
}

/* ---- writing ---- */

/* Whoever changes what holds for a unit must have it in scope; for all, the whole city. */
static bool check_unit(struct http_request *request, const struct routing *routing,
                       const char *unit, struct error *err)
{
    const char *const *desks;
    if (unit == NULL ? http_sees_city(http_principal(request))
                     : http_scope_desks(request, routing, unit, &desks) > 0) {
        return true;
    }
    return unit == NULL ? error_add_field(err, "unit", "required",
                                          "only the city's templates hold for all units")
                        : error_add_field(err, "unit", "unknown_unit",
                                          "there is no such unit in your scope");
}

/* False: answered. */
static bool read_template(struct http_request *request, const struct routing *routing,
                          const struct record *record, struct template_row *row)
{
    struct arena *arena = http_arena(request);
    struct answer_template *text = arena_alloc(arena, sizeof *text);
    struct error err = {0};
    size_t size;
    const char *body = http_body(request, &size);
    if (!answer_template_json_read(text, &routing->processes, body, size, arena, &err) ||
        !check_unit(request, routing, text->unit, &err)) {
        http_answer_error(request, &err);
        return false;
    }
    *row = (struct template_row){.creation = &record->creation,
                                 .text = text,
                                 .account = http_principal(request)->id,
                                 .changed_at = clock_now_us()};
    return true;
}

void http_add_template(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct record *record = record_new(request, TEMPLATES, put_template);
    struct template_row row;
    if (http_has_reference(request, routing) && read_template(request, routing, record, &row)) {
        struct template_rights rights = rights_of(request, routing);
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_template_add(tx, &rights, &row);
        record->path = TEMPLATES;
        record_send_made(record, tx);
    }
}

void http_change_template(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct record *record = record_new(request, TEMPLATES, put_template);
    struct template_row row;
    struct uuid id;
    if (http_has_reference(request, routing) && http_read_id(request, &id) &&
        read_template(request, routing, record, &row)) {
        struct template_rights rights = rights_of(request, routing);
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_template_read(tx, &rights, &id);
        store_template_change(tx, &rights, &id, &row, http_if_match(request));
        record_send_changed(record, tx);
    }
}

void http_remove_template(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct uuid id;
    if (http_has_reference(request, routing) && http_read_id(request, &id)) {
        struct template_rights rights = rights_of(request, routing);
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_template_read(tx, &rights, &id);
        store_template_remove(tx, &rights, &id, http_if_match(request));
        record_send_removed(record_new(request, TEMPLATES, put_template), tx);
    }
}

/* ---- the words of rejections, as they came with the rules ---- */

static void put_pair(struct json_writer *writer, const char *name, const char *vi, const char *en)
{
    json_open_object(writer, name);
    json_put_text(writer, "vi", vi);
    json_put_text(writer, "en", en);
    json_close_object(writer);
}

void http_get_rejections(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct http_page page = {.request = request};
    if (!http_has_reference(request, routing)) {
        return;
    }
    http_page_open(&page);
    for (size_t i = 0; i < routing->reference->rejection_count; i++) {
        const struct rejection_class *class = &routing->reference->rejections[i];
        json_open_object(&page.writer, NULL);
        json_put_text(&page.writer, "class", class->rule.code);
        json_put_int(&page.writer, "version", class->rule.version);
        json_put_bool(&page.writer, "needs_approval", class->needs_approval);
        put_pair(&page.writer, "name", class->name_vi, class->name_en);
        put_pair(&page.writer, "text", class->template_vi, class->template_en);
        json_put_text(&page.writer, "source", class->rule.source);
        json_close_object(&page.writer);
    }
    http_page_answer(&page, NULL);
}
