/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/case_subject.h"

#include "services/analytics/case_counter.h"
#include "services/analytics/indicator.h"

/* ---- by what they are counted ---- */

static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_UNIT}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_CATEGORY}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_PROCESS}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_LEVEL}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_AREA}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_CHANNEL}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_UNIT, DIMENSION_CATEGORY}, 2, PERIODS_ALL | PERIODS_MONTH, PERIODS_ALL},
    {{DIMENSION_CATEGORY, DIMENSION_AREA}, 2, PERIODS_ALL | PERIODS_MONTH, 0},
    {{DIMENSION_UNIT, DIMENSION_PROCESS}, 2, PERIODS_MONTH, 0},
    {{DIMENSION_UNIT, DIMENSION_LEVEL}, 2, PERIODS_MONTH, 0},
    {{DIMENSION_UNIT, DIMENSION_CHANNEL}, 2, PERIODS_MONTH, 0},
    {{DIMENSION_DISTRICT}, 1, PERIODS_EVERY, PERIODS_ALL},
    {{DIMENSION_AREA, DIMENSION_DISTRICT}, 2, PERIODS_ALL | PERIODS_MONTH, 0},
    {{DIMENSION_CATEGORY, DIMENSION_DISTRICT}, 2, PERIODS_MONTH, 0},
    {{DIMENSION_RECEIVE_RULE}, 1, PERIODS_ALL | PERIODS_MONTH, PERIODS_ALL},
    {{DIMENSION_RESOLVE_RULE}, 1, PERIODS_ALL | PERIODS_MONTH, PERIODS_ALL},
};

/* ---- what is measured of them ---- */

/* Below it a share says little: at 30 a Wilson interval is up to a third wide. Assumption. */
enum { ENOUGH = 30 };

#define REFUSED                                                                                    \
    (((UINT64_C(1) << (CASE_REASONS + 1)) - 1) << CASE_REFUSED_FIRST) /* whatever the reason */
#define RATED (COUNTER(CASE_SATISFIED) | COUNTER(CASE_ACCEPTABLE) | COUNTER(CASE_DISSATISFIED))

#define NOT_SIPAS                                                                                                                 \
    {                                                                                                                             \
        "Do người gửi tự đánh giá từng phản ánh; không phải chỉ số hài lòng về sự phục vụ hành " \
        "chính do Bộ Nội vụ điều tra.",                                                                                           \
            "Rated by the reporters themselves, case by case; not the index of satisfaction that "                                \
            "the Ministry of Home Affairs surveys."                                                                               \
    }

/* One class of reason for a rejection. */
#define REFUSED_BECAUSE(word, class, because_vi, because_en)                                       \
    {                                                                                              \
        .code = "rejected_" word, .version = 1, .kind = INDICATOR_SHARE, .better = BETTER_NEITHER, \
        .subject = SUBJECT_CASES,                                                                  \
        .label = {"Tỷ lệ từ chối: " because_vi, "Rejected: " because_en},                          \
        .formula = {"Số phản ánh bị từ chối vì lý do này ÷ tổng số phản ánh.",                     \
                    "Cases rejected for this reason ÷ all cases."},                                \
        .source = "assumption", .numerator = COUNTER(CASE_REFUSED_FIRST + (class)),                \
        .denominator = COUNTER(CASE_ALL), .threshold = ENOUGH                                      \
    }

