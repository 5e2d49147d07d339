/* SPDX-License-Identifier: Apache-2.0 */
/* http_quarantine: what administrators see of quarantined events and do about them. */
#ifndef INTAKE_HTTP_QUARANTINE_H
#define INTAKE_HTTP_QUARANTINE_H

#include "common/http.h"

void http_list_quarantine(struct http_request *request, void *state);
void http_get_quarantined(struct http_request *request, void *state);
void http_fix_quarantined(struct http_request *request, void *state);
void http_release_quarantined(struct http_request *request, void *state);
void http_discard_quarantined(struct http_request *request, void *state);

#endif
