/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_page.h"

#include <assert.h>
#include <string.h>

#include "common/html.h"
#include "common/words.h"
#include "services/routing/city_time.h"
#include "services/routing/url_json.h"

const char *const case_page_events[] = {
    "Mở vụ việc",
    "Tiếp nhận",
    "Phân công",
    "Bắt đầu xử lý",
    "Có kết quả xử lý",
    "Từ chối",
    "Chuyển đơn vị xử lý",
    "Nhắc hạn",
    "Báo cáo quá hạn",
    "Trả lại, đề nghị chuyển đơn vị",
    "Yêu cầu bổ sung thông tin",
    "Đã bổ sung thông tin",
    "Gia hạn",
    "Đề nghị, chờ phê duyệt",
    "Không phê duyệt đề nghị",
    "Mở lại theo yêu cầu của người phản ánh",
    "Người phản ánh đánh giá",
    "Kết thúc",
    "Người phản ánh rút",
    "Gộp vào vụ việc khác",
    "Tách khỏi vụ việc đã gộp",
    "Tách thành vụ việc mới",
    "Phân loại lại",
    "Phối hợp xử lý",
    "Kiểm tra kết quả",
    "Tính lại thời hạn",
    "Chuyển bước",
    "Trao đổi",
    NULL,
};

static const char *const levels[] = {"Khẩn", "Phức tạp", "Bình thường"};
static const char *const audits[] = {"", "Chờ kiểm tra", "Đạt", "Không đạt"};
static const char *const tasks[] = {"Chờ nhận", "Đã nhận", "Đã xong", "Từ chối"};
static const char *const ratings[] = {"Hài lòng", "Chấp nhận", "Chưa hài lòng", ""};
static const char *const actors[] = {
    "Hệ thống",         "Người dân",
    "Cán bộ",           "Đầu mối",
    "Lãnh đạo đơn vị",  "Biên tập",
    "Người phê duyệt",  "Tổng đài viên",
    "Tình nguyện viên", "Kiểm soát",
    "Quản trị",         "Người được giao",
    "Người phản ánh",   "Văn phòng Thành phố",
    "Đơn vị phối hợp",
};
static_assert(sizeof actors / sizeof actors[0] == ACTORS, "each actor has a name");

static const char style[] =
    "@page{size:A4;margin:18mm 15mm}"
    "body{font:11pt/1.4 'Times New Roman',serif;color:#000;max-width:180mm;margin:0 auto}"
    "h1{font-size:16pt;text-align:center;margin:0 0 2mm}h2{font-size:12pt;margin:6mm 0 2mm;"
    "border-bottom:1px solid #000}p{margin:0 0 2mm}.text{white-space:pre-wrap}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:1mm 2mm;"
    "text-align:left;vertical-align:top}.facts th{width:45mm;font-weight:normal;background:#eee}"
    "thead{display:table-header-group}tr,figure{break-inside:avoid}"
    ".sides{display:grid;grid-template-columns:1fr 1fr;gap:4mm}"
    "figure{margin:0 0 3mm}img{max-width:100%;max-height:90mm}"
    "figcaption,.foot{font-size:8pt;overflow-wrap:anywhere}";

/* ---- pieces ---- */

static void put_time(struct buffer *out, const struct case_page *page, int64_t at_us)
{
    char text[CITY_TIME_SIZE];
    if (at_us != 0) {
        buffer_put_text(out, city_time_format(page->reference->cases.calendar, at_us, text));
    }
}

/* A unit that is no more is known by its code alone. */
static void put_unit(struct buffer *out, const struct case_page *page, const char *code)
{
    const struct unit *unit = unit_find(&page->reference->units, code);
    html_put(out, unit != NULL ? unit->name_vi : code);
}

static void open_fact(struct buffer *out, const char *name)
{
    buffer_put_format(out, "<tr><th>%s</th><td>", name);
}

static void close_fact(struct buffer *out)
{
    buffer_put_text(out, "</td></tr>\n");
}

static void put_fact(struct buffer *out, const char *name, const char *text)
{
    if (text != NULL) {
        open_fact(out, name);
        html_put(out, text);
        close_fact(out);
    }
}

