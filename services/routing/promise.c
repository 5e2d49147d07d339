/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/promise.h"

#include <assert.h>

#define TICK_US INT64_C(1000)

/* The last tick for which the piece that holds just after `from` still holds: the next opening or
 * closing, or the instant whose deadline is a closing (after it the deadline jumps). */
static bool piece_end(const struct calendar *calendar, int64_t from_us, int64_t minutes,
                      int64_t *end_us)
{
    int64_t due;
    *end_us = calendar_next_change_us(calendar, from_us);
    if (!calendar_is_working(calendar, from_us)) {
        return true;
    }
    if (!deadline_after(calendar, from_us + TICK_US, minutes, &due)) {
        return false;
    }
    int64_t open_us = calendar_next_change_us(calendar, due - TICK_US) - (due - TICK_US);
    *end_us = from_us + open_us < *end_us ? from_us + open_us : *end_us;
    return true;
}

/* The pieces touch: on (from, end] the deadline is straight, so each begins a tick after the end of
 * the one before, but for the first, which begins at start. */
size_t promise_segments(const struct calendar *calendar, int64_t start_us, int64_t end_us,
                        int64_t minutes, struct promise_segment *segments)
{
    assert(start_us % TICK_US == 0 && start_us < end_us && minutes > 0);
    size_t count = 0;
    int64_t before = start_us - TICK_US; /* the end of the piece before */
    while (before + TICK_US < end_us) {
        struct promise_segment piece = {.from_us = before + TICK_US};
        int64_t end;
        if (count == PROMISE_SEGMENTS_MAX || !piece_end(calendar, before, minutes, &end) ||
            !deadline_after(calendar, piece.from_us, minutes, &piece.due_us)) {
            return 0;
        }
        piece.slope = calendar_is_working(calendar, before) ? 1 : 0;
        segments[count++] = piece;
        before = end;
    }
    return count;
}

int64_t promise_due(const struct promise_segment *segments, size_t count, int64_t at_us)
{
    assert(count > 0 && at_us >= segments[0].from_us);
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (segments[middle].from_us <= at_us) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return segments[low].due_us + segments[low].slope * (at_us - segments[low].from_us);
}
