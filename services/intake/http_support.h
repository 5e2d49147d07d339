/* SPDX-License-Identifier: Apache-2.0 */
/* http_support: people who meet the same ("tôi cũng gặp") and people who follow, under
 * /api/intake/public/submissions/{id}. For persons who are signed in; PUT and DELETE may be
 * repeated at will. */
#ifndef INTAKE_HTTP_SUPPORT_H
#define INTAKE_HTTP_SUPPORT_H

#include "common/http.h"

http_handler http_put_support;
http_handler http_delete_support;
http_handler http_put_follow;
http_handler http_delete_follow;
http_handler http_list_followed;

#endif