static void put_time_fact(struct buffer *out, const struct case_page *page, const char *name,
                          int64_t at_us)
{
    if (at_us != 0) {
        open_fact(out, name);
        put_time(out, page, at_us);
        close_fact(out);
    }
}

static void put_unit_fact(struct buffer *out, const struct case_page *page, const char *name,
                          const char *code)
{
    if (code != NULL) {
        open_fact(out, name);
        put_unit(out, page, code);
        close_fact(out);
    }
}

static void put_paragraph(struct buffer *out, const char *name, const char *text)
{
    if (text != NULL) {
        buffer_put_format(out, "<p class=\"text\">%s", name);
        html_put(out, text);
        buffer_put_text(out, "</p>\n");
    }
}

/* ---- the sections ---- */

static const struct case_snapshot *newest(const struct case_page *page)
{
    return &page->versions[page->version_count - 1];
}

static void put_state(struct buffer *out, const struct case_page *page)
{
    const struct case_snapshot *now = newest(page);
    const struct category *category = reference_category(page->reference, now->category);
    buffer_put_text(out, "<table class=\"facts\">\n");
    put_fact(out, "Mã phản ánh", now->ticket);
    put_fact(out, "Loại", now->process->name_vi);
    put_fact(out, "Lĩnh vực", category != NULL ? category->name_vi : now->category);
    put_fact(out, "Mức độ", levels[now->level]);
    put_fact(out, "Trạng thái", now->process->states[now->state].name_vi);
    put_unit_fact(out, page, "Đơn vị xử lý", now->unit);
    put_fact(out, "Người được giao", now->assignee);
    put_time_fact(out, page, "Hạn tiếp nhận", clock_due(&now->clocks[CASE_RECEIVE]));
    put_time_fact(out, page, "Tiếp nhận lúc", now->accepted_at);
    if (now->clocks[CASE_RESOLVE].run_count > 0) {
        put_time_fact(out, page, "Hạn xử lý", clock_due(&now->clocks[CASE_RESOLVE]));
    }
    put_time_fact(out, page, "Có kết quả lúc", now->resolved_at);
    put_time_fact(out, page, "Kết thúc lúc", now->closed_at);
    buffer_put_text(out, "</table>\n");
}

static void put_place(struct buffer *out, const struct case_page *page)
{
    const struct submission *report = page->report;
    put_fact(out, "Địa chỉ", report->address);
    put_unit_fact(out, page, "Địa bàn", newest(page)->area);
    if (report->has_place) {
        open_fact(out, "Tọa độ");
        buffer_put_format(out, "%.6f, %.6f", report->lat, report->lon);
        close_fact(out);
    }
}

/* What was asked that day is part of what was answered. */
static void put_answers(struct buffer *out, const struct submission *report)
{
    for (size_t i = 0; i < report->answer_count; i++) {
        const struct submission_answer *answer = &report->answers[i];
        const char *const *values = answer->names_vi != NULL ? answer->names_vi : answer->values;
        buffer_put_text(out, "<tr><th>");
        html_put(out, answer->prompt_vi);
        buffer_put_text(out, "</th><td>");
        for (size_t v = 0; v < answer->value_count; v++) {
            buffer_put_text(out, v > 0 ? "; " : "");
            html_put(out, values[v]);
        }
        close_fact(out);
    }
}

static void put_report(struct buffer *out, const struct case_page *page)
{
    const struct submission *report = page->report;
    buffer_put_text(out, "<h2>Nội dung phản ánh</h2>\n<table class=\"facts\">\n");
    put_time_fact(out, page, "Gửi lúc", report->submitted_at);
    put_fact(out, "Kênh tiếp nhận", report->channel);
    put_place(out, page);
    put_answers(out, report);
    buffer_put_text(out, "</table>\n");
    put_paragraph(out, "", report->title);
    put_paragraph(out, "", report->description);
}

/* Intake says where an upload is, and to whom. */
static void put_upload(struct buffer *out, const char *id, size_t number)
{
    buffer_put_format(out,
                      "<p><a href=\"/api/intake/media/%s/links\">Ảnh, tệp đã tải lên %zu</a></p>\n",
                      id, number);
}

