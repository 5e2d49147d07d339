/* SPDX-License-Identifier: Apache-2.0 */
/* http_records: what other city systems know, for who may see it. */
#ifndef INTAKE_HTTP_RECORDS_H
#define INTAKE_HTTP_RECORDS_H

#include "common/http.h"

void http_list_records(struct http_request *request, void *state);

#endif
