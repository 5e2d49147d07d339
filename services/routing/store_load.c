/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_load.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct load {
    PGconn *conn;
};

enum { MESSAGE_MAX = 200, EDGE_TEXT = 32, TEXT_FORMAT = 0, BINARY_FORMAT = 1 };

/* Units whose rows were changed are at a new version of the registry; what was changed over HTTP
 * stays as it is. */
static const char insert_units[] =
    "WITH changed AS ("
    "INSERT INTO unit AS t (code, valid_from, valid_to, type, parent, name_vi, name_en, source) "
    "SELECT u->>'code', (u->>'valid_from')::date, (u->>'valid_to')::date, u->>'type', "
    "u->>'parent', u#>>'{name,vi}', u#>>'{name,en}', u->>'source' "
    "FROM jsonb_array_elements($1::jsonb->'units') u "
    "ON CONFLICT (code, valid_from) DO UPDATE SET valid_to = EXCLUDED.valid_to, "
    "type = EXCLUDED.type, parent = EXCLUDED.parent, name_vi = EXCLUDED.name_vi, "
    "name_en = EXCLUDED.name_en, source = EXCLUDED.source "
    "WHERE NOT t.by_hand AND t IS DISTINCT FROM EXCLUDED RETURNING code) "
    "INSERT INTO unit_registry AS r (code, version) SELECT DISTINCT code, 1 FROM changed "
    "ON CONFLICT (code) DO UPDATE SET version = r.version + 1, changed_by = NULL, request = NULL";

#define CHANGE_REGISTRY                                                                            \
    "UPDATE unit_registry r SET version = version + 1, changed_by = NULL, request = NULL "         \
    "FROM (SELECT DISTINCT unit FROM changed) c WHERE c.unit = r.code"

static const char insert_successors[] =
    "WITH changed AS ("
    "INSERT INTO unit_successor AS t (former, current, main, since) "
    "SELECT s->>'former', s->>'current', (s->>'main')::boolean, "
    "coalesce(s->>'changed_on', $1::jsonb->>'changed_on')::date "
    "FROM jsonb_array_elements($1::jsonb->'successors') s "
    "ON CONFLICT (former, since, current) DO UPDATE SET main = EXCLUDED.main "
    "WHERE t IS DISTINCT FROM EXCLUDED RETURNING former AS unit) " CHANGE_REGISTRY;

static const char insert_categories[] =
    "INSERT INTO category AS t (code, version, name_vi, name_en, group_vi, group_en, level, "
    "keywords, sensitive, kind, questions, valid_from, valid_to, source, duplicate_radius_m) "
    "SELECT c->>'code', (c->>'version')::integer, c#>>'{name,vi}', c#>>'{name,en}', "
    "c#>>'{group,vi}', c#>>'{group,en}', c->>'level', c->'keywords', "
    "(c->>'sensitive')::boolean, coalesce(c->>'kind', 'onsite_report'), "
    "coalesce(c->'questions', '[]'), (c->>'valid_from')::date, (c->>'valid_to')::date, "
    "c->>'source', (c->>'duplicate_radius_m')::integer "
    "FROM jsonb_array_elements($1::jsonb->'categories') c "
    "ON CONFLICT (code, version) DO UPDATE SET name_vi = EXCLUDED.name_vi, "
    "name_en = EXCLUDED.name_en, group_vi = EXCLUDED.group_vi, group_en = EXCLUDED.group_en, "
    "level = EXCLUDED.level, keywords = EXCLUDED.keywords, sensitive = EXCLUDED.sensitive, "
    "kind = EXCLUDED.kind, questions = EXCLUDED.questions, "
    "valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to, source = EXCLUDED.source, "
    "duplicate_radius_m = EXCLUDED.duplicate_radius_m WHERE t IS DISTINCT FROM EXCLUDED";

