/* SPDX-License-Identifier: Apache-2.0 */
/* template: texts with places to fill in, a small part of Mustache.
 *
 *   {{name}}              the value, as it is: the output is plain text
 *   {{#name}}…{{/name}}   once when the value is a text that is not empty; once per item of a list,
 *                         {{.}} being the item
 *   {{^name}}…{{/name}}   when the value is absent or empty
 *
 * A line that holds nothing but one section tag leaves no line behind. Values are never read as
 * templates. Pure. */
#ifndef COMMON_TEMPLATE_H
#define COMMON_TEMPLATE_H

#include "common/buffer.h"
#include "common/error.h"

struct template_value {
    const char *name;
    const char *text;         /* NULL: absent, or a list */
    const char *const *items; /* a list */
    size_t item_count;
};

/* Appends to out. False (ERR_FATAL "bad_template") for a variable that is not among values, an
 * unclosed tag or section, or sections nested deeper than 8; out then holds a part. */
bool template_render(const char *text, size_t size, const struct template_value *values,
                     size_t value_count, struct buffer *out, struct error *err);

#endif
