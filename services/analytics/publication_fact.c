/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/publication_fact.h"

#include <stdlib.h>
#include <string.h>

/* Highest version first within an id. */
static int by_id(const void *a, const void *b)
{
    const struct publication_fact *left = a, *right = b;
    int order = memcmp(&left->publication_id, &right->publication_id, sizeof left->publication_id);
    return order != 0 ? order : (right->version > left->version) - (right->version < left->version);
}

size_t publications_coalesce(struct publication_fact *publications, size_t count)
{
    size_t kept = 0;
    qsort(publications, count, sizeof *publications, by_id);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 ||
            !uuid_equal(&publications[kept - 1].publication_id, &publications[i].publication_id)) {
            publications[kept++] = publications[i];
        }
    }
    return kept;
}