/* A version that has ended, by hand or because a newer one began, does not come back. */
static const char insert_routes[] =
    "INSERT INTO route_rule AS t (code, version, category, level, area, process, lead, "
    "cooperating, focal_point, valid_from, valid_to, source) "
    "SELECT r->>'code', (r->>'version')::integer, r->>'category', r->>'level', r->>'area', "
    "coalesce(r->>'process', '*'), r->>'lead', "
    "ARRAY(SELECT jsonb_array_elements_text(r->'cooperating')), r->>'focal_point', "
    "(r->>'valid_from')::date, (r->>'valid_to')::date, r->>'source' "
    "FROM jsonb_array_elements($1::jsonb->'rules') r "
    "ON CONFLICT (code, version) DO UPDATE SET category = EXCLUDED.category, "
    "level = EXCLUDED.level, area = EXCLUDED.area, process = EXCLUDED.process, "
    "lead = EXCLUDED.lead, cooperating = EXCLUDED.cooperating, "
    "focal_point = EXCLUDED.focal_point, valid_from = EXCLUDED.valid_from, "
    "valid_to = least(t.valid_to, EXCLUDED.valid_to), source = EXCLUDED.source "
    "WHERE (t.category, t.level, t.area, t.process, t.lead, t.cooperating, t.focal_point, "
    "t.valid_from, t.valid_to, t.source) IS DISTINCT FROM (EXCLUDED.category, EXCLUDED.level, "
    "EXCLUDED.area, EXCLUDED.process, EXCLUDED.lead, EXCLUDED.cooperating, EXCLUDED.focal_point, "
    "EXCLUDED.valid_from, least(t.valid_to, EXCLUDED.valid_to), EXCLUDED.source)";

static const char insert_deadlines[] =
    "INSERT INTO deadline_rule AS t (code, version, clock, process, level, mode, minutes, "
    "valid_from, valid_to, source) "
    "SELECT d->>'code', (d->>'version')::integer, d->>'clock', coalesce(d->>'process', '*'), "
    "d->>'level', coalesce(d->>'mode', 'working'), (d->>'minutes')::integer, "
    "(d->>'valid_from')::date, (d->>'valid_to')::date, d->>'source' "
    "FROM jsonb_array_elements($1::jsonb->'deadlines') d "
    "ON CONFLICT (code, version) DO UPDATE SET clock = EXCLUDED.clock, "
    "process = EXCLUDED.process, level = EXCLUDED.level, mode = EXCLUDED.mode, "
    "minutes = EXCLUDED.minutes, valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to, "
    "source = EXCLUDED.source WHERE t IS DISTINCT FROM EXCLUDED";

/* The reminder and the steps hold since the first deadline of their file. */
static const char insert_timers[] =
    "INSERT INTO timer_rule AS t (code, version, step, percent, after_minutes, target, "
    "valid_from, source) "
    "SELECT r.code, r.version, r.step, r.percent, r.after_minutes, r.target, "
    "(SELECT min((d->>'valid_from')::date) FROM jsonb_array_elements($1::jsonb->'deadlines') d), "
    "r.source FROM ("
    "SELECT m->>'code', (m->>'version')::integer, 0, (m->>'percent')::integer, NULL::integer, "
    "NULL, m->>'source' FROM (SELECT $1::jsonb->'reminder') AS reminder (m) "
    "UNION ALL SELECT 'escalate-' || (e->>'level'), ($1::jsonb->>'version')::integer, "
    "(e->>'level')::integer, NULL, (e->>'after_minutes')::integer, e->>'to', e->>'source' "
    "FROM jsonb_array_elements($1::jsonb->'escalation') e) "
    "AS r (code, version, step, percent, after_minutes, target, source) "
    "ON CONFLICT (code, version) DO UPDATE SET step = EXCLUDED.step, "
    "percent = EXCLUDED.percent, after_minutes = EXCLUDED.after_minutes, "
    "target = EXCLUDED.target, valid_from = EXCLUDED.valid_from, source = EXCLUDED.source "
    "WHERE t IS DISTINCT FROM EXCLUDED";

static const char insert_calendar[] =
    "INSERT INTO calendar AS t (code, version, valid_from, valid_to, body, source) "
    "SELECT c->>'code', (c->>'version')::integer, (c->>'valid_from')::date, "
    "(c->>'valid_to')::date, c - 'valid_to', c->>'source' FROM (SELECT $1::jsonb) AS i (c) "
    "ON CONFLICT (code, version) DO UPDATE SET valid_from = EXCLUDED.valid_from, "
    "valid_to = EXCLUDED.valid_to, body = EXCLUDED.body, source = EXCLUDED.source "
    "WHERE t IS DISTINCT FROM EXCLUDED";

static const char insert_focal_points[] =
    "WITH changed AS ("
    "INSERT INTO focal_point AS t (unit, field, account, name, email, valid_from, valid_to, rank) "
    "SELECT p->>'unit', p->>'field', p->>'account', p->>'name', p->>'email', "
    "(p->>'valid_from')::date, (p->>'valid_to')::date, coalesce((p->>'rank')::integer, 1) "
    "FROM jsonb_array_elements($1::jsonb->'focal_points') p "
    "ON CONFLICT (unit, field, account, valid_from) DO UPDATE SET name = EXCLUDED.name, "
    "email = EXCLUDED.email, valid_to = EXCLUDED.valid_to, rank = EXCLUDED.rank "
    "WHERE t IS DISTINCT FROM EXCLUDED RETURNING unit) " CHANGE_REGISTRY;

