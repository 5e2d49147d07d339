/* SPDX-License-Identifier: Apache-2.0 */
/* http_messages: the thread of a submission, under /api/intake/submissions/{id}. */
#ifndef INTAKE_HTTP_MESSAGES_H
#define INTAKE_HTTP_MESSAGES_H

#include "common/http.h"

http_handler http_post_supplement;
http_handler http_post_answer;
http_handler http_post_withdrawal;
http_handler http_post_rating;
http_handler http_post_reopening;
http_handler http_get_thread;

#endif
