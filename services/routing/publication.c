/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/publication.h"

#include <stdlib.h>
#include <string.h>

#include "common/date.h"
#include "common/event.h"
#include "common/log.h"
#include "services/routing/reference_json.h"

enum { MONTHS_BEFORE = 1, MONTHS_AFTER = 2, UNIT_DEPTHS = 4 };

static void add(struct publications *publications, const char *key, const char *type,
                const struct buffer *json, struct arena *arena)
{
    struct publication *item = &publications->items[publications->count++];
    item->key = key;
    item->type = type;
    item->data = arena_copy(arena, json->data, json->size);
    item->data_size = json->size;
    digest_sha256(json->data, json->size, item->digest);
}

static int depth_of(const struct unit_set *units, const struct unit *unit)
{
    int depth = 0;
    while (unit != NULL && unit->parent != NULL && depth < UNIT_DEPTHS - 1) {
        unit = unit_find(units, unit->parent);
        depth++;
    }
    return depth;
}

static void add_unit(struct publications *publications, const struct unit *unit,
                     struct buffer *json, struct arena *arena)
{
    buffer_reset(json);
    unit_json_write(json, unit);
    add(publications, arena_format(arena, "unit:%s", unit->code), UNIT_DEFINED, json, arena);
}

static void add_units(struct publications *publications, const struct unit_set *units,
                      struct buffer *json, struct arena *arena)
{
    for (int depth = 0; depth < UNIT_DEPTHS; depth++) {
        for (size_t i = 0; i < units->count; i++) {
            if (depth_of(units, &units->units[i]) == depth) {
                add_unit(publications, &units->units[i], json, arena);
            }
        }
    }
}

static void add_former_units(struct publications *publications, const struct unit_set *units,
                             struct buffer *json, struct arena *arena)
{
    for (size_t i = 0; i < units->count; i++) {
        add_unit(publications, &units->units[i], json, arena);
    }
}

static void add_divisions(struct publications *publications, const struct divisions *divisions,
                          struct buffer *json, struct arena *arena)
{
    for (size_t i = 0; i < divisions->count; i++) {
        const struct division *division = &divisions->items[i];
        buffer_reset(json);
        division_json_write(json, division);
        if (!division_can_be_told(divisions, i) || json->size > EVENT_DATA_MAX) {
            log_warn("division_not_told", log_text("code", division->code),
                     log_int("areas", (int64_t)division->area_count),
                     log_text("because", "a later one has its code, or it is too large"));
            continue;
        }
        add(publications, arena_format(arena, "unit_set:%s", division->code), UNIT_SET_PUBLISHED,
            json, arena);
    }
}

static void add_categories(struct publications *publications, const struct reference *reference,
                           struct buffer *json, struct arena *arena)
{
    for (size_t i = 0; i < reference->category_count; i++) {
        const struct category *category = &reference->categories[i];
        buffer_reset(json);
        category_json_write(json, category);
        add(publications, arena_format(arena, "category:%s", category->code), CATEGORY_DEFINED,
            json, arena);
    }
}

/* The version that is in force of each. Before the categories, which name them. */
static void add_processes(struct publications *publications, const struct process_book *book,
                          int64_t now_us, struct buffer *json, struct arena *arena)
{
    for (size_t i = 0; i < book->count; i++) {
        const struct process *process = book->items[i];
        if (process == process_current(book, process->rule.code, now_us)) {
            buffer_reset(json);
            process_json_write(json, process);
            add(publications, arena_format(arena, "process:%s", process->rule.code),
                PROCESS_DEFINED, json, arena);
        }
    }
}

static int compare_field(const struct focal_point *a, const struct focal_point *b)
{
    int order = strcmp(a->unit, b->unit);
    return order != 0 ? order : strcmp(a->field, b->field);
}

/* A key tells of one term only: of several of a person in a field, the one that began first and is
 * not over. */
static bool is_later_term(const struct focal_points *points, size_t index)
{
    const struct focal_point *point = &points->items[index];
    size_t first = index;
    while (first > 0 && compare_field(&points->items[first - 1], point) == 0) {
        first--;
    }
    for (size_t i = first; i < points->count && compare_field(&points->items[i], point) == 0; i++) {
        if (strcmp(points->items[i].account, point->account) == 0 &&
            points->items[i].valid_from < point->valid_from) {
            return true;
        }
    }
    return false;
}

static void add_focal_points(struct publications *publications, const struct focal_points *points,
                             struct buffer *json, struct arena *arena)
{
    for (size_t i = 0; i < points->count; i++) {
        const struct focal_point *point = &points->items[i];
        if (is_later_term(points, i)) {
            continue;
        }
        buffer_reset(json);
        focal_point_json_write(json, point);
        add(publications,
            arena_format(arena, "focal_point:%s:%s:%s", point->unit, point->field, point->account),
            FOCAL_POINT_ASSIGNED, json, arena);
    }
}

static int64_t month_start_us(const struct calendar *calendar, int year, int month)
{
    return calendar_day_start_us(calendar, date_day(year, month, 1));
}

/* One promise for all that is filed: whatever its process and level. */
static const struct deadline_rule *find_receive_rule(const struct case_rules *rules, int64_t at_us)
{
    return deadline_rule_find(&rules->deadlines, DEADLINE_RECEIVE, "", LEVEL_NORMAL, at_us);
}

/* A new receive rule takes effect with the first month that begins under it: a promise holds one
 * rule. The very first one may begin within its month. */
