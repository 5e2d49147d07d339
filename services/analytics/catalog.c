/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/catalog.h"

const struct bilingual catalog_title = {"Số liệu phản ánh, kiến nghị của Hà Nội",
                                        "Figures of reports and petitions in Hanoi"};
const struct bilingual catalog_description = {
    "Số liệu tổng hợp về tiếp nhận, giải quyết phản ánh, kiến nghị và các dịch vụ của Công dân Thủ "
    "đô số; không có dữ liệu cá nhân; không công khai số liệu của ít hơn 5 trường hợp.",
    "Sums of how reports, petitions and services of the capital's digital citizens are dealt with; "
    "without personal data, and without sums over fewer than 5."};
const struct bilingual catalog_publisher = {"Ủy ban nhân dân thành phố Hà Nội",
                                            "Hanoi People's Committee"};

/* Assumption: the city has decided nothing on how its open data may be used. */
const char *const catalog_licence = "https://creativecommons.org/licenses/by/4.0/";
const struct bilingual catalog_rights = {"Giả định cho đến khi Thành phố quyết định giấy phép.",
                                         "Assumed until the city decides on a licence."};

/* The channel went live on it. */
const char *const catalog_since = "2024-06-28";

static const struct catalog_set others[] = {
    {.code = "indicators",
     .title = {"Các chỉ số hiện tại của Thành phố", "The city's indicators as they are now"},
     .description =
         {"Mọi chỉ số về phản ánh, kiến nghị, kèm tử số, mẫu số, định nghĩa và thời điểm "
          "chính xác.",
          "Every indicator of reports and petitions, with numerator, denominator, "
          "definition and the instant it is exact for."},
     .places = {{"/api/analytics/indicators", "", true, {"Toàn Thành phố", "The whole city"}}}},
    {.code = "adoption",
     .title = {"Độ phủ tài khoản", "Who has an account"},
     .description =
         {"Tài khoản của cán bộ theo đơn vị so với quân số, của người dân theo xã, "
          "phường so với dân số trên 15 tuổi.",
          "Accounts of staff by unit beside headcounts, of residents by ward and commune "
          "beside the population over 15."},
     .places = {{"/api/analytics/adoption", "by=unit", true, {"Theo đơn vị", "By unit"}},
                {"/api/analytics/adoption",
                 "by=area",
                 true,
                 {"Theo xã, phường", "By ward and commune"}}}},
    {.code = "funnel",
     .title = {"Biết, cài đặt, có tài khoản", "Know, install, have an account"},
     .description = {"Ba số đếm từ ba nguồn, bên cạnh dân số.",
                     "Three counts from three sources, beside the population."},
     .places = {{"/api/analytics/funnel", "", false, {"Toàn Thành phố", "The whole city"}}}},
    {.code = "cadence",
     .title = {"Nhịp đăng tin của các đơn vị", "How often units publish"},
     .description = {"Đơn vị nào giữ nhịp tối thiểu 03 ngày 01 tin.",
                     "Which units keep at least one item in three days."},
     .places = {{"/api/analytics/cadence", "", true, {"Mọi đơn vị", "All units"}}}},
    {.code = "definitions",
     .title = {"Định nghĩa các chỉ số", "Definitions of the indicators"},
     .description = {"Công thức bằng lời, nguồn và phiên bản.",
                     "Formulas in words, sources and versions."},
     .places = {{"/api/analytics/definitions", "", false, {"Mọi chỉ số", "All indicators"}}}},
};
enum { OTHERS = sizeof others / sizeof others[0] };

/* Members side by side, where sums are kept by them. */
static const struct {
    enum dimension by;
    struct bilingual title;
} comparisons[] = {
    {DIMENSION_UNIT, {"So sánh các đơn vị", "Units side by side"}},
    {DIMENSION_AREA, {"Theo xã, phường hiện nay", "By ward and commune of today"}},
    {DIMENSION_DISTRICT,
     {"Theo quận, huyện, thị xã đến 30/6/2025", "By district until 2025-06-30"}},
};
enum { COMPARISONS = sizeof comparisons / sizeof comparisons[0] };
_Static_assert(1 + COMPARISONS <= CATALOG_PLACES, "and a series");

static void of_indicator(struct catalog_set *set, const struct indicator *indicator,
                         struct arena *arena)
{
    size_t count = 1;
    *set = (struct catalog_set){
        .code = indicator->code,
        .title = indicator->label,
        .description = indicator->formula,
        .source = indicator->source,
        .places = {{"/api/analytics/series",
                    arena_format(arena, "code=%s&step=month", indicator->code),
                    true,
                    {"Theo tháng", "By month"}}},
    };
    for (size_t i = 0; i < COMPARISONS; i++) {
        if (grouping_find(indicator->subject, 1u << comparisons[i].by) >= 0) {
            set->places[count++] =
                (struct catalog_place){"/api/analytics/comparison",
                                       arena_format(arena, "code=%s&by=%s", indicator->code,
                                                    dimension_words[comparisons[i].by]),
                                       true, comparisons[i].title};
        }
    }
}

bool catalog_at(struct catalog_set *set, size_t number, struct arena *arena)
{
    const struct indicator *indicator;
    if (number < OTHERS) {
        *set = others[number];
        return true;
    }
    number -= OTHERS;
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        bool is_sum = subjects[indicator->subject]->grouping_count > 0;
        if (is_sum && number-- == 0) {
            of_indicator(set, indicator, arena);
            return true;
        }
    }
    return false;
}
