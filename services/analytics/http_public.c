/* SPDX-License-Identifier: Apache-2.0 */
/* What the caller may see. */
#include "common/auth.h"
#include "services/analytics/http_analytics.h"

bool http_sees_all(const struct http_request *request)
{
    const struct principal *principal = http_principal(request);
    return principal->kind != PRINCIPAL_NOBODY && principal_may(principal, SEES_ALL);
}

bool http_check_public(const struct http_request *request, const struct cell_key *key,
                       struct error *err)
{
    return http_sees_all(request) || disclosure_is_public(key) ||
           error_set(err, ERR_FORBIDDEN, "not_public",
                     "the public sees the city by day and longer, one dimension by month and "
                     "longer, and a unit's categories since the beginning");
}

void http_figure_for(struct figure *figure, bool sees_all, const struct discloser *discloser,
                     const struct cell_key *key, const struct indicator *indicator,
                     const struct tally *tally)
{
    figure_of(figure, indicator, tally);
    figure->hidden =
        !sees_all && (discloser_hides(discloser, key, tally) || discloser_hides_figure(figure));
}

void http_figure_of(struct figure *figure, const struct http_request *request,
                    const struct discloser *discloser, const struct cell_key *key,
                    const struct indicator *indicator, const struct tally *tally)
{
    http_figure_for(figure, http_sees_all(request), discloser, key, indicator, tally);
}
