/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/unit.h"

#include <stdlib.h>
#include <string.h>

enum { TREE_DEPTH_MAX = 8 }; /* a loop in the data must not become one here */

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct unit *)a)->code, ((const struct unit *)b)->code);
}

void unit_set_sort(struct unit_set *set)
{
    if (set->count > 0) {
        qsort(set->units, set->count, sizeof *set->units, by_code);
    }
}

const struct unit *unit_find(const struct unit_set *set, const char *code)
{
    struct unit wanted = {.code = code};
    if (code == NULL || set->count == 0) {
        return NULL;
    }
    return bsearch(&wanted, set->units, set->count, sizeof *set->units, by_code);
}

bool unit_is_within(const struct unit_set *set, const char *code, const char *root)
{
    for (int depth = 0; code != NULL && depth < TREE_DEPTH_MAX; depth++) {
        if (strcmp(code, root) == 0) {
            return true;
        }
        const struct unit *unit = unit_find(set, code);
        code = unit != NULL ? unit->parent : NULL;
    }
    return false;
}

bool unit_sees_everything(const char *code)
{
    return code != NULL && (strcmp(code, UNIT_CITY) == 0 || strcmp(code, UNIT_CITY_OFFICE) == 0);
}

size_t unit_subtree(const struct unit_set *set, const char *root, struct arena *arena,
                    const char *const **codes)
{
    const char **found = arena_array(arena, set->count, sizeof *found);
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (unit_is_within(set, set->units[i].code, root)) {
            found[count++] = set->units[i].code;
        }
    }
    *codes = found;
    return count;
}
