/* SPDX-License-Identifier: Apache-2.0 */
#include "common/opaque_ref.h"

bool opaque_ref_has_form(const char *text)
{
    while (*text >= '!' && *text <= '~' && *text != '@') {
        text++;
    }
    return *text == '\0';
}