static void put_pictures(struct buffer *out, const char *title, const char *const *urls,
                         size_t count)
{
    buffer_put_format(out, "<div><p>%s</p>\n", title);
    for (size_t i = 0; i < count; i++) {
        const char *upload = media_reference_id(urls[i]);
        if (upload != NULL) {
            put_upload(out, upload, i + 1);
            continue;
        }
        buffer_put_text(out, "<figure><img alt=\"\" referrerpolicy=\"no-referrer\" src=\"");
        html_put(out, urls[i]);
        buffer_put_text(out, "\"><figcaption>");
        html_put_link(out, urls[i]);
        buffer_put_text(out, "</figcaption></figure>\n");
    }
    buffer_put_text(out, count > 0 ? "</div>\n" : "<p>Không có</p></div>\n");
}

static void put_result(struct buffer *out, const struct case_page *page)
{
    const struct case_snapshot *now = newest(page);
    buffer_put_text(out, "<h2>Kết quả</h2>\n");
    put_paragraph(out, "", now->result_text != NULL ? now->result_text : "Chưa có");
    put_paragraph(out, "Lý do: ", now->reason_text);
    if (now->rating != NULL) {
        put_paragraph(out, "Đánh giá: ", ratings[word_index(case_rating_words, now->rating)]);
    }
    if (now->audit != AUDIT_NONE) {
        put_paragraph(out, "Kiểm tra: ", audits[now->audit]);
        put_paragraph(out, "", now->audit_text);
    }
    buffer_put_text(out, "<div class=\"sides\">\n");
    put_pictures(out, "Trước", page->report->media, page->report->media_count);
    put_pictures(out, "Sau", now->evidence, now->evidence_count);
    buffer_put_text(out, "</div>\n");
}

static void put_tasks(struct buffer *out, const struct case_page *page)
{
    const struct case_snapshot *now = newest(page);
    if (now->task_count == 0) {
        return;
    }
    buffer_put_text(out, "<h2>Đơn vị phối hợp</h2>\n<table><thead><tr><th>Đơn vị</th>"
                         "<th>Tình trạng</th><th>Nội dung</th></tr></thead>\n");
    for (size_t i = 0; i < now->task_count; i++) {
        buffer_put_text(out, "<tr><td>");
        put_unit(out, page, now->tasks[i].unit);
        buffer_put_format(out, "</td><td>%s</td><td>", tasks[now->tasks[i].state]);
        html_put(out, now->tasks[i].note);
        buffer_put_text(out, "</td></tr>\n");
    }
    buffer_put_text(out, "</table>\n");
}

static void put_handovers(struct buffer *out, const struct case_page *page)
{
    const struct case_snapshot *now = newest(page);
    if (now->trail_count == 0) {
        return;
    }
    buffer_put_text(out, "<h2>Chuyển giao giữa các đơn vị</h2>\n<table><thead><tr><th>Lúc</th>"
                         "<th>Từ</th><th>Đề nghị chuyển tới</th><th>Lý do</th></tr></thead>\n");
    for (size_t i = 0; i < now->trail_count; i++) {
        const struct case_handover *handover = &now->trail[i];
        buffer_put_text(out, "<tr><td>");
        put_time(out, page, handover->at);
        buffer_put_text(out, "</td><td>");
        put_unit(out, page, handover->from);
        buffer_put_text(out, "</td><td>");
        put_unit(out, page, handover->to);
        buffer_put_text(out, "</td><td>");
        html_put(out, handover->reason);
        buffer_put_text(out, "</td></tr>\n");
    }
    buffer_put_text(out, "</table>\n");
}

static bool is_new(const char *text, const char *before)
{
    return text != NULL && (before == NULL || strcmp(text, before) != 0);
}

/* Pictures of the message that this version does, as links: the line of a table is small. */
static void put_message_media(struct buffer *out, const struct case_snapshot *now)
{
    for (size_t i = 0; i < now->message_media_count; i++) {
        const char *upload = media_reference_id(now->message_media[i]);
        if (upload != NULL) {
            put_upload(out, upload, i + 1);
        } else {
            buffer_put_text(out, "<p>");
            html_put_link(out, now->message_media[i]);
            buffer_put_text(out, "</p>\n");
        }
    }
}

