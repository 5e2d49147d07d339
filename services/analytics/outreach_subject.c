/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/outreach_subject.h"

#include "services/analytics/contribution.h"
#include "services/analytics/indicator.h"
#include "services/analytics/outreach_fact.h"

static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_AREA}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_TEAM}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_CHANNEL}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_DISTRICT}, 1, PERIODS_EVERY, PERIODS_ALL},
    {{DIMENSION_AREA, DIMENSION_DISTRICT}, 2, PERIODS_ALL | PERIODS_MONTH, 0},
};

enum { ENOUGH = 5 /* activities. Assumption */, ENOUGH_PEOPLE = 30 };

static const struct indicator indicators[] = {
    {
        .code = "outreach_told",
        .version = 1,
        .kind = INDICATOR_MEAN,
        .subject = SUBJECT_OUTREACH,
        .label = {"Số người được tuyên truyền mỗi đợt", "People told by each activity"},
        .formula = {"Tổng số lượt người được tuyên truyền ÷ số đợt tuyên truyền, hướng dẫn.",
                    "People who were told, summed ÷ activities."},
        .note = {"Người được tuyên truyền nhiều lần được tính nhiều lần.",
                 "Whoever is told twice counts twice."},
        .source = "assumption",
        .numerator = COUNTER(OUTREACH_TOLD),
        .denominator = COUNTER(OUTREACH_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "outreach_helped",
        .version = 1,
        .kind = INDICATOR_MEAN,
        .subject = SUBJECT_OUTREACH,
        .label = {"Số người được hướng dẫn cài đặt trên số người được tuyên truyền",
                  "People helped for each one told"},
        .formula = {"Tổng số lượt người được hướng dẫn cài đặt, tạo tài khoản ÷ tổng số lượt người "
                    "được tuyên truyền.",
                    "People who were helped to install it or to make an account ÷ people who were "
                    "told, both summed."},
        .note = {"Người được tuyên truyền nhiều lần được tính nhiều lần.",
                 "Whoever is told twice counts twice."},
        .source = "assumption",
        .numerator = COUNTER(OUTREACH_HELPED),
        .denominator = COUNTER(OUTREACH_TOLD),
        .threshold = ENOUGH_PEOPLE,
    },
};

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct outreach_fact outreach;
    (void)now;
    if (!outreach_unpack(&outreach, body->bytes, body->size, arena)) {
        return false;
    }
    *contribution = (struct contribution){
        .counts = true,
        .day = period_day(outreach.at),
        .members = {[DIMENSION_AREA] = outreach.area,
                    [DIMENSION_TEAM] = outreach.team,
                    [DIMENSION_CHANNEL] = outreach.kind},
        .marks = COUNTER(OUTREACH_ALL),
        .amounts = {outreach.told, outreach.helped},
        .bucket = SKETCH_NONE,
    };
    *turn_at = 0;
    *at = outreach.at;
    return true;
}

static const char *const counter_words[] = {
    [OUTREACH_ALL] = "activities",
    [OUTREACH_TOLD] = "told",
    [OUTREACH_HELPED] = "helped",
};

const struct subject_layout outreach_subject = {
    .name = "outreach",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .amount_count = 2,
    .amount_counters = {OUTREACH_TOLD, OUTREACH_HELPED},
    .counter_words = counter_words,
    .size_counter = OUTREACH_TOLD,
    .count = count,
};
