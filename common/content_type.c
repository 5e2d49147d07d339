/* SPDX-License-Identifier: Apache-2.0 */
#include "common/content_type.h"

#include <string.h>
#include <strings.h>

bool content_type_is(const char *content_type, const char *type)
{
    size_t size = strlen(type);
    return strncasecmp(content_type, type, size) == 0 && strchr(" \t;", content_type[size]) != NULL;
}
