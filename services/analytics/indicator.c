/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/indicator.h"

#include <string.h>

static enum standing in_time(int64_t done_at, int64_t due)
{
    return done_at <= due ? STANDING_MET : STANDING_MISSED;
}

/* Open and not yet due is shown apart, also while nobody can tell when it is due; open and past due
 * counts as late. */
static enum standing while_open(int64_t due, int64_t now)
{
    return due == 0 || now <= due ? STANDING_PENDING : STANDING_MISSED;
}

static enum standing is_so(bool so)
{
    return so ? STANDING_MET : STANDING_MISSED;
}

/* ---- I1 ---- */

/* Withdrawn or merged before anyone took it up: it counts only if the time had passed by then. */
static enum standing received_on_time(const struct case_fact *fact, int64_t now)
{
    int64_t received_at = case_received_at(fact);
    if (received_at == 0 && fact->state == CASE_RECEIVED) {
        return while_open(fact->receive_due, now);
    }
    if (fact->receive_due == 0) {
        return STANDING_NONE;
    }
    if (received_at != 0) {
        return in_time(received_at, fact->receive_due);
    }
    return fact->at > fact->receive_due ? STANDING_MISSED : STANDING_NONE;
}

static int64_t receive_due(const struct case_fact *fact)
{
    return fact->receive_due;
}

/* ---- I2 ---- */

/* Not before acceptance, when the time to resolve begins to run; what is rejected, withdrawn or
 * merged is none to resolve. */
static enum standing resolved_on_time(const struct case_fact *fact, int64_t now)
{
    if (case_is_open(fact)) {
        return fact->accepted_at != 0 || fact->resolve_due != 0 ? while_open(fact->resolve_due, now)
                                                                : STANDING_NONE;
    }
    return fact->state == CASE_RESOLVED && fact->resolved_at != 0 && fact->resolve_due != 0
               ? in_time(fact->resolved_at, fact->resolve_due)
               : STANDING_NONE;
}

static int64_t resolve_due(const struct case_fact *fact)
{
    return fact->resolve_due;
}

/* ---- I7 ---- */

enum { HANDOVERS_MANY = 2 };

static enum standing handed_over_often(const struct case_fact *fact, int64_t now)
{
    (void)now;
    return is_so(fact->handovers >= HANDOVERS_MANY);
}

/* ---- I8 ---- */

static enum standing reopened(const struct case_fact *fact, int64_t now)
{
    (void)now;
    bool had_result = fact->resolved_at != 0 || fact->reopenings > 0;
    return had_result ? is_so(fact->reopenings > 0) : STANDING_NONE;
}

/* ---- I9 ---- */

static enum standing resolved_with_evidence(const struct case_fact *fact, int64_t now)
{
    (void)now;
    return fact->resolved_at != 0 ? is_so(fact->evidence > 0) : STANDING_NONE;
}

/* ---- the table ---- */

const struct indicator indicators[INDICATOR_COUNT] = {
    {
        .code = "received_on_time",
        .version = 2,
        .label = {"Tỷ lệ tiếp nhận đúng hạn", "Received on time"},
        .formula = {"Số phản ánh được tiếp nhận (hoặc từ chối ngay) trong 8 giờ làm việc ÷ số phản "
                    "ánh đã được tiếp nhận hoặc đã hết 8 giờ làm việc. Phản ánh chưa tiếp nhận và "
                    "chưa đến hạn không tính vào mẫu số, được nêu riêng. Phản ánh được rút hoặc "
                    "gộp trước khi tiếp nhận chỉ tính khi đã quá hạn.",
                    "Cases received (or rejected at once) within 8 working hours ÷ cases that were "
                    "received or whose 8 working hours have passed. Cases not received and not yet "
                    "due are left out of the denominator and shown apart. Cases withdrawn or "
                    "merged before they were received count only if they were late by then."},
        .source = "QĐ 1207/QĐ-UBND",
        .standing = received_on_time,
        .due = receive_due,
    },
    {
        .code = "resolved_on_time",
        .version = 2,
        .label = {"Tỷ lệ giải quyết đúng hạn", "Resolved on time"},
        .formula = {"Số phản ánh được giải quyết trong hạn ÷ (số phản ánh đã giải quyết + số phản "
                    "ánh đang mở đã quá hạn giải quyết). Hạn giải quyết không tính thời gian chờ "
                    "người dân hoặc bên thứ ba bổ sung thông tin, và tính cả gia hạn đã duyệt. "
                    "Phản ánh đang mở chưa đến hạn được nêu riêng; phản ánh bị từ chối, được rút "
                    "hoặc gộp không tính.",
                    "Cases resolved in time ÷ (cases resolved + open cases past their time to be "
                    "resolved). The time does not run while a resident or third party is asked, "
                    "and includes approved extensions. Open cases not yet due are shown apart; "
                    "rejected, withdrawn and merged cases do not count."},
        .source = "assumption",
        .standing = resolved_on_time,
        .due = resolve_due,
    },
    {
        .code = "handed_over_often",
        .version = 1,
        .label = {"Tỷ lệ phản ánh chuyển vòng từ 2 lần", "Handed over twice or more"},
        .formula = {"Số phản ánh bị các đơn vị trả lại từ 2 lần trở lên ÷ tổng số phản ánh.",
                    "Cases that units gave back twice or more ÷ all cases."},
        .source = "assumption",
        .standing = handed_over_often,
    },
    {
        .code = "reopened",
        .version = 1,
        .label = {"Tỷ lệ mở lại", "Reopened"},
        .formula = {"Số phản ánh được mở lại ít nhất một lần trong thời hạn phúc tra ÷ số phản ánh "
                    "đã từng có kết quả.",
                    "Cases reopened at least once within the time to contest a result ÷ cases that "
                    "have had a result."},
        .source = "assumption",
        .standing = reopened,
    },
    {
        .code = "resolved_with_evidence",
        .version = 1,
        .label = {"Tỷ lệ có bằng chứng kết quả", "Resolved with evidence"},
        .formula = {"Số phản ánh đã giải quyết có hình ảnh hoặc tài liệu kèm theo ÷ số phản ánh đã "
                    "giải quyết.",
                    "Resolved cases whose result has a picture or document ÷ resolved cases."},
        .source = "assumption",
        .standing = resolved_with_evidence,
    },
};

size_t indicator_find(const char *code)
{
    size_t i = 0;
    while (i < INDICATOR_COUNT && strcmp(indicators[i].code, code) != 0) {
        i++;
    }
    return i;
}

static void count_indicator(struct fact_count *count, size_t i, const struct case_fact *fact,
                            int64_t now)
{
    const struct indicator *indicator = &indicators[i];
    enum standing standing = indicator->standing(fact, now);
    int64_t due = standing == STANDING_PENDING ? indicator->due(fact) : 0;
    count->standings[i] = (uint8_t)standing;
    if (due != 0 && (count->turn_at == 0 || due < count->turn_at)) {
        count->turn_at = due;
    }
}

/* A booked appointment is among the counts of its unit, but in no indicator: it is kept, not
 * resolved in time. Only its being overdue turns. */
void fact_count_at(struct fact_count *count, const struct case_fact *fact, int64_t now)
{
    *count = (struct fact_count){.overdue = case_is_overdue(fact, now)};
    if (fact->appointment) {
        count->turn_at = case_is_open(fact) && !count->overdue ? fact->resolve_due : 0;
        return;
    }
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        count_indicator(count, i, fact, now);
    }
}
