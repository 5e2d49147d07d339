/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/cadence.h"

#include <string.h>

const struct cadence_rule cadence_rule = {
    .code = "news_cadence",
    .version = 1,
    .window_days = 3,
    .from = 19902, /* 2024-06-28 */
    .source = "Công điện 05/CĐ-UBND",
    .label = {"Nhịp đăng tin", "Cadence of publications"},
    .text = {"Thường xuyên thông tin, tuyên truyền, cảnh báo: tối thiểu 03 ngày 01 tin. Chu kỳ 3 "
             "ngày liên tiếp, tính từ 28/6/2024 hoặc ngày đơn vị được thành lập; chu kỳ đạt khi "
             "có ít nhất một tin; chu kỳ đang chạy chưa đánh giá. Tin đã thu hồi không tính; đính "
             "chính không phải tin mới.",
             "Inform and warn regularly: at least one item in three days. Windows of three days "
             "follow each other from 28/6/2024 or the day on which the unit began; a window is "
             "kept with an item in it; the one that runs is not judged yet. Items that were "
             "cancelled do not count; a correction is no new item."},
    .assumption = {"Tính theo ngày lịch; áp dụng cho sở, văn phòng và ban của Thành phố.",
                   "Calendar days; departments, offices and boards of the city."},
};

bool cadence_binds(const char *type)
{
    static const char *const types[] = {"office", "department", "board"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(type, types[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int32_t later(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t earlier(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

struct duty cadence_duty(int32_t unit_from, int32_t unit_until)
{
    return (struct duty){later(unit_from, cadence_rule.from), unit_until};
}

/* From a day on, before another. */
struct days {
    int32_t from, to;
};

static bool is_in(const struct days *days, int32_t day)
{
    return day >= days->from && day < days->to;
}

/* The items of the duty up to today are days[first] … days[first + count - 1]. */
static size_t trim(const int32_t **days, size_t count, const struct days *lived)
{
    while (count > 0 && **days < lived->from) {
        (*days)++;
        count--;
    }
    while (count > 0 && (*days)[count - 1] >= lived->to) {
        count--;
    }
    return count;
}

static void judge_windows(struct cadence *cadence, const struct duty *duty, const int32_t *days,
                          size_t count, const struct days *ends)
{
    size_t at = 0;
    int32_t length = cadence_rule.window_days;
    for (int32_t first = duty->from; first + length - 1 < ends->to; first += length) {
        size_t before = at;
        while (at < count && days[at] < first + length) {
            at++;
        }
        if (first + length - 1 < ends->from) {
            continue;
        }
        cadence->windows++;
        cadence->kept += at > before;
        cadence->missed_last = at > before ? cadence->missed_last : first;
    }
}

/* The waits between two items grow by the day, so the longest is the one on the last day of the
 * period that lies there. */
static int32_t longest_wait(const struct duty *duty, const int32_t *days, size_t count,
                            const struct days *scope)
{
    int32_t longest = 0, previous = duty->from - 1;
    for (size_t i = 0; i <= count; i++) {
        int32_t next = i < count ? earlier(days[i], scope->to - 1) : scope->to - 1;
        if (next > previous && next >= scope->from) {
            longest = later(longest, next - previous);
        }
        previous = i < count ? days[i] : previous;
    }
    return longest;
}

static int32_t next_due(const struct duty *duty, int32_t last_item, int32_t today)
{
    int32_t length = cadence_rule.window_days;
    if (today >= duty->until) {
        return CADENCE_NONE;
    }
    int32_t lived = later(today - duty->from, 0);
    int32_t first = duty->from + lived / length * length;
    return last_item >= first ? first + 2 * length - 1 : first + length - 1;
}

void cadence_of(struct cadence *cadence, const struct duty *duty, const int32_t *days, size_t count,
                int32_t today, const struct period *period)
{
    const struct days lived = {duty->from, earlier(today + 1, duty->until)};
    const struct days scope = {later(lived.from, period->first),
                               earlier(lived.to, period_end(period))};
    const struct days ends = {scope.from, earlier(earlier(today, duty->until), period_end(period))};

    *cadence = (struct cadence){.missed_last = CADENCE_NONE, .last_item = CADENCE_NONE};
    count = trim(&days, count, &lived);
    if (count > 0) {
        cadence->last_item = days[count - 1];
    }
    for (size_t i = 0; i < count; i++) {
        cadence->items += is_in(&scope, days[i]);
    }
    if (scope.from < scope.to) {
        judge_windows(cadence, duty, days, count, &ends);
        cadence->longest_gap = longest_wait(duty, days, count, &scope);
    }
    cadence->next_due = next_due(duty, cadence->last_item, today);
}

int cadence_order(const struct cadence *a, const struct cadence *b)
{
    if (a->windows == 0 || b->windows == 0) {
        return (a->windows == 0) - (b->windows == 0);
    }
    int64_t left = (int64_t)a->kept * b->windows, right = (int64_t)b->kept * a->windows;
    if (left != right) {
        return left < right ? -1 : 1;
    }
    return (a->longest_gap < b->longest_gap) - (a->longest_gap > b->longest_gap);
}
