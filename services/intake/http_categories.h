/* SPDX-License-Identifier: Apache-2.0 */
/* http_categories: GET /api/intake/categories, what people may report about. */
#ifndef INTAKE_HTTP_CATEGORIES_H
#define INTAKE_HTTP_CATEGORIES_H

#include "common/http.h"

http_handler http_list_categories;

#endif