static const char insert_absences[] =
    "WITH changed AS ("
    "INSERT INTO absence AS t (unit, account, valid_from, valid_to) "
    "SELECT a->>'unit', a->>'account', (a->>'valid_from')::date, (a->>'valid_to')::date "
    "FROM jsonb_array_elements($1::jsonb->'absences') a "
    "ON CONFLICT (unit, account, valid_from) DO UPDATE SET valid_to = EXCLUDED.valid_to "
    "WHERE t IS DISTINCT FROM EXCLUDED RETURNING unit) " CHANGE_REGISTRY;

static const char insert_rejections[] =
    "INSERT INTO rejection_class AS t (code, version, needs_approval, name_vi, name_en, "
    "template_vi, template_en, valid_from, valid_to, source) "
    "SELECT r->>'code', (r->>'version')::integer, (r->>'needs_approval')::boolean, "
    "r#>>'{name,vi}', r#>>'{name,en}', r#>>'{template,vi}', r#>>'{template,en}', "
    "(r->>'valid_from')::date, (r->>'valid_to')::date, r->>'source' "
    "FROM jsonb_array_elements($1::jsonb->'rejections') r "
    "ON CONFLICT (code, version) DO UPDATE SET needs_approval = EXCLUDED.needs_approval, "
    "name_vi = EXCLUDED.name_vi, name_en = EXCLUDED.name_en, "
    "template_vi = EXCLUDED.template_vi, template_en = EXCLUDED.template_en, "
    "valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to, source = EXCLUDED.source "
    "WHERE t IS DISTINCT FROM EXCLUDED";

/* The body is kept byte by byte. */
static const char insert_process[] =
    "INSERT INTO process AS t (code, version, valid_from, valid_to, body, source) "
    "SELECT p->>'code', (p->>'version')::integer, (p->>'valid_from')::date, "
    "(p->>'valid_to')::date, b.body, p->>'source' "
    "FROM (VALUES ($1::text)) b (body), LATERAL (SELECT b.body::jsonb) AS j (p) "
    "ON CONFLICT (code, version) DO UPDATE SET valid_from = EXCLUDED.valid_from, "
    "valid_to = EXCLUDED.valid_to, body = EXCLUDED.body, source = EXCLUDED.source "
    "WHERE t IS DISTINCT FROM EXCLUDED";

static const struct {
    const char *file, *sql;
} inserts[] = {
    {"units.json", insert_units},           {"successors.json", insert_successors},
    {"categories.json", insert_categories}, {"rules.json", insert_routes},
    {"deadlines.json", insert_deadlines},   {"deadlines.json", insert_timers},
    {"calendar.json", insert_calendar},     {"focal_points.json", insert_focal_points},
    {"focal_points.json", insert_absences}, {"rejections.json", insert_rejections},
    {"process.json", insert_process},
};

static bool fail(struct load *load, struct error *err)
{
    char message[MESSAGE_MAX];
    size_t size = strcspn(PQerrorMessage(load->conn), "\n"); /* the first line says what */
    size = size < sizeof message ? size : sizeof message - 1;
    memcpy(message, PQerrorMessage(load->conn), size);
    message[size] = '\0';
    return error_set(err, ERR_INPUT, "refused_by_database", "%s", message);
}

/* The result, or NULL with err. */
static PGresult *run(struct load *load, const char *sql, int count, const char *const *values,
                     const int *sizes, const int *formats, struct error *err)
{
    PGresult *result =
        PQexecParams(load->conn, sql, count, NULL, values, sizes, formats, TEXT_FORMAT);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        PQclear(result);
        fail(load, err);
        return NULL;
    }
    return result;
}

static bool run_plain(struct load *load, const char *sql, struct error *err)
{
    PGresult *result = run(load, sql, 0, NULL, NULL, NULL, err);
    PQclear(result);
    return result != NULL;
}

static bool run_begin(struct load *load, const char *reason, struct error *err)
{
    PGresult *result;
    if (!run_plain(load, "BEGIN", err)) {
        return false;
    }
    result = run(load, "SELECT set_config('ihanoi.reason', $1, true)", 1, &reason, NULL, NULL, err);
    PQclear(result);
    return result != NULL;
}

