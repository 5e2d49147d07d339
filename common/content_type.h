/* SPDX-License-Identifier: Apache-2.0 */
/* content_type: what a Content-Type of HTTP says, whatever its case and its parameters. */
#ifndef COMMON_CONTENT_TYPE_H
#define COMMON_CONTENT_TYPE_H

#include <stdbool.h>

/* Whether a Content-Type names the type, "application/json". Neither is NULL. */
bool content_type_is(const char *content_type, const char *type);

#endif
