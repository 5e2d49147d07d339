/* SPDX-License-Identifier: Apache-2.0 */
/* opaque_ref: an id of an account or contact that says nothing about its owner.
 *
 * Visible ASCII without @, so that no e-mail address can pass for one: opaque_ref in
 * proto/events/common.schema.json. Pure. */
#ifndef COMMON_OPAQUE_REF_H
#define COMMON_OPAQUE_REF_H

#include <stdbool.h>

enum { OPAQUE_REF_MAX = 128 }; /* characters */

/* Whether a text of a length that was checked has only characters of an id. */
bool opaque_ref_has_form(const char *text);

/* The same of any text. */
bool opaque_ref_is_valid(const char *text);

#endif
