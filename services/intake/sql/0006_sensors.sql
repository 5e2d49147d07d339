-- SPDX-License-Identifier: Apache-2.0
-- Alarms of one sensor within a window are one submission. Which one, the submission's idempotency
-- says; here is counted what was folded into it.
CREATE TABLE sensor_burst (
    submission_id uuid PRIMARY KEY,
    source       text NOT NULL,
    sensor       text NOT NULL,
    first_at     timestamptz NOT NULL,   -- as the sensor says
    last_at      timestamptz NOT NULL,
    alarms       bigint NOT NULL,
    rule_code    text NOT NULL,
    rule_version integer NOT NULL,
    rule_source  text NOT NULL
);
CREATE INDEX sensor_burst_sensor ON sensor_burst (source, sensor, first_at);

-- So that a repeated alarm counts once; kept longer than the topic keeps it.
CREATE TABLE sensor_alarm (
    event    uuid PRIMARY KEY,           -- of (source, id): first half of a SHA-256
    taken_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sensor_alarm_taken ON sensor_alarm (taken_at);
