/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of this service's routes; struct notification is their state. */
#ifndef NOTIFICATION_HTTP_ROUTES_H
#define NOTIFICATION_HTTP_ROUTES_H

#include "common/http.h"

void http_list_messages(struct http_request *request, void *state);
void http_read_message(struct http_request *request, void *state);
void http_stream_messages(struct http_request *request, void *state);
void http_list_deliveries(struct http_request *request, void *state);
void http_get_census(struct http_request *request, void *state);

#endif
