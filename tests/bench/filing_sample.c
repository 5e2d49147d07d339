/* SPDX-License-Identifier: Apache-2.0 */
#include "filing_sample.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const categories[] = {"giao-thong", "moi-truong-rac-thai", "ha-tang",
                                         "trat-tu-do-thi"};

void filing_sample_make(struct filing_sample *sample, int64_t number)
{
    sample->id = uuid_new();
    sample->idempotency = uuid_new();
    uuid_format(&sample->id, sample->id_text);
    unsigned pick = (unsigned)(sample->idempotency.bytes[15] | sample->idempotency.bytes[14] << 8);
    sample->category = categories[pick % 4];
    sample->lat = 20.98 + (pick % 997) * 0.0001;
    sample->lon = 105.78 + (pick % 811) * 0.0001;
    snprintf(sample->ticket, sizeof sample->ticket, "HN-2026-%07" PRId64 "-0", number);
    snprintf(sample->description, sizeof sample->description,
             "Nắp cống trước số nhà %u bị vỡ, nước thải tràn ra đường; người đi xe máy đã ngã hai "
             "lần trong tuần. Đề nghị đơn vị quản lý kiểm tra, rào chắn và thay nắp mới trước khi "
             "trời mưa.",
             pick % 300);
    snprintf(sample->address, sizeof sample->address, "Số %u phố Hàng Bài, Hà Nội", pick % 300);
}

char *filing_sample_event(const struct filing_sample *sample, char *out, size_t size)
{
    snprintf(out, size,
             "{\"submission_id\":\"%s\",\"version\":1,\"ticket\":\"%s\",\"kind\":\"onsite_report\","
             "\"channel\":\"api\",\"category\":\"%s\",\"level\":\"normal\",\"description\":\"%s\","
             "\"location\":{\"lat\":%.6f,\"lon\":%.6f,\"address\":\"%s\"},\"media\":[],"
             "\"reporter\":{\"ref\":\"k-bench\",\"anonymous\":false},\"client\":\"bench\","
             "\"language\":\"vi\",\"submitted_at\":\"2026-11-24T09:05:39.686Z\","
             "\"receive_by\":\"2026-11-25T09:05:39.686Z\",\"receive_rule\":{\"code\":\"receive\","
             "\"version\":1,\"source\":\"QĐ 1207/QĐ-UBND\"}}",
             sample->id_text, sample->ticket, sample->category, sample->description, sample->lat,
             sample->lon, sample->address);
    return out;
}

const char *filing_sample_headers(void)
{
    static char headers[FILING_SAMPLE_HEADERS];
    if (headers[0] == '\0') {
        memset(headers, 'h', sizeof headers);
    }
    return headers;
}

char *filing_sample_body(const struct filing_sample *sample, const char *email, char *out,
                         size_t size)
{
    char contact[128] = "";
    if (email != NULL) {
        snprintf(contact, sizeof contact, ",\"contact\":{\"email\":\"%s\"}", email);
    }
    snprintf(out, size,
             "{\"category\":\"%s\",\"description\":\"%s\",\"location\":{\"lat\":%.6f,\"lon\":%.6f,"
             "\"address\":\"%s\"}%s}",
             sample->category, sample->description, sample->lat, sample->lon, sample->address,
             contact);
    return out;
}
