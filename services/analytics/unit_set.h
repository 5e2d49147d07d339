/* SPDX-License-Identifier: Apache-2.0 */
/* unit_set: how the city is divided into areas, now and in former times. Pure.
 *
 * Until 2025-06-30 Hanoi had 30 districts with their wards and communes, since then it has 126
 * wards and communes alone (Decision 19/2025/QĐ-TTg), and codes are reused: 00004 was Phường Trúc
 * Bạch and is Phường Ba Đình. So an area is what its code meant on its day. Every thing is counted
 * in the present area that most of its own went over into, and as long as there were districts in
 * that of its day. */
#ifndef ANALYTICS_UNIT_SET_H
#define ANALYTICS_UNIT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice;

struct unit_area {
    const char *code;
    const char *district;  /* NULL: lies in none */
    const char *successor; /* in the next set; NULL: itself, under its code */
};

/* It holds from the end of the one before it, the first since ever, until a last day. */
struct unit_set {
    const char *code;
    int32_t last;            /* of the city's days; UNIT_SET_OPEN: it holds today */
    struct unit_area *areas; /* by code */
    size_t area_count;
};
enum { UNIT_SET_OPEN = INT32_MAX };

struct unit_sets {
    struct unit_set *items; /* by last day */
    size_t count;
};

/* Puts sets and areas in order. */
void unit_sets_sort(struct unit_sets *sets);

/* Where what lay in an area on a day is counted. A former code of a district lies in it, and in no
 * area of today; codes that no set knows stay what they are. Texts are the sets' or the caller's.
 */
struct unit_place {
    const char *area;     /* NULL: nobody can tell */
    const char *district; /* NULL: none, or nobody can tell */
};
struct unit_place unit_sets_place(const struct unit_sets *sets, const char *area, int32_t day);

/* ---- what figures name ---- */

enum { UNIT_SET_CODE_SIZE = 33, UNIT_SETS_NAMED = 8 };

/* The sets without their areas; more than so many are not named. */
struct unit_set_names {
    struct unit_set_name {
        char code[UNIT_SET_CODE_SIZE];
        int32_t last;
        bool has_districts;
    } items[UNIT_SETS_NAMED];
    size_t count; /* by last day */
};

/* Of which units a figure tells: by districts, those of the sets that had some; by units, who had
 * it on its days, so those of every set that the period touches; else by the present ones. Returns
 * how many; codes are the names'. */
size_t unit_sets_of(const struct unit_set_names *names, const struct slice *slice,
                    const char *codes[UNIT_SETS_NAMED]);

#endif