static const struct indicator indicators[] = {
    {
        .code = "received_on_time",
        .rule = DIMENSION_RECEIVE_RULE,
        .version = 2,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ tiếp nhận đúng hạn", "Received on time"},
        .formula = {"Số phản ánh được tiếp nhận (hoặc từ chối ngay) trong 8 giờ làm việc ÷ số phản "
                    "ánh đã được tiếp nhận hoặc đã hết 8 giờ làm việc. Phản ánh chưa tiếp nhận và "
                    "chưa đến hạn không tính vào mẫu số, được nêu riêng. Phản ánh được rút hoặc "
                    "gộp trước khi tiếp nhận chỉ tính khi đã quá hạn.",
                    "Cases received (or rejected at once) within 8 working hours ÷ cases that were "
                    "received or whose 8 working hours have passed. Cases not received and not yet "
                    "due are left out of the denominator and shown apart. Cases withdrawn or "
                    "merged before they were received count only if they were late by then."},
        .source = "QĐ 1207/QĐ-UBND",
        .numerator = COUNTER(CASE_RECEIVE_MET),
        .denominator = COUNTER(CASE_RECEIVE_MET) | COUNTER(CASE_RECEIVE_MISSED),
        .pending = COUNTER(CASE_RECEIVE_PENDING),
        .threshold = ENOUGH,
    },
    {
        .code = "resolved_on_time",
        .rule = DIMENSION_RESOLVE_RULE,
        .version = 2,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ giải quyết đúng hạn", "Resolved on time"},
        .formula = {"Số phản ánh được giải quyết trong hạn ÷ (số phản ánh đã giải quyết + số phản "
                    "ánh đang mở đã quá hạn giải quyết). Hạn giải quyết không tính thời gian chờ "
                    "người dân hoặc bên thứ ba bổ sung thông tin, và tính cả gia hạn đã duyệt. "
                    "Phản ánh đang mở chưa đến hạn được nêu riêng; phản ánh bị từ chối, được rút "
                    "hoặc gộp không tính.",
                    "Cases resolved in time ÷ (cases resolved + open cases past their time to be "
                    "resolved). The time does not run while a resident or third party is asked, "
                    "and includes approved extensions. Open cases not yet due are shown apart; "
                    "rejected, withdrawn and merged cases do not count."},
        .source = "assumption",
        .numerator = COUNTER(CASE_RESOLVE_MET),
        .denominator = COUNTER(CASE_RESOLVE_MET) | COUNTER(CASE_RESOLVE_MISSED),
        .pending = COUNTER(CASE_RESOLVE_PENDING),
        .threshold = ENOUGH,
    },
    {
        .code = "processed",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ đã xử lý (trên số không bị từ chối)", "Processed, of those not rejected"},
        .formula = {"Số phản ánh đã giải quyết ÷ (tổng số phản ánh − số phản ánh bị từ chối).",
                    "Cases resolved ÷ (all cases − cases rejected)."},
        .source = "assumption",
        .numerator = COUNTER(CASE_DONE),
        .denominator = COUNTER(CASE_ALL),
        .denominator_less = REFUSED,
        .threshold = ENOUGH,
    },
    {
        .code = "processed_of_all",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ đã xử lý (trên tổng số)", "Processed, of all"},
        .formula = {"Số phản ánh đã giải quyết ÷ tổng số phản ánh: cách tính của báo chí và báo "
                    "cáo chính thức.",
                    "Cases resolved ÷ all cases: as the press and official reports have it."},
        .source = "assumption",
        .numerator = COUNTER(CASE_DONE),
        .denominator = COUNTER(CASE_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "rejected",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_NEITHER,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ từ chối", "Rejected"},
        .formula = {"Số phản ánh bị từ chối ÷ tổng số phản ánh.", "Cases rejected ÷ all cases."},
        .source = "assumption",
        .numerator = REFUSED,
        .denominator = COUNTER(CASE_ALL),
        .threshold = ENOUGH,
    },
    REFUSED_BECAUSE("out_of_scope_legal", 0, "thuộc khiếu nại, tố cáo hoặc trình tự pháp luật khác",
                    "a matter of complaint, denunciation or another legal way"),
    REFUSED_BECAUSE("unclear", 1, "thông tin không rõ", "unclear"),
    REFUSED_BECAUSE("duplicate", 2, "trùng lặp", "a duplicate"),
    REFUSED_BECAUSE("not_city", 3, "không thuộc thẩm quyền Thành phố", "not a matter of the city"),
    REFUSED_BECAUSE("abusive", 4, "vi phạm quy định về nội dung", "abusive"),
    REFUSED_BECAUSE("other", 5, "lý do khác", "another reason"),
    {
        .code = "satisfied_or_accepting",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ hài lòng và chấp nhận (người gửi tự chọn)",
                  "Satisfied or accepting, as reporters chose"},
        .formula = {"Số phản ánh được đánh giá hài lòng hoặc chấp nhận ÷ số phản ánh được đánh "
                    "giá. Người gửi tự quyết định có đánh giá hay không.",
                    "Cases rated satisfied or acceptable ÷ cases rated. Whoever reported decides "
                    "whether to rate."},
        .note = NOT_SIPAS,
        .source = "assumption",
        .numerator = COUNTER(CASE_SATISFIED) | COUNTER(CASE_ACCEPTABLE),
        .denominator = RATED,
        .threshold = ENOUGH,
    },
    {
        .code = "satisfied",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ hài lòng (người gửi tự chọn)", "Satisfied, as reporters chose"},
        .formula = {"Số phản ánh được đánh giá hài lòng ÷ số phản ánh được đánh giá.",
                    "Cases rated satisfied ÷ cases rated."},
        .note = NOT_SIPAS,
        .source = "assumption",
        .numerator = COUNTER(CASE_SATISFIED),
        .denominator = RATED,
        .threshold = ENOUGH,
    },
    {
        .code = "rating_response",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ trả lời đánh giá", "Answered when asked to rate"},
        .formula = {"Số phản ánh được đánh giá ÷ số phản ánh đã mời đánh giá.",
                    "Cases rated ÷ cases whose reporter was asked to rate."},
        .source = "assumption",
        .numerator = RATED,
        .denominator = COUNTER(CASE_ASKED),
        .threshold = ENOUGH,
    },
    {
        .code = "resolution_time",
        .version = 1,
        .kind = INDICATOR_TIME,
        .better = BETTER_LOW,
        .subject = SUBJECT_CASES,
        .label = {"Thời gian xử lý (giờ làm việc)", "Time to resolve, in working hours"},
        .formula = {"Trung vị và phân vị 90 của số giờ làm việc từ khi tiếp nhận đến khi có kết "
                    "quả, không tính thời gian tạm dừng, của các phản ánh đã giải quyết; sai số "
                    "tương đối tối đa 1%. Nêu riêng trung vị khi coi các phản ánh chưa giải quyết "
                    "là lâu hơn tất cả.",
                    "Median and 90th percentile of the working hours from acceptance to the "
                    "result, pauses left out, of resolved cases; off by at most 1%. Shown apart: "
                    "the median when open cases are taken to last longer than all."},
        .source = "assumption",
        .denominator = COUNTER(CASE_DONE),
        .pending = COUNTER(CASE_UNDER_WAY),
        .threshold = ENOUGH,
    },
    {
        .code = "handovers_per_case",
        .version = 1,
        .kind = INDICATOR_MEAN,
        .better = BETTER_LOW,
        .subject = SUBJECT_CASES,
        .label = {"Số lần chuyển vòng trên mỗi phản ánh", "Hand-overs for each case"},
        .formula = {"Tổng số lần các đơn vị trả lại ÷ tổng số phản ánh.",
                    "How often units gave cases back ÷ all cases."},
        .source = "assumption",
        .numerator = COUNTER(CASE_HANDOVERS),
        .denominator = COUNTER(CASE_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "handed_over_often",
        .version = 2,
        .kind = INDICATOR_SHARE,
        .better = BETTER_LOW,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ phản ánh chuyển vòng từ 2 lần", "Handed over twice or more"},
        .formula = {"Số phản ánh bị các đơn vị trả lại từ 2 lần trở lên ÷ tổng số phản ánh.",
                    "Cases that units gave back twice or more ÷ all cases."},
        .source = "assumption",
        .numerator = COUNTER(CASE_OFTEN),
        .denominator = COUNTER(CASE_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "reopened",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_LOW,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ mở lại", "Reopened"},
        .formula = {"Số phản ánh được mở lại ít nhất một lần trong thời hạn phúc tra ÷ số phản ánh "
                    "đã từng có kết quả.",
                    "Cases reopened at least once within the time to contest a result ÷ cases that "
                    "have had a result."},
        .source = "assumption",
        .numerator = COUNTER(CASE_REOPENED),
        .denominator = COUNTER(CASE_HAD_RESULT),
        .threshold = ENOUGH,
    },
    {
        .code = "resolved_with_evidence",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ có bằng chứng kết quả", "Resolved with evidence"},
        .formula = {"Số phản ánh đã giải quyết có hình ảnh hoặc tài liệu kèm theo ÷ số phản ánh đã "
                    "giải quyết.",
                    "Resolved cases whose result has a picture or document ÷ resolved cases."},
        .source = "assumption",
        .numerator = COUNTER(CASE_EVIDENCE),
        .denominator = COUNTER(CASE_RESULT),
        .threshold = ENOUGH,
    },
    {
        .code = "placed",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ có vị trí hợp lệ", "With a valid place"},
        .formula = {"Số phản ánh xác định được xã, phường (không còn nghi vấn ranh giới) ÷ tổng số "
                    "phản ánh.",
                    "Cases whose ward or commune is known and not in doubt ÷ all cases."},
        .source = "assumption",
        .numerator = COUNTER(CASE_PLACED),
        .denominator = COUNTER(CASE_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "reclassified",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_LOW,
        .subject = SUBJECT_CASES,
        .label = {"Tỷ lệ đổi lĩnh vực", "Category changed"},
        .formula =
            {"Số phản ánh có lĩnh vực khác với lĩnh vực khi gửi ÷ số phản ánh biết được lĩnh "
             "vực khi gửi.",
             "Cases whose category is not the one that they were filed under ÷ cases of "
             "which that is known."},
        .source = "assumption",
        .numerator = COUNTER(CASE_RECLASSIFIED),
        .denominator = COUNTER(CASE_FILED),
        .threshold = ENOUGH,
    },
};

/* ---- the subject ---- */

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct case_fact fact;
    if (!case_fact_unpack(&fact, body->bytes, body->size, arena)) {
        return false;
    }
    fact.filed_category = body->filed;
    case_count(contribution, turn_at, &fact, now);
    *at = fact.at;
    return true;
}

static const char *const counter_words[] = {
    [CASE_STATE_FIRST + CASE_RECEIVED] = "state_received",
    [CASE_STATE_FIRST + CASE_ACCEPTED] = "state_accepted",
    [CASE_STATE_FIRST + CASE_ASSIGNED] = "state_assigned",
    [CASE_STATE_FIRST + CASE_IN_PROGRESS] = "state_in_progress",
    [CASE_STATE_FIRST + CASE_RESOLVED] = "state_resolved",
    [CASE_STATE_FIRST + CASE_REJECTED] = "state_rejected",
    [CASE_STATE_FIRST + CASE_WITHDRAWN] = "state_withdrawn",
    [CASE_STATE_FIRST + CASE_MERGED] = "state_merged",
    [CASE_OVERDUE] = "overdue",
    [CASE_ALL] = "all",
    [CASE_RECEIVE_PENDING] = "receive_pending",
    [CASE_RECEIVE_MISSED] = "receive_missed",
    [CASE_RECEIVE_MET] = "receive_met",
    [CASE_RESOLVE_PENDING] = "resolve_pending",
    [CASE_RESOLVE_MISSED] = "resolve_missed",
    [CASE_RESOLVE_MET] = "resolve_met",
    [CASE_UNDER_WAY] = "under_way",
    [CASE_DONE] = "done",
    [CASE_REFUSED_FIRST] = "rejected_out_of_scope_legal", /* as case_reason_words */
    [CASE_REFUSED_FIRST + 1] = "rejected_unclear",
    [CASE_REFUSED_FIRST + 2] = "rejected_duplicate",
    [CASE_REFUSED_FIRST + 3] = "rejected_not_city",
    [CASE_REFUSED_FIRST + 4] = "rejected_abusive",
    [CASE_REFUSED_FIRST + 5] = "rejected_other",
    [CASE_REFUSED_FIRST + CASE_NO_REASON] = "rejected_without_reason",
    [CASE_ASKED] = "asked_to_rate",
    [CASE_SATISFIED] = "satisfied",
    [CASE_ACCEPTABLE] = "acceptable",
    [CASE_DISSATISFIED] = "dissatisfied",
    [CASE_OFTEN] = "handed_over_often",
    [CASE_HAD_RESULT] = "had_result",
    [CASE_REOPENED] = "reopened",
    [CASE_RESULT] = "has_result",
    [CASE_EVIDENCE] = "has_evidence",
    [CASE_PLACED] = "placed",
    [CASE_FILED] = "filed_category_known",
    [CASE_RECLASSIFIED] = "reclassified",
    [CASE_HANDOVERS] = "handovers",
    [CASE_RETURNED] = "returned",
    [CASE_TAKEN_OVER] = "taken_over",
};

const struct subject_layout case_subject = {
    .name = "cases",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .counter_words = counter_words,
    .size_counter = CASE_ALL,
    .amount_count = 1,
    .amount_counters = {CASE_HANDOVERS},
    .side_counters = {CASE_RETURNED, CASE_TAKEN_OVER},
    .count = count,
};