static const struct deadline_rule *rule_of_month(const struct case_rules *rules, int64_t start_us,
                                                 int64_t end_us)
{
    const struct deadline_rule *rule = find_receive_rule(rules, start_us);
    return rule != NULL ? rule : find_receive_rule(rules, end_us - 1);
}

static void add_promise(struct publications *publications, const struct case_rules *rules, int year,
                        int month, struct buffer *json, struct arena *arena)
{
    struct promise *promise = arena_alloc(arena, sizeof *promise);
    int64_t start_us = month_start_us(rules->calendar, year, month);
    int64_t end_us =
        month_start_us(rules->calendar, month < 12 ? year : year + 1, month < 12 ? month + 1 : 1);

    promise->year = year;
    promise->month = month;
    promise->deadline = rule_of_month(rules, start_us, end_us);
    if (promise->deadline != NULL) {
        promise->segment_count = promise_segments(rules->calendar, start_us, end_us,
                                                  promise->deadline->minutes, promise->segments);
    }
    if (promise->segment_count == 0) {
        log_warn("promise_missing", log_int("year", year), log_int("month", month),
                 log_text("do", "load a calendar and a receive rule that reach so far"));
        return;
    }
    buffer_reset(json);
    promise_json_write(json, promise);
    add(publications, arena_format(arena, "promise:receive:%04d-%02d", year, month),
        PROMISE_PUBLISHED, json, arena);
}

static void add_promises(struct publications *publications, const struct case_rules *rules,
                         int64_t now_us, struct buffer *json, struct arena *arena)
{
    int year, month, day;
    date_of_day(calendar_day(rules->calendar, now_us), &year, &month, &day);
    int this_month = year * 12 + month - 1;
    for (int at = this_month - MONTHS_BEFORE; at <= this_month + MONTHS_AFTER; at++) {
        add_promise(publications, rules, at / 12, at % 12 + 1, json, arena);
    }
}

void publications_make(struct publications *publications, const struct reference *reference,
                       int64_t now_us, struct arena *arena)
{
    struct buffer json;
    size_t count_max = reference->units.count + reference->former_units.count +
                       reference->divisions.count + reference->processes->count +
                       reference->category_count + reference->focal_points.count + MONTHS_BEFORE +
                       1 + MONTHS_AFTER;
    publications->count = 0;
    publications->items = arena_array(arena, count_max, sizeof *publications->items);
    buffer_init(&json);
    add_units(publications, &reference->units, &json, arena);
    add_former_units(publications, &reference->former_units, &json, arena);
    add_divisions(publications, &reference->divisions, &json, arena);
    add_processes(publications, reference->processes, now_us, &json, arena);
    add_categories(publications, reference, &json, arena);
    add_focal_points(publications, &reference->focal_points, &json, arena);
    add_promises(publications, &reference->cases, now_us, &json, arena);
    buffer_finish(&json);
}

/* ---- what is not said yet ---- */

/* The row of a key, or the number of rows. */
static size_t find_row(const struct pg_tx *tx, size_t statement, const char *key)
{
    size_t low = 0, high = pg_rows(tx, statement);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(pg_value_text(tx, statement, middle, 0), key);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return pg_rows(tx, statement);
}

static bool is_said(const struct publication *item, const struct pg_tx *tx, size_t statement)
{
    size_t row = find_row(tx, statement, item->key);
    size_t size = 0;
    const void *digest =
        row < pg_rows(tx, statement) ? pg_value_bytes(tx, statement, row, 1, &size) : NULL;
    return digest != NULL && size == DIGEST_SIZE && memcmp(digest, item->digest, size) == 0;
}

static int by_key(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* What kind of event a key belongs to, for the envelope of its withdrawal. */
static const char *type_of(const char *key)
{
    static const struct {
        const char *prefix, *type;
    } types[] = {{"unit:", UNIT_DEFINED},
                 {"unit_set:", UNIT_SET_PUBLISHED},
                 {"category:", CATEGORY_DEFINED},
                 {"process:", PROCESS_DEFINED},
                 {"focal_point:", FOCAL_POINT_ASSIGNED},
                 {"promise:", PROMISE_PUBLISHED}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strncmp(key, types[i].prefix, strlen(types[i].prefix)) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

void publications_reduce(struct publications *publications, const struct pg_tx *tx,
                         size_t statement, struct arena *arena)
{
    size_t said = pg_rows(tx, statement), count = publications->count;
    struct publication *kept = arena_array(arena, count + said, sizeof *kept);
    const char **keys = arena_array(arena, count, sizeof *keys);
    size_t kept_count = 0;

    for (size_t i = 0; i < count; i++) {
        keys[i] = publications->items[i].key;
        if (!is_said(&publications->items[i], tx, statement)) {
            kept[kept_count++] = publications->items[i];
        }
    }
    qsort(keys, count, sizeof *keys, by_key);
    for (size_t row = 0; row < said; row++) {
        const char *key = pg_value_text(tx, statement, row, 0);
        size_t size;
        pg_value_bytes(tx, statement, row, 1, &size);
        if (size > 0 && type_of(key) != NULL &&
            bsearch(&key, keys, count, sizeof *keys, by_key) == NULL) {
            kept[kept_count].key = arena_text(arena, key);
            kept[kept_count++].type = type_of(key);
        }
    }
    publications->items = kept;
    publications->count = kept_count;
}