/* What was said with this version and not before. */
static void put_said(struct buffer *out, const struct case_snapshot *now,
                     const struct case_snapshot *before)
{
    static const struct case_snapshot nothing;
    before = before != NULL ? before : &nothing;
    put_paragraph(out, "", now->note);
    if (is_new(now->question, before->question)) {
        put_paragraph(out, "Hỏi: ", now->question);
    }
    if (is_new(now->answer, before->answer)) {
        put_paragraph(out, "Trả lời: ", now->answer);
    }
    if (is_new(now->reason_text, before->reason_text)) {
        put_paragraph(out, "Lý do: ", now->reason_text);
    }
    if (now->proposal.action >= 0 && now->proposal.at == now->at_us) {
        put_paragraph(out, "Lý do: ", now->proposal.reason_text);
    }
    if (is_new(now->result_text, before->result_text)) {
        put_paragraph(out, "Kết quả: ", now->result_text);
    }
    if (is_new(now->audit_text, before->audit_text)) {
        put_paragraph(out, "Nhận xét: ", now->audit_text);
    }
    put_message_media(out, now);
}

/* A snapshot knows the action; what its event is called, the process knows, or we do. */
static const char *event_name(const struct case_snapshot *now)
{
    static const char *const builtins[][2] = {
        {CASE_OPEN, "opened"},
        {"propose", "proposed"},
        {CASE_DISAPPROVE, "declined"},
        {CASE_REMIND, "reminded"},
        {CASE_ESCALATE, "escalated"},
        {CASE_SUCCEED, "routed"},
        {CASE_SUCCEED_TASK, "task_changed"},
        {CASE_RECOMPUTE, "recomputed"},
    };
    int action = process_action_find(now->process, now->action);
    if (action >= 0) {
        return case_page_events[now->process->actions[action].event];
    }
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        if (strcmp(now->action, builtins[i][0]) == 0) {
            return case_page_events[word_index(process_event_words, builtins[i][1])];
        }
    }
    return now->action;
}

static void put_step(struct buffer *out, const struct case_page *page, size_t number)
{
    const struct case_snapshot *now = &page->versions[number];
    buffer_put_format(out, "<tr><td>%d</td><td>", now->version);
    put_time(out, page, now->at_us);
    buffer_put_format(out, "</td><td>%s</td><td>", event_name(now));
    html_put(out, now->process->states[now->state].name_vi);
    buffer_put_text(out, "</td><td>");
    put_unit(out, page, now->unit);
    buffer_put_format(out, "</td><td>%s ", actors[now->actor_role]);
    html_put(out, now->actor_ref);
    buffer_put_text(out, "</td><td>");
    put_said(out, now, number > 0 ? now - 1 : NULL);
    buffer_put_text(out, "</td></tr>\n");
}

static void put_timeline(struct buffer *out, const struct case_page *page)
{
    buffer_put_text(out, "<h2>Quá trình xử lý</h2>\n<table><thead><tr><th>#</th><th>Lúc</th>"
                         "<th>Việc</th><th>Trạng thái</th><th>Đơn vị</th><th>Người</th>"
                         "<th>Nội dung</th></tr></thead>\n");
    for (size_t i = 0; i < page->version_count; i++) {
        put_step(out, page, i);
    }
    buffer_put_text(out, "</table>\n");
}

void case_page_write(struct buffer *out, const struct case_page *page)
{
    buffer_put_text(out, "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<title>");
    html_put(out, newest(page)->ticket);
    buffer_put_format(out, "</title>\n<style nonce=\"%s\">%s</style>\n</head>\n<body>\n",
                      page->nonce, style);
    buffer_put_text(out, "<h1>Phiếu xử lý phản ánh, kiến nghị</h1>\n");
    put_state(out, page);
    put_report(out, page);
    put_result(out, page);
    put_tasks(out, page);
    put_handovers(out, page);
    put_timeline(out, page);
    buffer_put_text(out, "<p class=\"foot\">In lúc ");
    put_time(out, page, page->printed_at);
    buffer_put_text(out, ", ");
    html_put(out, page->printed_by);
    buffer_put_text(out, "</p>\n</body>\n</html>\n");
}
