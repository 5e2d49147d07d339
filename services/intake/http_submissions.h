/* SPDX-License-Identifier: Apache-2.0 */
/* http_submissions: /api/intake/submissions. */
#ifndef INTAKE_HTTP_SUBMISSIONS_H
#define INTAKE_HTTP_SUBMISSIONS_H

#include "common/http.h"

http_handler http_post_submission;
http_handler http_get_submission;
http_handler http_list_submissions;

#endif
