/* SPDX-License-Identifier: Apache-2.0 */
/* http_public: what everybody may read, without signing in; public_view.h says what that is. */
#ifndef INTAKE_HTTP_PUBLIC_H
#define INTAKE_HTTP_PUBLIC_H

#include "common/http.h"

http_handler http_search_public;
http_handler http_get_public;
http_handler http_search_nearby;

/* Answers 200 with the body's ETag and a minute in caches, or 304 when the caller has it. Finishes
 * the body. */
void http_answer_public(struct http_request *request, const char *content_type,
                        struct buffer *body);

#endif
