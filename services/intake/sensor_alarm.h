/* SPDX-License-Identifier: Apache-2.0 */
/* sensor_alarm: what a sensor says, and which alarms are one matter.
 *
 * Alarms of one sensor within a window are one submission. Windows begin at fixed instants, so
 * which one an alarm belongs to follows from the alarm alone: repeats, replicas and alarms that
 * come late need no lock and no look at what came before. */
#ifndef INTAKE_SENSOR_ALARM_H
#define INTAKE_SENSOR_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"
#include "rule.h"

#define READING_MAX 1e12 /* either way */

enum { SENSOR_MAX = 128, READING_KIND_MAX = 64, READING_UNIT_MAX = 16 };

struct sensor_alarm {
    const char *sensor;
    const char *kind; /* of reading: "water-level" */
    double value;
    const char *unit; /* may be NULL */
    int64_t at_us;
};

struct burst_rule {
    struct rule rule;
    int64_t window_min;
};
extern const struct burst_rule burst_rule;

/* Data of vn.hanoi.sensor.alarmed.v1: the report of a sensor, which says in words what was read.
 * Unknown members are skipped. */
bool sensor_alarm_read(struct sensor_alarm *alarm, struct report *report, const char *json,
                       size_t size, struct arena *arena, struct error *err);

/* The number of the window that the instant is in. */
int64_t burst_window(const struct burst_rule *rule, int64_t at_us);

#endif
