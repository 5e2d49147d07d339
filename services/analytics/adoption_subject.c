/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/adoption_subject.h"

#include "services/analytics/indicator.h"

/* In the order of enum coverage_kind. A threshold of 1: these are counts of all, no samples. */
static const struct indicator indicators[] = {
    {
        .code = "activated_of_roster",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_ADOPTION,
        .label = {"Phủ tài khoản cán bộ, công chức, viên chức, người lao động",
                  "Officials and other staff with an account"},
        .formula =
            {"Số tài khoản của đơn vị đã kích hoạt và chưa đóng tính đến hết ngày ÷ số người "
             "theo danh sách mới nhất của đơn vị tính đến ngày đó.",
             "The unit's accounts that were activated and not closed by the end of the day "
             "÷ headcount of the unit's newest roster by that day."},
        .note = {"Người chuyển đơn vị được tính ở đơn vị hiện nay, kể cả cho những ngày đã qua.",
                 "Whoever has moved to another unit counts in the present one, for past days, "
                 "too."},
        .source = "Công điện 05/CĐ-UBND",
        .threshold = 1,
    },
    {
        .code = "accounts_of_population",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_ADOPTION,
        .label = {"Phủ tài khoản người dân", "Residents with an account"},
        .formula =
            {"Số tài khoản công dân của xã, phường đã tạo và chưa đóng tính đến hết ngày ÷ "
             "dân số trên 15 tuổi theo số liệu của năm gần nhất, không muộn hơn năm của ngày "
             "đó.",
             "Citizens' accounts of the ward or commune that were made and not closed by "
             "the end of the day ÷ population over 15 of the latest year that is not after "
             "that day's."},
        .note = {"Tài khoản chưa rõ xã, phường chỉ được tính cho toàn Thành phố.",
                 "Accounts whose ward or commune is not known count for the whole city alone."},
        .source = "Công điện 05/CĐ-UBND",
        .threshold = 1,
    },
};

const struct subject_layout adoption_subject = {
    .name = "adoption",
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
};
