/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/hotline_subject.h"

#include "services/analytics/call_fact.h"
#include "services/analytics/contribution.h"
#include "services/analytics/indicator.h"

/* The branch is data of 1022. */
enum { BRANCH = 8 };

static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_REASON}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
};

enum { ENOUGH = 30 };

/* A second of waiting is a minute in the sketch. */
enum { WAIT_FINER = 60 };
#define SECOND_US INT64_C(1000000)

static const struct indicator indicators[] = {
    {
        .code = "hotline_first_contact",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_HOTLINE,
        .label = {"Tỷ lệ giải quyết ngay cuộc gọi đầu (1022 nhánh 8)",
                  "Settled at first contact (1022, branch 8)"},
        .formula = {"Số cuộc gọi được hỗ trợ xong ngay trong cuộc gọi ÷ số cuộc gọi có người nghe.",
                    "Calls after which nothing was left to do ÷ calls that were answered."},
        .source = "assumption",
        .numerator = COUNTER(HOTLINE_FIRST_CONTACT),
        .denominator = COUNTER(HOTLINE_ANSWERED),
        .threshold = ENOUGH,
    },
    {
        .code = "hotline_abandoned",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_LOW,
        .subject = SUBJECT_HOTLINE,
        .label = {"Tỷ lệ cuộc gọi nhỡ (1022 nhánh 8)", "Calls given up (1022, branch 8)"},
        .formula = {"Số cuộc gọi mà người gọi gác máy trước khi có người nghe ÷ tổng số cuộc gọi.",
                    "Calls whose caller gave up before anybody answered ÷ all calls."},
        .source = "assumption",
        .numerator = COUNTER(HOTLINE_ABANDONED),
        .denominator = COUNTER(HOTLINE_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "hotline_waiting_time",
        .version = 1,
        .kind = INDICATOR_TIME,
        .better = BETTER_LOW,
        .subject = SUBJECT_HOTLINE,
        .label = {"Thời gian chờ nghe máy (giờ; 1022 nhánh 8)",
                  "Waiting time, in hours (1022, branch 8)"},
        .formula = {"Trung vị và phân vị 90 của thời gian từ khi gọi đến khi có người nghe hoặc "
                    "người gọi gác máy; sai số tương đối tối đa 1%.",
                    "Median and 90th percentile of the time until somebody answered or the caller "
                    "gave up; off by at most 1%."},
        .source = "assumption",
        .denominator = COUNTER(HOTLINE_ALL),
        .times_finer = WAIT_FINER,
        .threshold = ENOUGH,
    },
};

static uint64_t marks_of(const struct call_fact *call)
{
    return COUNTER(HOTLINE_ALL) |
           (call->abandoned ? COUNTER(HOTLINE_ABANDONED) : COUNTER(HOTLINE_ANSWERED)) |
           (call->first_contact ? COUNTER(HOTLINE_FIRST_CONTACT) : 0);
}

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct call_fact call;
    (void)now;
    if (!call_unpack(&call, body->bytes, body->size, arena)) {
        return false;
    }
    *contribution = (struct contribution){
        .counts = call.branch == BRANCH,
        .day = period_day(call.at),
        .members = {[DIMENSION_REASON] = call.topic},
        .marks = marks_of(&call),
        .bucket = sketch_bucket(call.waited_s * SECOND_US * WAIT_FINER),
    };
    *turn_at = 0;
    *at = call.at;
    return true;
}

static const char *const counter_words[] = {
    [HOTLINE_ALL] = "all",
    [HOTLINE_ABANDONED] = "abandoned",
    [HOTLINE_ANSWERED] = "answered",
    [HOTLINE_FIRST_CONTACT] = "first_contact",
};

const struct subject_layout hotline_subject = {
    .name = "hotline",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .counter_words = counter_words,
    .size_counter = HOTLINE_ALL,
    .count = count,
};
