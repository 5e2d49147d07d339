/* SPDX-License-Identifier: Apache-2.0 */
/* url_json: a list of pictures and papers: links, which must be reached over TLS, or references of
 * what was uploaded at intake ("media:" and an id), which alone knows them. */
#ifndef ROUTING_URL_JSON_H
#define ROUTING_URL_JSON_H

#include "common/json.h"

enum { URL_MAX = 2000 }; /* characters */

/* The number of entries; 0 when the member is absent. Fault "bad_url" names the entry. The texts
 * live in the reader's arena. */
size_t url_json_read(struct json_reader *reader, const char *name, enum json_presence presence,
                     size_t max, const char *const **media);
/* The same, of links alone: where no submission could hold an upload. */
size_t url_json_read_links(struct json_reader *reader, const char *name,
                           enum json_presence presence, size_t max, const char *const **urls);

/* The id in a reference; NULL when the text is none. */
const char *media_reference_id(const char *text);

#endif
