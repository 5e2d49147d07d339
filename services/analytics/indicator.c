/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/indicator.h"

#include <string.h>

static enum standing in_time(int64_t done_at, int64_t due)
{
    return done_at <= due ? STANDING_MET : STANDING_MISSED;
}

/* Open and not yet due is shown apart; open and past due counts as late. */
static enum standing while_open(int64_t due, int64_t now)
{
    return now <= due ? STANDING_PENDING : STANDING_MISSED;
}

/* ---- I1 ---- */

static enum standing received_on_time(const struct case_fact *fact, int64_t now)
{
    int64_t received_at = case_received_at(fact);
    if (received_at != 0) {
        return in_time(received_at, fact->receive_due);
    }
    return fact->state == CASE_RECEIVED ? while_open(fact->receive_due, now) : STANDING_NONE;
}

static int64_t receive_due(const struct case_fact *fact)
{
    return fact->receive_due;
}

/* ---- I2 ---- */

/* Not before acceptance, when the time to resolve begins to run; a rejected case is none to
 * resolve. */
static enum standing resolved_on_time(const struct case_fact *fact, int64_t now)
{
    if (fact->resolve_due == 0 || fact->state == CASE_RECEIVED || fact->state == CASE_REJECTED) {
        return STANDING_NONE;
    }
    if (fact->state == CASE_RESOLVED) {
        return fact->resolved_at != 0 ? in_time(fact->resolved_at, fact->resolve_due)
                                      : STANDING_NONE;
    }
    return while_open(fact->resolve_due, now);
}

static int64_t resolve_due(const struct case_fact *fact)
{
    return fact->resolve_due;
}

/* ---- the table ---- */

const struct indicator indicators[INDICATOR_COUNT] = {
    {
        .code = "received_on_time",
        .version = 1,
        .label = {"Tỷ lệ tiếp nhận đúng hạn", "Received on time"},
        .formula = {"Số phản ánh được tiếp nhận (hoặc từ chối ngay) trong 8 giờ làm việc ÷ số phản "
                    "ánh đã được tiếp nhận hoặc đã hết 8 giờ làm việc. Phản ánh chưa tiếp nhận và "
                    "chưa đến hạn không tính vào mẫu số, được nêu riêng.",
                    "Cases received (or rejected at once) within 8 working hours ÷ cases that were "
                    "received or whose 8 working hours have passed. Cases not received and not yet "
                    "due are left out of the denominator and shown apart."},
        .source = "QĐ 1207/QĐ-UBND",
        .standing = received_on_time,
        .due = receive_due,
    },
    {
        .code = "resolved_on_time",
        .version = 1,
        .label = {"Tỷ lệ giải quyết đúng hạn", "Resolved on time"},
        .formula = {"Số phản ánh được giải quyết trong hạn ÷ (số phản ánh đã giải quyết + số phản "
                    "ánh đang mở đã quá hạn giải quyết). Phản ánh đang mở chưa đến hạn được nêu "
                    "riêng; phản ánh bị từ chối không tính.",
                    "Cases resolved in time ÷ (cases resolved + open cases past their time to be "
                    "resolved). Open cases not yet due are shown apart; rejected cases do not "
                    "count."},
        .source = "assumption",
        .standing = resolved_on_time,
        .due = resolve_due,
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

void fact_count_at(struct fact_count *count, const struct case_fact *fact, int64_t now)
{
    *count = (struct fact_count){.overdue = case_is_overdue(fact, now)};
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        enum standing standing = indicators[i].standing(fact, now);
        int64_t due = indicators[i].due(fact);
        count->standings[i] = (uint8_t)standing;
        if (standing == STANDING_PENDING && (count->turn_at == 0 || due < count->turn_at)) {
            count->turn_at = due;
        }
    }
}
