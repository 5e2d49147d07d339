/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

static int compare_category(const void *code, const void *category)
{
    return strcmp(code, ((const struct category *)category)->code);
}

const struct category *reference_category(const struct reference *reference, const char *code)
{
    if (reference->category_count == 0) {
        return NULL;
    }
    return bsearch(code, reference->categories, reference->category_count,
                   sizeof *reference->categories, compare_category);
}

static int compare_kind(const void *code, const void *kind)
{
    return strcmp(code, ((const struct kind *)kind)->code);
}

const struct kind *reference_kind(const struct reference *reference, const char *code)
{
    if (reference->kind_count == 0) {
        return NULL;
    }
    return bsearch(code, reference->kinds, reference->kind_count, sizeof *reference->kinds,
                   compare_kind);
}

static int compare_unit(const void *code, const void *unit)
{
    return strcmp(code, ((const struct unit_name *)unit)->code);
}

const struct unit_name *reference_unit(const struct reference *reference, const char *code)
{
    if (reference->unit_count == 0 || code == NULL) {
        return NULL;
    }
    return bsearch(code, reference->units, reference->unit_count, sizeof *reference->units,
                   compare_unit);
}

const struct reference *reference_current(const struct snapshot_source *source)
{
    return (const struct reference *)snapshot_current(source);
}
