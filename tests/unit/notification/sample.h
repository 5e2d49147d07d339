/* SPDX-License-Identifier: Apache-2.0 */
/* A small city for the tests: ward 00070 under the city HN, a department with a head, a city
 * office, and who sits there. */
#ifndef TESTS_NOTIFICATION_SAMPLE_H
#define TESTS_NOTIFICATION_SAMPLE_H

#include "services/notification/reference.h"

static const struct unit sample_units[] = {
    {.code = "00070",
     .name_vi = "Phường Hoàn Kiếm",
     .name_en = "Hoan Kiem Ward",
     .type = "ward",
     .parent = "HN"},
    {.code = "00082",
     .name_vi = "Phường Ba Đình",
     .name_en = "Ba Dinh Ward",
     .type = "ward",
     .parent = "HN"},
    {.code = "HN", .name_vi = "Thành phố Hà Nội", .name_en = "City of Hanoi", .type = "city"},
    {.code = "STC",
     .name_vi = "Sở Tài chính",
     .name_en = "Department of Finance",
     .type = "department",
     .parent = "HN"},
    {.code = "SXD",
     .name_vi = "Sở Xây dựng",
     .name_en = "Department of Construction",
     .type = "department",
     .parent = "HN"},
    {.code = "VPUB",
     .name_vi = "Văn phòng UBND",
     .name_en = "City Office",
     .type = "office",
     .parent = "HN"},
};
static const struct category_name sample_categories[] = {
    {"giao-thong", "Giao thông", "Traffic"},
    {"moi-truong", "Môi trường", "Environment"},
};
static const struct absence sample_absence[] = {{1000, 2000}, {4000, 6000}};
static const struct focal_point sample_focal_points[] = {
    {"00070", "*", "an", "Nguyễn An", "an@x.example", 0, 0, 1, NULL, 0},
    {"00070", "giao-thong", "binh", "Trần Bình", "binh@x.example", 0, 0, 1, NULL, 0},
    {"00070", "giao-thong", "cu", "Lê Cũ", "cu@x.example", 0, 1000, 1, NULL, 0},
    {"HN", "*", "dung", "Đỗ Dũng", "dung@x.example", 0, 0, 1, NULL, 0},
    {"STC", "*", "ha", "Ngô Hà", NULL, 0, 0, 1, sample_absence, 2},
    {"STC", "*", "kim", "Hồ Kim", NULL, 0, 0, 2, NULL, 0},
    {"STC", "*", "long", "Lý Long", NULL, 0, 0, 3, NULL, 0},
    {"STC", "moi-truong", "mai", "Tô Mai", NULL, 0, 0, 2, sample_absence, 2},
    {"STP", "*", "nga", "Đinh Nga", NULL, 0, 0, 1, sample_absence, 2},
    {"STP", "*", "oanh", "Mạc Oanh", NULL, 0, 0, 2, sample_absence, 2},
    {"SXD", "*", "son", "Bùi Sơn", "son@x.example", 0, 0, 1, NULL, 0},
    {"SXD", FIELD_HEAD, "hoa", "Vũ Hoa", NULL, 0, 0, 1, NULL, 0},
    {"VPUB", "*", "em", "Phạm Em", "em@x.example", 0, 0, 1, NULL, 0},
};

static inline void sample_reference(struct reference *reference)
{
    *reference = (struct reference){
        .units = sample_units,
        .unit_count = sizeof sample_units / sizeof sample_units[0],
        .categories = sample_categories,
        .category_count = 2,
        .focal_points = sample_focal_points,
        .focal_point_count = sizeof sample_focal_points / sizeof sample_focal_points[0],
    };
    arena_init(&reference->snapshot.arena);
    reference_index_people(reference);
}

#endif
