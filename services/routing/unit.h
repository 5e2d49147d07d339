/* SPDX-License-Identifier: Apache-2.0 */
/* unit: who can act, and who stands above whom.
 *
 * A set holds the units that are valid now, by code. Units form a tree by `parent`; an official's
 * scope is the subtree of the unit in the token. The city and its office see everything, the
 * queue of cases without a unit included. Texts are borrowed from whoever made the set. Pure. */
#ifndef ROUTING_UNIT_H
#define ROUTING_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNIT_DEPTH_MAX = 8 }; /* of the tree; a loop in the data must not become one here */

#define UNIT_CITY        "HN"
#define UNIT_CITY_OFFICE "VPUB"

struct unit {
    const char *code;
    const char *name_vi, *name_en;
    const char *type;
    const char *parent; /* NULL: the city */
    const char *source;
    int64_t valid_from, valid_to; /* instants; valid_to 0: open */
    struct unit_head {
        const char *account; /* NULL: nobody is named */
        const char *name;
        const char *email; /* NULL: not told */
    } head;
    const char *successor; /* whoever takes over at valid_to; NULL: not told */
};

struct unit_set {
    struct unit *units; /* ascending by code, as unit_set_sort leaves them */
    size_t count;
};

void unit_set_sort(struct unit_set *set);
const struct unit *unit_find(const struct unit_set *set, const char *code); /* NULL: unknown */

/* Whether code is root or stands below it. */
bool unit_is_within(const struct unit_set *set, const char *code, const char *root);

bool unit_sees_everything(const char *code);

/* That a unit went over into another. One that was divided went over into several, but mainly into
 * one of them. */
struct unit_succession {
    const char *former, *current;
    int64_t since; /* an instant */
    bool main;
};

struct unit_successions {
    struct unit_succession *items; /* by former and instant, as unit_successions_sort leaves them */
    size_t count;
};

void unit_successions_sort(struct unit_successions *successions);

/* Who does today what the unit did: itself while it is there, else its main successor, or the
 * successor's, and so on. The set and the successions are as of one day; codes are reused, so
 * of several ends of a code the last counts. NULL: nobody took over. */
const char *unit_successor(const struct unit_set *units, const struct unit_successions *successions,
                           const char *code);

#endif
