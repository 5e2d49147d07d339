/* SPDX-License-Identifier: Apache-2.0 */
/* A small city for the tests: ward 00070 under the city HN, a city office, and who sits there. */
#ifndef TESTS_NOTIFICATION_SAMPLE_H
#define TESTS_NOTIFICATION_SAMPLE_H

#include "services/notification/reference.h"

static const struct unit sample_units[] = {
    {"00070", "Phường Hoàn Kiếm", "Hoan Kiem Ward", "ward", "HN"},
    {"00082", "Phường Ba Đình", "Ba Dinh Ward", "ward", "HN"},
    {"HN", "Thành phố Hà Nội", "City of Hanoi", "city", NULL},
    {"VPUB", "Văn phòng UBND", "City Office", "office", "HN"},
};
static const struct category_name sample_categories[] = {
    {"giao-thong", "Giao thông", "Traffic"},
    {"moi-truong", "Môi trường", "Environment"},
};
static const struct focal_point sample_focal_points[] = {
    {"00070", "*", "an", "Nguyễn An", "an@x.example", 0, 0},
    {"00070", "giao-thong", "binh", "Trần Bình", "binh@x.example", 0, 0},
    {"00070", "giao-thong", "cu", "Lê Cũ", "cu@x.example", 0, 1000},
    {"HN", "*", "dung", "Đỗ Dũng", "dung@x.example", 0, 0},
    {"VPUB", "*", "em", "Phạm Em", "em@x.example", 0, 0},
};

static inline void sample_reference(struct reference *reference)
{
    *reference = (struct reference){
        .units = sample_units,
        .unit_count = 4,
        .categories = sample_categories,
        .category_count = 2,
        .focal_points = sample_focal_points,
        .focal_point_count = 5,
    };
    arena_init(&reference->snapshot.arena);
    reference_index_people(reference);
}

#endif
