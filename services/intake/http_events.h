/* SPDX-License-Identifier: Apache-2.0 */
/* http_events: POST /api/intake/events, where other city systems bring their CloudEvents. */
#ifndef INTAKE_HTTP_EVENTS_H
#define INTAKE_HTTP_EVENTS_H

#include "common/http.h"

enum { HTTP_EVENTS_MAX = 100 }; /* in a batch */

http_handler http_post_events;

#endif
