/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/basis.h"

#include <stdlib.h>
#include <string.h>

#include "common/date.h"
#include "services/analytics/period.h"

static const char *const prefixes[BASIS_KINDS] = {
    [BASIS_ROSTER] = "roster:",
    [BASIS_POPULATION] = "population:",
};

int32_t basis_year_day(int year)
{
    return (int32_t)date_day(year, 1, 1);
}

int basis_year(const struct basis *basis)
{
    int year, month, day;
    date_of_day(basis->since, &year, &month, &day);
    return year;
}

/* A roster is told for a day, a population for a year. */
static bool parse_since(struct basis *basis, const char *text)
{
    struct period period;
    enum period_kind kind = basis->kind == BASIS_ROSTER ? PERIOD_DAY : PERIOD_YEAR;
    bool good = period_parse(text, &period) && period.kind == kind;
    basis->since = good ? period.first : 0;
    return good;
}

bool basis_parse_key(struct basis *basis, const char *key, struct arena *arena)
{
    *basis = (struct basis){.kind = BASIS_ROSTER};
    for (int kind = 0; kind < BASIS_KINDS; kind++) {
        size_t prefix = strlen(prefixes[kind]);
        const char *colon = strrchr(key, ':');
        if (strncmp(key, prefixes[kind], prefix) == 0 && colon > key + prefix) {
            basis->kind = (enum basis_kind)kind;
            basis->code = arena_copy(arena, key + prefix, (size_t)(colon - key) - prefix);
            return parse_since(basis, colon + 1);
        }
    }
    return false;
}
