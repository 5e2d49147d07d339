/* SPDX-License-Identifier: Apache-2.0 */
/* url_json: a list of links to pictures and papers, which must be reached over TLS. */
#ifndef ROUTING_URL_JSON_H
#define ROUTING_URL_JSON_H

#include "common/json.h"

enum { URL_MAX = 2000 }; /* characters */

/* The number of links; 0 when the member is absent. Fault "bad_url" names the entry. The texts live
 * in the reader's arena. */
size_t url_json_read(struct json_reader *reader, const char *name, enum json_presence presence,
                     size_t max, const char *const **urls);

#endif
