/* SPDX-License-Identifier: Apache-2.0 */
/* http_bursts: GET /api/intake/bursts, where unusually many report the same; for officials. */
#ifndef INTAKE_HTTP_BURSTS_H
#define INTAKE_HTTP_BURSTS_H

#include "common/http.h"

#define BURST_ROLES                                                                                \
    "officer focal_point supervisor editor approver hotline_operator auditor administrator"

http_handler http_list_bursts;

#endif