struct load *load_begin(const char *conninfo, const char *reason, struct error *err)
{
    struct load *load = memory_zero(1, sizeof *load);
    load->conn = PQconnectdb(conninfo);
    if (PQstatus(load->conn) != CONNECTION_OK || !run_begin(load, reason, err)) {
        fail(load, err);
        load_free(load);
        return NULL;
    }
    return load;
}

bool load_commit(struct load *load, struct error *err)
{
    return run_plain(load, "COMMIT", err);
}

void load_free(struct load *load)
{
    if (load != NULL) {
        PQfinish(load->conn);
        free(load);
    }
}

bool load_file(struct load *load, const char *name, const char *json, size_t size,
               struct error *err)
{
    char *text = memory_alloc(size + 1);
    bool loaded = true;
    memcpy(text, json, size);
    text[size] = '\0';
    for (size_t i = 0; loaded && i < sizeof inserts / sizeof inserts[0]; i++) {
        if (strcmp(inserts[i].file, name) == 0) {
            PGresult *result =
                run(load, inserts[i].sql, 1, (const char *const[]){text}, NULL, NULL, err);
            loaded = result != NULL;
            PQclear(result);
        }
    }
    free(text);
    return loaded;
}

bool load_has_boundaries(struct load *load, bool *has, struct error *err)
{
    PGresult *result = run(load, "SELECT 1 FROM reference_state WHERE boundary_set IS NOT NULL", 0,
                           NULL, NULL, NULL, err);
    *has = result != NULL && PQntuples(result) > 0;
    PQclear(result);
    return result != NULL;
}

bool load_area_codes(struct load *load, struct arena *arena, const char *const **codes,
                     size_t *count, struct error *err)
{
    PGresult *result =
        run(load,
            "SELECT code FROM unit WHERE type IN ('ward', 'commune') "
            "AND valid_from <= timezone('Asia/Ho_Chi_Minh', now())::date "
            "AND (valid_to IS NULL OR valid_to >= timezone('Asia/Ho_Chi_Minh', now())::date)",
            0, NULL, NULL, NULL, err);
    if (result == NULL) {
        return false;
    }
    *count = (size_t)PQntuples(result);
    const char **found = arena_array(arena, *count, sizeof *found);
    for (size_t i = 0; i < *count; i++) {
        found[i] = arena_text(arena, PQgetvalue(result, (int)i, 0));
    }
    *codes = found;
    PQclear(result);
    return true;
}

static bool load_boundary(struct load *load, const char *set, const struct boundary *boundary,
                          struct error *err)
{
    char edges[BOUNDARY_EDGES][EDGE_TEXT];
    const char *values[3 + BOUNDARY_EDGES] = {set, boundary->unit, boundary->wkb};
    int sizes[3 + BOUNDARY_EDGES] = {0, 0, (int)boundary->wkb_size};
    int formats[3 + BOUNDARY_EDGES] = {TEXT_FORMAT, TEXT_FORMAT, BINARY_FORMAT};
    for (int i = 0; i < BOUNDARY_EDGES; i++) {
        snprintf(edges[i], sizeof edges[i], "%.17g", boundary->edges[i]);
        values[3 + i] = edges[i];
    }
    PGresult *result =
        run(load,
            "INSERT INTO boundary (boundary_set, unit, wkb, west, south, east, north) "
            "VALUES ($1::bigint, $2::text, $3::bytea, $4::float8, $5::float8, $6::float8, "
            "$7::float8)",
            3 + BOUNDARY_EDGES, values, sizes, formats, err);
    PQclear(result);
    return result != NULL;
}

bool load_boundaries(struct load *load, const struct boundary_file *file, struct error *err)
{
    const char *values[] = {file->approximate ? "true" : "false",
                            file->source != NULL ? file->source : "imported"};
    PGresult *result = run(load,
                           "INSERT INTO boundary_set (approximate, source) "
                           "VALUES ($1::boolean, $2::text) RETURNING id",
                           2, values, NULL, NULL, err);
    bool loaded = result != NULL;
    const char *set = loaded ? PQgetvalue(result, 0, 0) : NULL;
    for (size_t i = 0; loaded && i < file->count; i++) {
        loaded = load_boundary(load, set, &file->boundaries[i], err);
    }
    if (loaded) {
        PGresult *moved = run(load,
                              "UPDATE reference_state SET boundary_set = $1::bigint, "
                              "version = version + 1",
                              1, &set, NULL, NULL, err);
        loaded = moved != NULL;
        PQclear(moved);
    }
    PQclear(result);
    return loaded;
}
