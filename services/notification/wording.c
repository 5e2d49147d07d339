/* SPDX-License-Identifier: Apache-2.0 */
#include "wording.h"

#include <string.h>
#include <time.h>

#include "common/template.h"

enum { HANOI_OFFSET_S = 7 * 3600, VALUES_MAX = 32 };

struct values {
    struct template_value list[VALUES_MAX];
    size_t count;
};

static void put(struct values *values, const char *name, const char *text)
{
    values->list[values->count++] = (struct template_value){.name = name, .text = text};
}

/* "17:30 24/11/2026", city time; NULL for 0. Viet Nam has no summer time. */
static const char *city_time(int64_t instant_us, struct arena *arena)
{
    char text[32];
    struct tm city;
    time_t seconds = (time_t)(instant_us / 1000000) + HANOI_OFFSET_S;
    if (instant_us == 0) {
        return NULL;
    }
    gmtime_r(&seconds, &city);
    strftime(text, sizeof text, "%H:%M %d/%m/%Y", &city);
    return arena_text(arena, text);
}

static const char *unit_name(const struct wording_context *context, const char *code)
{
    const struct unit *unit = reference_unit(context->reference, code);
    if (unit == NULL) {
        return code;
    }
    return context->language == LANGUAGE_EN ? unit->name_en : unit->name_vi;
}

static const char *category_name(const struct wording_context *context, const char *code)
{
    const struct category_name *category = reference_category(context->reference, code);
    if (category == NULL) {
        return code;
    }
    return context->language == LANGUAGE_EN ? category->name_en : category->name_vi;
}

/* "yes" when the word is that one: a section to choose by. */
static const char *yes_if(const char *word, const char *wanted)
{
    return word != NULL && strcmp(word, wanted) == 0 ? "yes" : NULL;
}

static void put_values(struct values *values, const struct notice *notice,
                       const struct wording_context *context, struct arena *arena)
{
    put(values, "mail", context->mail ? "yes" : NULL);
    put(values, "name", context->name);
    put(values, "site", context->site);
    put(values, "ticket", notice->ticket);
    put(values, "category", category_name(context, notice->category));
    put(values, "urgent", yes_if(notice->level, "urgent"));
    put(values, "unit", unit_name(context, notice->unit));
    put(values, "at", city_time(notice->at, arena));
    put(values, "receive_due", city_time(notice->receive_due, arena));
    put(values, "resolve_due", city_time(notice->resolve_due, arena));
    put(values, "due",
        city_time(notice->resolve_due != 0 ? notice->resolve_due : notice->receive_due, arena));
    put(values, "result", notice->result);
    put(values, "evidence", NULL);
    values->list[values->count - 1].items = notice->evidence;
    values->list[values->count - 1].item_count = notice->evidence_count;
    put(values, "reason", notice->reason);
    put(values, "out_of_scope_legal", yes_if(notice->reason_class, "out_of_scope_legal"));
    put(values, "unclear", yes_if(notice->reason_class, "unclear"));
    put(values, "duplicate", yes_if(notice->reason_class, "duplicate"));
    put(values, "not_city", yes_if(notice->reason_class, "not_city"));
    put(values, "note", notice->note);
}

bool wording_make(struct wording *wording, const struct notice *notice,
                  const struct wording_context *context, struct arena *arena, struct error *err)
{
    struct values values = {.count = 0};
    struct buffer out;
    size_t size;
    const char *text = template_file(context->template, context->language, &size);

    put_values(&values, notice, context, arena);
    buffer_init(&out);
    bool good = template_render(text, size, values.list, values.count, &out, err);
    const char *line_end = good ? strstr(out.data, "\n\n") : NULL;
    if (good && line_end == NULL) {
        good = error_set(err, ERR_FATAL, "bad_template", "the subject has no line of its own");
    }
    if (good) {
        wording->subject = arena_copy(arena, out.data, (size_t)(line_end - out.data));
        wording->body = arena_text(arena, line_end + 2);
    }
    buffer_finish(&out);
    return good;
}
