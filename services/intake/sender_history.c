/* SPDX-License-Identifier: Apache-2.0 */
#include "sender_history.h"

#include "common/date.h"
#include "likeness.h"
#include "place_grid.h"

#define SECOND_US INT64_C(1000000)

static bool is_near(const struct earlier_filing *earlier, const struct submission *filed,
                    double radius_m)
{
    if (!earlier->has_point || !filed->has_point) {
        return earlier->has_point == filed->has_point;
    }
    return place_distance(earlier->lat, earlier->lon, filed->lat, filed->lon) <= radius_m;
}

static bool is_duplicate(const struct sender_rules *rules, const struct earlier_filing *earlier,
                         const struct submission *filed)
{
    return earlier->same_category && filed->submitted_at - earlier->at <= rules->duplicate_us &&
           is_near(earlier, filed, rules->duplicate_m) &&
           text_likeness(earlier->description, filed->description) >= rules->likeness;
}

static size_t count_since(const struct earlier_filing *earlier, size_t count, int64_t since)
{
    size_t found = 0;
    while (found < count && earlier[found].at > since) {
        found++;
    }
    return found;
}

/* Until the one falls out of the hour that makes it too many. */
static unsigned wait_s(const struct earlier_filing *last, int64_t now)
{
    int64_t left = last->at + DATE_HOUR_US - now;
    return left > 0 ? (unsigned)(left / SECOND_US + 1) : 1;
}

struct sender_judgement sender_judge(const struct sender_rules *rules,
                                     const struct earlier_filing *earlier, size_t count,
                                     const struct submission *filed, const struct uuid *idempotency,
                                     bool insists)
{
    int64_t now = filed->submitted_at;
    for (size_t i = 0; i < count; i++) {
        if (uuid_equal(&earlier[i].idempotency, idempotency)) {
            return (struct sender_judgement){.verdict = SENDER_REPEATS};
        }
    }
    size_t hour = count_since(earlier, count, now - DATE_HOUR_US);
    if (rules->per_hour > 0 && hour >= (size_t)rules->per_hour) {
        return (struct sender_judgement){.verdict = SENDER_WAITS,
                                         .wait_s = wait_s(&earlier[rules->per_hour - 1], now)};
    }
    for (size_t i = 0; i < count && rules->duplicate_us > 0 && !insists; i++) {
        if (is_duplicate(rules, &earlier[i], filed)) {
            return (struct sender_judgement){.verdict = SENDER_DUPLICATES,
                                             .duplicate = &earlier[i]};
        }
    }
    bool proves = rules->proof_per_hour > 0 && hour >= (size_t)rules->proof_per_hour;
    return (struct sender_judgement){.verdict = proves ? SENDER_PROVES : SENDER_MAY};
}
