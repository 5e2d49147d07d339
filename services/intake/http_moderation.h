/* SPDX-License-Identifier: Apache-2.0 */
/* http_moderation: deciding what everybody may see, under /api/intake/moderation.
 *
 * For editors, approvers, administrators and supervisors. A unit in their token narrows it to what
 * is that unit's case, the city and its office do not; a supervisor without one sees nothing. What
 * is out of scope, or of a sensitive category, answers 404. */
#ifndef INTAKE_HTTP_MODERATION_H
#define INTAKE_HTTP_MODERATION_H

#include "common/http.h"

#define MODERATION_ROLES "editor approver administrator supervisor"

http_handler http_list_moderation;
http_handler http_get_moderation;
http_handler http_post_decision;

#endif
