/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/installation_subject.h"

#include "services/analytics/contribution.h"
#include "services/analytics/indicator.h"
#include "services/analytics/installation_fact.h"

static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_AREA}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_TEAM}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_DISTRICT}, 1, PERIODS_EVERY, PERIODS_ALL},
    {{DIMENSION_AREA, DIMENSION_DISTRICT}, 2, PERIODS_ALL | PERIODS_MONTH, 0},
};

static const struct indicator indicators[] = {
    {
        .code = "installations_assisted",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_NEITHER,
        .subject = SUBJECT_INSTALLATIONS,
        .label = {"Tỷ lệ cài đặt được hỗ trợ", "Installed with help"},
        .formula = {"Số lần cài đặt do tổ công tác, tình nguyện viên hướng dẫn ÷ tổng số lần cài "
                    "đặt đã mở ứng dụng.",
                    "Installations that a team helped with ÷ all installations in which the app "
                    "was opened."},
        .source = "assumption",
        .numerator = COUNTER(INSTALLATION_ASSISTED),
        .denominator = COUNTER(INSTALLATION_ALL),
        .threshold = 30,
    },
};

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct installation_fact installation;
    (void)now;
    if (!installation_unpack(&installation, body->bytes, body->size, arena)) {
        return false;
    }
    *contribution = (struct contribution){
        .counts = true,
        .day = period_day(installation.at),
        .members = {[DIMENSION_AREA] = installation.area, [DIMENSION_TEAM] = installation.team},
        .marks = COUNTER(INSTALLATION_ALL) |
                 (installation.team != NULL ? COUNTER(INSTALLATION_ASSISTED) : 0),
        .bucket = SKETCH_NONE,
    };
    *turn_at = 0;
    *at = installation.at;
    return true;
}

static const char *const counter_words[] = {
    [INSTALLATION_ALL] = "all",
    [INSTALLATION_ASSISTED] = "assisted",
};

const struct subject_layout installation_subject = {
    .name = "installations",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .counter_words = counter_words,
    .size_counter = INSTALLATION_ALL,
    .count = count,
};
