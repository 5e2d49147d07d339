/* SPDX-License-Identifier: Apache-2.0 */
#include "common/opaque_ref.h"

#include <string.h>

bool opaque_ref_has_form(const char *text)
{
    while (*text >= '!' && *text <= '~' && *text != '@') {
        text++;
    }
    return *text == '\0';
}

bool opaque_ref_is_valid(const char *text)
{
    return text[0] != '\0' && strlen(text) <= OPAQUE_REF_MAX && opaque_ref_has_form(text);
}
