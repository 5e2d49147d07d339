/* SPDX-License-Identifier: Apache-2.0 */
/* http_submissions: /api/intake/submissions. */
#ifndef INTAKE_HTTP_SUBMISSIONS_H
#define INTAKE_HTTP_SUBMISSIONS_H

#include "common/http.h"

http_handler http_post_submission;
http_handler http_get_submission;
http_handler http_list_submissions;

/* Reporters read their own; who this is true of reads any. */
bool submission_reads_any(const struct principal *principal);

#endif
