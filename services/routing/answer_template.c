/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/answer_template.h"

#include <string.h>

#include "common/template.h"
#include "services/routing/city_time.h"

enum place {
    PLACE_TICKET,
    PLACE_UNIT,
    PLACE_CATEGORY,
    PLACE_LEVEL,
    PLACE_STATE,
    PLACE_AREA,
    PLACE_OPENED,
    PLACE_DUE,
    PLACE_RESULT,
    PLACE_REASON,
    PLACES
};

const char *const answer_places[] = {"ticket", "unit", "category", "level",  "state", "area",
                                     "opened", "due",  "result",   "reason", NULL};

bool answer_template_check_scope(const struct process_book *book, const char *process,
                                 const char *state, const char *action, struct error *err)
{
    bool known = true;
    if (!process_book_has(book, process)) {
        return error_add_field(err, "process", "unknown_process", "there is no such process");
    }
    if (state != NULL && !process_book_has_state(book, process, state)) {
        known = error_add_field(err, "state", "unknown_state", "the process has no such state");
    }
    if (action != NULL && !process_book_has_action(book, process, action)) {
        known = error_add_field(err, "action", "unknown_action", "the process has no such action");
    }
    return known;
}

static void name_places(struct template_value values[PLACES])
{
    for (int place = 0; place < PLACES; place++) {
        values[place] = (struct template_value){.name = answer_places[place]};
    }
}

static bool render(const char *text, const struct template_value values[PLACES], struct buffer *out,
                   struct error *err)
{
    return template_render(text, strlen(text), values, PLACES, out, err);
}

/* Sections are looked into whether they are shown or not. */
bool answer_template_check(const char *field, const char *text, struct error *err)
{
    static const char *const fillings[] = {NULL, "x"};
    struct template_value values[PLACES];
    struct error fault = {0};
    struct buffer out;
    bool good = true;
    buffer_init(&out);
    for (size_t i = 0; good && i < sizeof fillings / sizeof fillings[0]; i++) {
        name_places(values);
        for (int place = 0; place < PLACES; place++) {
            values[place].text = fillings[i];
        }
        good = render(text, values, &out, &fault);
    }
    buffer_finish(&out);
    return good || error_add_field(err, field, "bad_template", "%s", fault.text);
}

/* ---- filling in ---- */

static const char *unit_name(const struct reference *reference, const char *code, bool vietnamese)
{
    const struct unit *unit = unit_find(&reference->units, code);
    return unit == NULL ? code : vietnamese ? unit->name_vi : unit->name_en;
}

static const char *category_name(const struct reference *reference, const char *code,
                                 bool vietnamese)
{
    const struct category *category = reference_category(reference, code);
    return category == NULL ? code : vietnamese ? category->name_vi : category->name_en;
}

static const char *level_name(enum case_level level, bool vietnamese)
{
    static const char *const names[] = {"khẩn", "phức tạp", "bình thường"};
    return vietnamese ? names[level] : case_level_words[level];
}

static const char *time_text(const struct reference *reference, int64_t at_us, struct arena *arena)
{
    char text[CITY_TIME_SIZE];
    return at_us == 0 ? NULL
                      : arena_text(arena, city_time_format(reference->cases.calendar, at_us, text));
}

const char *answer_template_fill(const char *text, const char *language,
                                 const struct case_snapshot *now, const struct reference *reference,
                                 struct arena *arena)
{
    bool vietnamese = strcmp(language, "vi") == 0;
    const struct process_state *state = &now->process->states[now->state];
    struct template_value values[PLACES];
    struct error err = {0};
    struct buffer out;
    name_places(values);
    values[PLACE_TICKET].text = now->ticket;
    values[PLACE_UNIT].text = unit_name(reference, now->unit, vietnamese);
    values[PLACE_CATEGORY].text = category_name(reference, now->category, vietnamese);
    values[PLACE_LEVEL].text = level_name(now->level, vietnamese);
    values[PLACE_STATE].text = vietnamese ? state->name_vi : state->name_en;
    values[PLACE_AREA].text = unit_name(reference, now->area, vietnamese);
    values[PLACE_OPENED].text = time_text(reference, now->opened_at, arena);
    values[PLACE_DUE].text = time_text(reference, case_due(now), arena);
    values[PLACE_RESULT].text = now->result_text;
    values[PLACE_REASON].text = now->reason_text;
    buffer_init(&out);
    buffer_put_text(&out, "");
    const char *filled =
        render(text, values, &out, &err) ? arena_copy(arena, out.data, out.size) : NULL;
    buffer_finish(&out);
    return filled;
}
