/* SPDX-License-Identifier: Apache-2.0 */
#include "wording.h"

#include <assert.h>
#include <string.h>

#include "common/date.h"
#include "common/template.h"

enum { VALUES_MAX = 64, MINUTE_US = 60000000 };

struct values {
    struct template_value list[VALUES_MAX];
    size_t count;
};

static void put(struct values *values, const char *name, const char *text)
{
    assert(values->count < VALUES_MAX);
    values->list[values->count++] = (struct template_value){.name = name, .text = text};
}

/* "17:30 24/11/2026", city time; NULL for 0. */
static const char *city_time(int64_t instant_us, struct arena *arena)
{
    int year, month, day_of_month;
    int64_t day = date_day_at(instant_us, DATE_INDOCHINA_US);
    int minute = (int)((instant_us - date_day_start_us(day, DATE_INDOCHINA_US)) / MINUTE_US);
    if (instant_us == 0) {
        return NULL;
    }
    date_of_day(day, &year, &month, &day_of_month);
    return arena_format(arena, "%02d:%02d %02d/%02d/%04d", minute / 60, minute % 60, day_of_month,
                        month, year);
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

static const char *yes(bool value)
{
    return value ? "yes" : NULL;
}

/* What a case is called, by its kind: within a sentence, and where one begins. */
struct matter {
    const char *kind;
    const char *within[LANGUAGE_COUNT], *first[LANGUAGE_COUNT];
};

static const struct matter matters[] = {
    {"onsite_report", {"phản ánh", "report"}, {"Phản ánh", "Report"}},
    {"procedure_report",
     {"phản ánh về thủ tục hành chính", "report on procedures"},
     {"Phản ánh về thủ tục hành chính", "Report on procedures"}},
    {"waste_report",
     {"phản ánh về lãng phí", "report of waste"},
     {"Phản ánh về lãng phí", "Report of waste"}},
    {"initiative", {"sáng kiến", "initiative"}, {"Sáng kiến", "Initiative"}},
    {"voter_petition",
     {"kiến nghị cử tri", "voter petition"},
     {"Kiến nghị cử tri", "Voter petition"}},
    {KIND_BOOKING,
     {"đăng ký tiếp công dân", "reception booking"},
     {"Đăng ký tiếp công dân", "Reception booking"}},
    {"hotline_ticket",
     {"yêu cầu hỗ trợ", "support request"},
     {"Yêu cầu hỗ trợ", "Support request"}},
};

/* Processes are data of routing: for a kind that is newer than this program, a word for all. */
static const struct matter *matter_of(const char *kind)
{
    static const struct matter any = {NULL, {"yêu cầu", "request"}, {"Yêu cầu", "Request"}};
    for (size_t i = 0; kind != NULL && i < sizeof matters / sizeof matters[0]; i++) {
        if (strcmp(matters[i].kind, kind) == 0) {
            return &matters[i];
        }
    }
    return &any;
}

static void put_matter(struct values *values, const char *kind, enum language language)
{
    const struct matter *matter = matter_of(kind);
    put(values, "matter", matter->within[language]);
    put(values, "Matter", matter->first[language]);
    put(values, "booking", yes_if(kind, KIND_BOOKING));
}

static void put_list(struct values *values, const char *name, const char *const *items,
                     size_t count)
{
    put(values, name, NULL);
    values->list[values->count - 1].items = items;
    values->list[values->count - 1].item_count = count;
}

/* "Phường A → Sở B (09:00 24/11/2026): why", line by line. */
static void put_trail(struct values *values, const struct notice *notice,
                      const struct wording_context *context, struct arena *arena)
{
    const char **lines = arena_array(arena, notice->handover_count, sizeof *lines);
    for (size_t i = 0; i < notice->handover_count; i++) {
        const struct notice_handover *handover = &notice->handovers[i];
        lines[i] = arena_format(arena, "%s → %s (%s): %s", unit_name(context, handover->from),
                                unit_name(context, handover->to), city_time(handover->at, arena),
                                handover->reason);
    }
    put(values, "has_trail", yes(notice->handover_count > 0));
    put_list(values, "trail", lines, notice->handover_count);
}

/* "8 giờ", "90 phút"; NULL for none. */
static const char *duration(int64_t minutes, enum language language, struct arena *arena)
{
    static const char *const units[LANGUAGE_COUNT][2] = {{"phút", "giờ"}, {"minutes", "hours"}};
    bool hours = minutes % 60 == 0;
    return minutes == 0
               ? NULL
               : arena_format(arena, "%lld %s", (long long)(hours ? minutes / 60 : minutes),
                              units[language][hours]);
}

static void put_times(struct values *values, const struct notice *notice, struct arena *arena)
{
    int64_t duty_due = notice->resolve_due != 0 ? notice->resolve_due : notice->receive_due;
    put(values, "at", city_time(notice->at, arena));
    put(values, "receive_due", city_time(notice->receive_due, arena));
    put(values, "resolve_due", city_time(notice->resolve_due, arena));
    put(values, "timeout_at", city_time(notice->timeout_at, arena));
    put(values, "slot_at", city_time(notice->slot_at, arena));
    put(values, "due", city_time(notice->clock_due != 0 ? notice->clock_due : duty_due, arena));
    put(values, "receive", yes_if(notice->clock, "receive"));
    put(values, "resolve", yes_if(notice->clock, "resolve"));
    put(values, "dispatch", yes_if(notice->clock, "dispatch"));
    put(values, "task", yes_if(notice->clock, "task"));
}

static void put_outcome(struct values *values, const struct notice *notice)
{
    put(values, "result", notice->result);
    put_list(values, "evidence", notice->evidence, notice->evidence_count);
    put(values, "uploads", yes(notice->has_uploads));
    put(values, "asks_rating", yes(notice->asks_rating));
    put(values, "satisfied", yes_if(notice->rating, "satisfied"));
    put(values, "acceptable", yes_if(notice->rating, "acceptable"));
    put(values, "dissatisfied", yes_if(notice->rating, "dissatisfied"));
    put(values, "reason", notice->reason);
    put(values, "out_of_scope_legal", yes_if(notice->reason_class, "out_of_scope_legal"));
    put(values, "unclear", yes_if(notice->reason_class, "unclear"));
    put(values, "duplicate", yes_if(notice->reason_class, "duplicate"));
    put(values, "not_city", yes_if(notice->reason_class, "not_city"));
}

static void put_values(struct values *values, const struct notice *notice,
                       const struct wording_context *context, struct arena *arena)
{
    put(values, "mail", yes(context->mail));
    put(values, "name", context->name);
    put(values, "site", context->site);
    put(values, "ticket", notice->ticket);
    put_matter(values, notice->kind, context->language);
    put(values, "category", category_name(context, notice->category));
    put(values, "urgent", yes_if(notice->level, "urgent"));
    put(values, "unit", unit_name(context, notice->unit));
    put(values, "task_unit", unit_name(context, notice->task_unit));
    put_times(values, notice, arena);
    put_outcome(values, notice);
    put_trail(values, notice, context, arena);
    put(values, "question", notice->question);
    put(values, "third_party", yes(notice->third_party));
    put(values, "answer", notice->answer);
    put(values, "disputed", yes(notice->disputed));
    put(values, "extension", duration(notice->minutes, context->language, arena));
    put(values, "check_failed", yes(notice->check_failed));
    put(values, "by_reporter", yes(notice->by_reporter));
    put(values, "split", yes(notice->is_split));
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
