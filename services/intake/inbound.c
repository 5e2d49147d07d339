/* SPDX-License-Identifier: Apache-2.0 */
#include "inbound.h"

#include <string.h>

#include "common/digest.h"

static bool fault(struct error *err, const char *code, const char *field, const char *text)
{
    error_set(err, ERR_INPUT, code, "%s %s", field, text);
    return error_add_field(err, field, code, "%s", text);
}

/* What the types of reports have in common. */
struct reading {
    const struct event_in *event;
    struct report report;
    const char *idempotency_key;
    const struct filing_alarm *alarm;
    struct arena *arena;
    struct error *err;
};

static bool read_incident(struct reading *reading)
{
    const struct event_in *event = reading->event;
    const char *incident_id;
    reading->idempotency_key = arena_format(reading->arena, "%s\n%s", event->source, event->id);
    return report_read_incident(&reading->report, &incident_id, event->data, event->data_size,
                                reading->arena, reading->err);
}

static struct uuid event_key(const struct event_in *event)
{
    const struct digest_piece pieces[] = {{event->source, strlen(event->source) + 1},
                                          {event->id, strlen(event->id)}};
    uint8_t digest[DIGEST_SIZE];
    struct uuid key;
    digest_sha256_pieces(pieces, 2, digest);
    memcpy(key.bytes, digest, sizeof key.bytes);
    return key;
}

/* The burst has the key, so that its first alarm files and the others find what it filed. An
 * incident's key has one line break: no source and no id holds any. */
static bool read_alarm(struct reading *reading)
{
    const struct event_in *event = reading->event;
    struct filing_alarm *alarm = arena_alloc(reading->arena, sizeof *alarm);
    if (!sensor_alarm_read(&alarm->said, &reading->report, event->data, event->data_size,
                           reading->arena, reading->err)) {
        return false;
    }
    alarm->source = event->source;
    alarm->event = event_key(event);
    reading->alarm = alarm;
    reading->idempotency_key =
        arena_format(reading->arena, "%s\nsensor %s\n%lld", event->source, alarm->said.sensor,
                     (long long)burst_window(&burst_rule, alarm->said.at_us));
    return true;
}

typedef bool report_reader(struct reading *reading);

static const struct {
    const char *type;
    report_reader *read;
} types[] = {
    {"vn.hanoi.incident.reported.v1", read_incident},
    {"vn.hanoi.sensor.alarmed.v1", read_alarm},
};

/* NULL: no report has this type. */
static report_reader *reader_of(const char *type)
{
    for (size_t i = 0; type != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(type, types[i].type) == 0) {
            return types[i].read;
        }
    }
    return NULL;
}

static bool file(struct filing *filing, const struct reading *reading,
                 const struct inbound_sender *sender, const struct filer *filer,
                 const struct reference *reference, int64_t now_us)
{
    const struct event_in *event = reading->event;
    const struct filing_origin origin = {
        .channel = CHANNEL_INBOUND,
        .client = sender->client,
        .idempotency_scope = "inbound",
        .idempotency_key = reading->idempotency_key,
        .traceparent = event->traceparent != NULL ? event->traceparent : sender->traceparent,
    };
    bool good = filing_prepare(filing, filer, &reading->report, &origin, reference, now_us,
                               reading->arena, reading->err);
    filing->alarm = reading->alarm;
    return good;
}

static bool keep(struct record *record, const struct record_type *type,
                 const struct event_in *event, int64_t now_us, struct arena *arena,
                 struct error *err)
{
    const struct record_said said = {event->source, event->id, event->data, event->data_size};
    if (!record_read(record, type, &said, arena, err)) {
        return false;
    }
    return record->at_us <= now_us + RECORD_AHEAD_MAX_US ||
           error_add_field(err, type->instant, "in_the_future", "is more than a day from now");
}

const char *inbound_fault_class(const struct error *err)
{
    bool envelope = strcmp(err->code, "unknown_type") == 0 || strcmp(err->code, "no_data") == 0;
    return envelope ? err->code : "invalid_data";
}

bool inbound_takes(const char *type)
{
    return record_type_of_event(type) != NULL || reader_of(type) != NULL;
}

bool inbound_is_foreign(const char *type, const struct event_source *source)
{
    return inbound_takes(type) && !event_source_may_send(source, type);
}

bool inbound_check(const char *type, const char *data, size_t size, struct arena *arena,
                   struct error *err)
{
    const struct event_in event = {
        .id = "", .source = "", .type = type, .data = data, .data_size = size};
    const struct record_said said = {event.source, event.id, data, size};
    struct reading reading = {.event = &event, .arena = arena, .err = err};
    const struct record_type *record_type = record_type_of_event(type);
    report_reader *read = reader_of(type);
    struct record record;
    if (record_type != NULL) {
        return record_read(&record, record_type, &said, arena, err);
    }
    return read != NULL ? read(&reading)
                        : fault(err, "unknown_type", "type", "is not one that intake takes");
}

bool inbound_prepare(struct inbound *inbound, const struct event_in *event,
                     const struct inbound_sender *sender, const struct filer *filer,
                     const struct reference *reference, int64_t now_us, struct arena *arena,
                     struct error *err)
{
    struct reading reading = {.event = event, .arena = arena, .err = err};
    const struct record_type *record_type = record_type_of_event(event->type);
    report_reader *read = reader_of(event->type);
    if (record_type == NULL && read == NULL) {
        return fault(err, "unknown_type", "type", "is not one that intake takes");
    }
    if (event->data == NULL) {
        return fault(err, "no_data", "data", "is missing");
    }
    if (record_type != NULL) {
        inbound->filing = NULL;
        return keep(inbound->record, record_type, event, now_us, arena, err);
    }
    inbound->record = NULL;
    return read(&reading) && file(inbound->filing, &reading, sender, filer, reference, now_us);
}
