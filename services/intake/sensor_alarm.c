/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor_alarm.h"

#include <assert.h>

#define MINUTE_US INT64_C(60000000)

/* Half an hour: a flooded underpass is one matter, the next rain is another. */
const struct burst_rule burst_rule = {
    .rule = {.code = "sensor-burst", .version = 1, .source = "assumption"},
    .window_min = 30,
};

int64_t burst_window(const struct burst_rule *rule, int64_t at_us)
{
    assert(at_us >= 0 && rule->window_min > 0);
    return at_us / (rule->window_min * MINUTE_US);
}
