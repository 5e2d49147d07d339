/* SPDX-License-Identifier: Apache-2.0 */
/* Uploaded files: POST /api/intake/media, GET /api/intake/media/{id} and …/{id}/links. */
#ifndef INTAKE_HTTP_MEDIA_H
#define INTAKE_HTTP_MEDIA_H

#include "common/http.h"
#include "services/intake/press/framing.h"

enum { MEDIA_BODY_MAX = FILM_BYTES_MAX }; /* of other types less: see media_type.h */

http_handler http_post_media, http_get_media, http_get_media_links;

#endif
