/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/assessment.h"

#include <string.h>

#define NOT_ABOUT_REPORTS                                                                          \
    {                                                                                              \
        "Không có số liệu: sự kiện ở đây là về phản ánh, kiến nghị.",                              \
            "Nothing is known: the events here are about reports and petitions."                   \
    }

static const struct criterion satisfaction[] = {
    {.code = "access",
     .name = {"Tiếp cận dịch vụ", "Access to services"},
     .how = NOT_ABOUT_REPORTS},
    {.code = "procedures",
     .name = {"Thủ tục hành chính", "Administrative procedures"},
     .how = NOT_ABOUT_REPORTS},
    {.code = "officials", .name = {"Công chức", "Officials"}, .how = NOT_ABOUT_REPORTS},
    {.code = "results", .name = {"Kết quả", "Results"}, .how = NOT_ABOUT_REPORTS},
    {.code = "feedback",
     .name = {"Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị",
              "Taking up and settling opinions, reports and petitions"},
     .inputs = {"satisfied_or_accepting", "satisfied", "rating_response", "received_on_time",
                "resolved_on_time", "reopened"},
     .how =
         {"Người gửi tự chọn có đánh giá hay không, nên không đại diện cho người dân như mẫu điều "
          "tra.",
          "Reporters choose whether to rate, so they do not stand for residents as a sample "
          "does."}},
    {.code = "policies",
     .name = {"Xây dựng và thực hiện chính sách công", "Making and carrying out public policies"},
     .how = NOT_ABOUT_REPORTS},
};

static const struct criterion reform[] = {
    {.code = "steering",
     .name = {"Chỉ đạo, điều hành cải cách hành chính", "Steering the reform"},
     .how = NOT_ABOUT_REPORTS},
    {.code = "institutions", .name = {"Thể chế", "Institutions"}, .how = NOT_ABOUT_REPORTS},
    {.code = "procedures",
     .name = {"Cải cách thủ tục hành chính", "Reform of procedures"},
     .how = NOT_ABOUT_REPORTS},
    {.code = "organisation", .name = {"Tổ chức bộ máy", "Organisation"}, .how = NOT_ABOUT_REPORTS},
    {.code = "officials", .name = {"Cán bộ, công chức", "Officials"}, .how = NOT_ABOUT_REPORTS},
    {.code = "finance", .name = {"Tài chính công", "Public finance"}, .how = NOT_ABOUT_REPORTS},
    {.code = "digital",
     .name = {"Hiện đại hóa, chính quyền số", "Modernisation, digital government"},
     .how = NOT_ABOUT_REPORTS},
    {.code = "impact",
     .name = {"Tác động đến người dân và kinh tế - xã hội", "Impact on people and the economy"},
     .how = NOT_ABOUT_REPORTS},
    {.code = "feedback",
     .name = {"Xử lý phản ánh, kiến nghị", "Settling reports and petitions"},
     .inputs = {"resolved_on_time", "processed", "received_on_time"},
     .how =
         {"Chưa rõ thuộc chỉ số thành phần nào và số điểm. Công thức tương tự đã công bố: số phản "
          "ánh, kiến nghị giải quyết đúng trình tự, thủ tục, thời hạn ÷ số đã tiếp nhận, xử lý × "
          "100; không tiếp nhận phản ánh nào thì được điểm tối đa.",
          "Of which component it is a part, and with how many points, is not known. A comparable "
          "formula that was published: those settled in due order, procedure and time ÷ those "
          "received and handled × 100; full points where none was received."}},
};

static const struct assessment assessments[] = {
    {.code = "sipas",
     .notice = {"Số liệu đầu vào để tự đánh giá; không phải là SIPAS.",
                "Inputs to a self-assessment; not SIPAS."},
     .method = {"Bộ Nội vụ điều tra xã hội học theo mẫu ngẫu nhiên phân tầng, phiếu giấy.",
                "The Ministry of Home Affairs surveys a stratified random sample, on paper."},
     .source = "Quyết định 1001/QĐ-BNV, 11/12/2023",
     .not_known = {"Thang đo và trọng số của chỉ số.", "Scale and weights of the index."},
     .criteria = satisfaction,
     .count = sizeof satisfaction / sizeof satisfaction[0]},
    {.code = "par-index",
     .notice = {"Số liệu đầu vào để tự đánh giá; không phải là PAR INDEX.",
                "Inputs to a self-assessment; not the PAR INDEX."},
     .method = {"Tự chấm điểm kèm tài liệu kiểm chứng, thẩm định và điều tra xã hội học, quy về "
                "thang 100.",
                "Self-scoring with evidence, appraisal and a survey, converted to 100."},
     .source = "Kế hoạch 307/KH-UBND",
     .not_known = {"Điểm của từng tiêu chí.", "Points of each criterion."},
     .criteria = reform,
     .count = sizeof reform / sizeof reform[0]},
};

const struct assessment *assessment_find(const char *code)
{
    for (size_t i = 0; i < sizeof assessments / sizeof assessments[0]; i++) {
        if (strcmp(assessments[i].code, code) == 0) {
            return &assessments[i];
        }
    }
    return NULL;
}
