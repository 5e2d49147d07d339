/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/explanation.h"

#include "services/analytics/case_counter.h"
#include "services/analytics/disclosure.h"

/* One counter alone is the sum. Of several, the parts of a small sum would tell more than the
 * figures that the public sees: a rating by three may be told as three, not as who was pleased. */
static bool is_whole(const struct explanation_part *part, bool sees_all)
{
    bool is_one = (part->counters & (part->counters - 1)) == 0 && part->less == 0;
    return !sees_all && !is_one && disclosure_is_small(part->sum);
}

static void add_part(struct explanation *explanation, const struct indicator *indicator,
                     enum indicator_part which, const struct tally *tally, bool sees_all)
{
    uint64_t counters = indicator_counters(indicator, which);
    struct explanation_part part = {
        .part = which,
        .counters = counters,
        .less = which == PART_DENOMINATOR ? indicator->denominator_less : 0,
    };
    if (counters != 0) {
        part.sum = tally_sum(tally, part.counters) - tally_sum(tally, part.less);
        part.is_whole = is_whole(&part, sees_all);
        explanation->parts[explanation->part_count++] = part;
    }
}

static void add_left_out(struct explanation *explanation, const char *reason, int64_t number,
                         const struct bilingual *why)
{
    explanation->left_out[explanation->left_out_count++] = (struct left_out){reason, number, *why};
}

static const struct bilingual not_due = {
    "Chưa đến hạn nên chưa đúng hạn cũng chưa trễ hạn; được nêu riêng.",
    "Not yet due, so neither in time nor late; shown apart."};
static const struct bilingual under_way = {"Đang xử lý nên chưa có thời gian.",
                                           "Under way, so without a time yet."};
static const struct bilingual no_time = {"Không có số liệu về thời gian.", "No time was told."};
static const struct bilingual not_meant = {"Theo công thức không thuộc mẫu số.",
                                           "By the formula in no denominator."};
static const struct bilingual appointments = {"Lịch hẹn chỉ được đếm theo trạng thái.",
                                              "Booked appointments are counted by state alone."};

static bool may_see(int64_t number, bool sees_all)
{
    return number > 0 && (sees_all || !disclosure_is_small(number));
}

/* All that a share or a time might be about. Means divide sums of different things. */
static void leave_rest(struct explanation *explanation, const struct figure *figure,
                       const struct tally *tally, bool sees_all)
{
    const struct indicator *indicator = figure->indicator;
    bool is_time = indicator->kind == INDICATOR_TIME;
    int64_t all = tally->counts[subjects[indicator->subject]->size_counter];
    int64_t meant =
        tally_sum(tally, indicator->denominator) - tally_sum(tally, indicator->denominator_less);
    int64_t untimed = is_time ? meant - figure->denominator : 0;
    int64_t rest = indicator->kind != INDICATOR_MEAN ? all - meant - figure->pending : 0;
    if (may_see(untimed, sees_all)) {
        add_left_out(explanation, "no_time", untimed, &no_time);
    }
    if (may_see(rest, sees_all)) {
        add_left_out(explanation, "not_meant", rest, &not_meant);
    }
}

/* Whether there are few appointments is not for the public: units' pages alone tell it. */
static void leave_appointments(struct explanation *explanation, const struct tally *tally)
{
    int64_t number = -tally->counts[CASE_ALL];
    for (int state = 0; state < CASE_STATES; state++) {
        number += tally->counts[CASE_STATE_FIRST + state];
    }
    if (number > 0) {
        add_left_out(explanation, "appointments", number, &appointments);
    }
}

void explanation_of(struct explanation *explanation, const struct figure *figure,
                    const struct tally *tally, bool sees_all)
{
    const struct indicator *indicator = figure->indicator;
    *explanation = (struct explanation){.part_count = 0};
    for (int part = 0; part < INDICATOR_PARTS; part++) {
        add_part(explanation, indicator, (enum indicator_part)part, tally, sees_all);
    }
    if (indicator->pending != 0) {
        bool is_time = indicator->kind == INDICATOR_TIME;
        add_left_out(explanation, is_time ? "under_way" : "pending", figure->pending,
                     is_time ? &under_way : &not_due);
    }
    leave_rest(explanation, figure, tally, sees_all);
    if (indicator->subject == SUBJECT_CASES && sees_all) {
        leave_appointments(explanation, tally);
    }
}
