/* SPDX-License-Identifier: Apache-2.0 */
#include "store_sensor.h"

/* In the order of keys, which spares replicas a deadlock. */
static const struct pg_statement count_alarms = {
    "intake_count_alarms",
    "WITH gone AS (DELETE FROM sensor_alarm WHERE event IN (SELECT event FROM sensor_alarm "
    "WHERE taken_at < now() - interval '30 days' LIMIT 1000 FOR UPDATE SKIP LOCKED)), "
    "alarm AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], "
    "$5::timestamptz[]) AS a (event, idempotency, source, sensor, at)), "
    "fresh AS (INSERT INTO sensor_alarm (event) SELECT DISTINCT event FROM alarm ORDER BY event "
    "ON CONFLICT DO NOTHING RETURNING event), "
    "counted AS (SELECT DISTINCT ON (event) event, s.id, source, sensor, at FROM alarm "
    "JOIN fresh USING (event) JOIN submission s USING (idempotency) ORDER BY event) "
    "INSERT INTO sensor_burst AS b (submission_id, source, sensor, first_at, last_at, alarms, "
    "rule_code, rule_version, rule_source) "
    "SELECT id, source, sensor, min(at), max(at), count(*), $6, $7, $8 FROM counted "
    "GROUP BY id, source, sensor ORDER BY id ON CONFLICT (submission_id) DO UPDATE SET "
    "first_at = least(b.first_at, excluded.first_at), "
    "last_at = greatest(b.last_at, excluded.last_at), alarms = b.alarms + excluded.alarms"};

enum { EVENT, IDEMPOTENCY, SOURCE, SENSOR, AT, COLUMNS };

static const enum pg_type column_types[COLUMNS] = {
    [EVENT] = PG_UUID,  [IDEMPOTENCY] = PG_UUID, [SOURCE] = PG_TEXT,
    [SENSOR] = PG_TEXT, [AT] = PG_TIMESTAMPTZ,
};

static bool has_alarm(struct filing *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i]->alarm != NULL) {
            return true;
        }
    }
    return false;
}

static void put_alarm(struct pg_array *columns, const struct filing *filing)
{
    const struct filing_alarm *alarm = filing->alarm;
    pg_array_uuid(&columns[EVENT], &alarm->event);
    pg_array_uuid(&columns[IDEMPOTENCY], &filing->idempotency);
    pg_array_text(&columns[SOURCE], alarm->source);
    pg_array_text(&columns[SENSOR], alarm->said.sensor);
    pg_array_instant(&columns[AT], alarm->said.at_us);
}

void store_count_alarms(struct pg_tx *tx, struct filing *const *items, size_t count)
{
    struct pg_array columns[COLUMNS];
    if (!has_alarm(items, count)) {
        return; /* as nearly always: what residents file goes this way, too */
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], column_types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (items[i]->alarm != NULL) {
            put_alarm(columns, items[i]);
        }
    }
    pg_tx_add(tx, &count_alarms);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
    pg_tx_text(tx, burst_rule.rule.code);
    pg_tx_int4(tx, burst_rule.rule.version);
    pg_tx_text(tx, burst_rule.rule.source);
}
