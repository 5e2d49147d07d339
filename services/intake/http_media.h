/* SPDX-License-Identifier: Apache-2.0 */
/* Uploaded files: POST /api/intake/media, GET /api/intake/media/{id} and …/{id}/links. */
#ifndef INTAKE_HTTP_MEDIA_H
#define INTAKE_HTTP_MEDIA_H

#include "common/http.h"

enum { MEDIA_BODY_MAX = 20 * 1024 * 1024 };

http_handler http_post_media, http_get_media, http_get_media_links;

#endif
