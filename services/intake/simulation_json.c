/* SPDX-License-Identifier: Apache-2.0 */
/* What the systems that are played say. Places, names and numbers are made up; points lie in the
 * inner city. */
#include <stdio.h>

#include "common/date.h"
#include "simulation_private.h"

#define LAT_SOUTH 20.97
#define LON_WEST  105.78
#define REACH     0.09 /* degrees */

enum { SENSORS = 12, CAR_PARKS = 14, ALERTS = 10, PUPILS = 200, CUSTOMERS = 150, CHAIN = 3 };

static const char *pick(struct simulation *s, const char *const *texts)
{
    size_t count = 0;
    while (texts[count] != NULL) {
        count++;
    }
    return texts[simulation_below(s, count)];
}

static const char *const streets[] = {"Hàng Bông",  "Láng Hạ", "Nguyễn Trãi", "Kim Mã", "Tây Sơn",
                                      "Giải Phóng", "Phố Huế", "Xuân Thủy",   NULL};

/* place: so that a thing stays where it is; a new one each time: UINT64_MAX. */
static void put_location(struct simulation *s, struct json_writer *json, uint64_t place,
                         const char *street)
{
    uint64_t at = place == UINT64_MAX ? simulation_below(s, 1u << 30) : place * 2654435761u;
    char address[128];
    snprintf(address, sizeof address, "Phố %s, Hà Nội", street);
    json_open_object(json, "location");
    json_put_real(json, "lat", LAT_SOUTH + REACH * (double)(at % 9973) / 9973, 6);
    json_put_real(json, "lon", LON_WEST + REACH * (double)(at / 9973 % 9967) / 9967, 6);
    json_put_text(json, "address", address);
    json_close_object(json);
}

static void set_subject(struct simulated *event, const char *prefix, uint64_t number)
{
    snprintf(event->subject, sizeof event->subject, "%s%llu", prefix, (unsigned long long)number);
}

static void write_camera(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    static const char *const what[] = {"Cây đổ chắn một làn đường.",
                                       "Xe hỏng dừng giữa cầu vượt.",
                                       "Đèn tín hiệu không sáng.",
                                       "Va chạm giữa hai xe máy, ùn tắc kéo dài.",
                                       "Hố sụt mở rộng trên mặt đường.",
                                       "Vật liệu rơi vãi trên đường.",
                                       NULL};
    uint64_t camera = simulation_below(s, 40);
    set_subject(event, "CAM-", s->serial);
    json_put_text(json, "incident_id", event->subject);
    json_put_text(json, "category", "giao-thong");
    if (simulation_chance(s, 15)) {
        json_put_text(json, "level", "urgent");
    }
    json_put_text(json, "description", pick(s, what));
    put_location(s, json, camera, streets[camera % 8]);
    json_put_instant(json, "occurred_at", event->at_us);
}

/* A sensor that has begun goes on for a while. */
static void write_sensor(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    if (s->burst_left == 0) {
        s->burst_of = simulation_below(s, SENSORS);
        s->burst_left = 3 + (unsigned)simulation_below(s, 12);
    }
    s->burst_left--;
    set_subject(event, "NGAP-", s->burst_of);
    json_put_text(json, "sensor_id", event->subject);
    json_put_text(json, "kind", "water-level");
    json_put_real(json, "value", 0.3 + (double)simulation_below(s, 90) / 100, 2);
    json_put_text(json, "unit", "m");
    json_put_text(json, "category", "ha-tang");
    put_location(s, json, 100 + s->burst_of, streets[s->burst_of % 8]);
    json_put_instant(json, "at", event->at_us);
}

static void write_parking(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    uint64_t place = simulation_below(s, CAR_PARKS);
    int64_t capacity = 40 + (int64_t)place * 15;
    char name[96];
    set_subject(event, "P-", place);
    snprintf(name, sizeof name, "Bãi đỗ xe %s", streets[place % 8]);
    json_put_text(json, "place_id", event->subject);
    json_put_text(json, "name", name);
    put_location(s, json, 200 + place, streets[place % 8]);
    json_put_text(json, "vehicle", "car");
    json_put_int(json, "capacity", capacity);
    json_put_int(json, "free", (int64_t)simulation_below(s, (uint64_t)capacity + 1));
    json_put_bool(json, "open", true);
    json_put_instant(json, "at", event->at_us);
}

static void write_bus(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    static const char *const routes[] = {"01", "09A", "26", "32", "E03", NULL};
    static const char *const effects[] = {"DETOUR", "SIGNIFICANT_DELAYS", "NO_SERVICE",
                                          "STOP_MOVED", NULL};
    static const char *const causes[] = {"CONSTRUCTION", "WEATHER", "ACCIDENT", NULL};
    uint64_t alert = simulation_below(s, ALERTS);
    const char *route = routes[alert % 5];
    char header[128];
    set_subject(event, "BA-", alert);
    snprintf(header, sizeof header, "Tuyến %s có thay đổi qua phố %s.", route, streets[alert % 8]);
    json_put_text(json, "alert_id", event->subject);
    json_open_array(json, "routes");
    json_put_text(json, NULL, route);
    json_close_array(json);
    json_put_text(json, "cause", pick(s, causes));
    json_put_text(json, "effect", pick(s, effects));
    json_open_array(json, "periods");
    json_open_object(json, NULL);
    json_put_instant(json, "from", event->at_us);
    json_put_instant(json, "until", event->at_us + DATE_DAY_US);
    json_close_object(json);
    json_close_array(json);
    json_put_text(json, "header", header);
    json_put_instant(json, "at", event->at_us);
}

static void write_school(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    static const char *const subjects[] = {"Toán", "Ngữ văn", "Tiếng Anh", "Khoa học tự nhiên",
                                           NULL};
    uint64_t pupil = simulation_below(s, PUPILS);
    char class[16];
    set_subject(event, "hs-", pupil);
    snprintf(class, sizeof class, "%dA%d", (int)(6 + pupil % 4), (int)(1 + pupil / 4 % 5));
    json_put_text(json, "pupil_ref", event->subject);
    json_put_text(json, "school", pupil % 2 ? "Trường THCS Sao Mai" : "Trường THCS Hoa Sen");
    json_put_text(json, "term", "2026-2027/1");
    json_put_text(json, "class", class);
    json_open_array(json, "marks");
    for (size_t i = 0; subjects[i] != NULL; i++) {
        json_open_object(json, NULL);
        json_put_text(json, "subject", subjects[i]);
        json_put_real(json, "mark", 4 + (double)simulation_below(s, 25) / 4, 2);
        json_close_object(json);
    }
    json_close_array(json);
    json_put_instant(json, "at", event->at_us);
}

/* A customer has one bill of each kind; it is issued, then paid. */
static void write_bill(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    static const char *const kinds[] = {"electricity", "water"};
    static const char *const statuses[] = {"unpaid", "paid", NULL};
    uint64_t customer = simulation_below(s, CUSTOMERS), kind = customer % 2;
    char bill[64];
    set_subject(event, "kh-", customer);
    snprintf(bill, sizeof bill, "%s-2026-11-%llu", kind ? "NUOC" : "DIEN",
             (unsigned long long)customer);
    json_put_text(json, "bill_id", bill);
    json_put_text(json, "customer_ref", event->subject);
    json_put_text(json, "kind", kinds[kind]);
    json_put_text(json, "period", "2026-11");
    json_put_int(json, "amount_vnd", 45000 + (int64_t)(customer * 7919 % 900) * 1000);
    json_put_text(json, "due_date", "2026-12-10");
    json_put_text(json, "status", pick(s, statuses));
    json_put_instant(json, "at", event->at_us);
}

static void put_warning(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    static const char *const what[] = {"Mưa lớn", "Dông, lốc, sét", "Rét đậm", "Ngập úng", NULL};
    static const char *const severities[] = {"Moderate", "Severe", "Extreme", NULL};
    json_open_array(json, "info");
    json_open_object(json, NULL);
    json_put_text(json, "language", "vi-VN");
    json_put_text(json, "event", pick(s, what));
    json_put_text(json, "urgency", "Expected");
    json_put_text(json, "severity", pick(s, severities));
    json_put_text(json, "certainty", "Likely");
    json_put_instant(json, "expires", event->at_us + DATE_DAY_US / 4);
    json_put_text(json, "headline", "Cảnh báo cho nội thành Hà Nội");
    json_put_text(json, "instruction", "Hạn chế ra đường; không đi qua hầm chui bị ngập.");
    json_open_array(json, "area");
    json_open_object(json, NULL);
    json_put_text(json, "areaDesc", "Các phường nội thành");
    json_open_array(json, "polygon");
    json_put_text(json, NULL, "20.97,105.78 21.06,105.78 21.06,105.87 20.97,105.78");
    json_close_array(json);
    json_close_object(json);
    json_close_array(json);
    json_close_object(json);
    json_close_array(json);
}

/* By threes: an alert, its update, its cancel; each refers to the one before. */
static void write_disaster(struct simulation *s, struct simulated *event, struct json_writer *json)
{
    static const char *const types[CHAIN] = {"Alert", "Update", "Cancel"};
    uint64_t number = s->serial - 1, place = number % CHAIN;
    char prefix[48], reference[160];
    snprintf(prefix, sizeof prefix, "TT-%llu-", (unsigned long long)s->seed);
    set_subject(event, prefix, number);
    json_put_text(json, "identifier", event->subject);
    json_put_text(json, "sender", "canhbao@disaster.example");
    json_put_instant(json, "sent", event->at_us);
    json_put_text(json, "status", "Actual");
    json_put_text(json, "msgType", types[place]);
    json_put_text(json, "scope", "Public");
    if (place > 0) {
        snprintf(reference, sizeof reference,
                 "canhbao@disaster.example,%s%llu,2026-11-24T04:00:00Z", prefix,
                 (unsigned long long)number - 1);
        json_open_array(json, "references");
        json_put_text(json, NULL, reference);
        json_close_array(json);
    }
    if (place < 2) {
        put_warning(s, event, json);
    }
}

const struct simulated_system simulated_systems[] = {
    {"camera", "https://camera.example/hanoi", "vn.hanoi.incident.reported.v1", write_camera},
    {"sensors", "https://sensors.example/hanoi", "vn.hanoi.sensor.alarmed.v1", write_sensor},
    {"parking", "https://parking.example/hanoi", "vn.hanoi.parking.counted.v1", write_parking},
    {"bus", "https://bus.example/hanoi", "vn.hanoi.bus_alert.published.v1", write_bus},
    {"school", "https://school.example/hanoi", "vn.hanoi.school_record.issued.v1", write_school},
    {"bills", "https://bills.example/hanoi", "vn.hanoi.bill.issued.v1", write_bill},
    {"disaster", "https://disaster.example/hanoi", "vn.hanoi.warning.issued.v1", write_disaster},
    {NULL, NULL, NULL, NULL},
};

void simulation_write(struct simulation *simulation, struct simulated *event)
{
    struct json_writer json;
    json_write_start(&json, &event->data);
    json_open_object(&json, NULL);
    simulation->system->write(simulation, event, &json);
    json_close_object(&json);
}
