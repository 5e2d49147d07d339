/* SPDX-License-Identifier: Apache-2.0 */
/* {vi, en}: what is called in two languages. */
#ifndef ANALYTICS_BILINGUAL_JSON_H
#define ANALYTICS_BILINGUAL_JSON_H

#include "common/json.h"
#include "services/analytics/bilingual.h"

/* Required; what is absent or bad is NULL, and a fault. */
struct bilingual bilingual_read(struct json_reader *reader, const char *name);
void bilingual_put(struct json_writer *writer, const char *name, const struct bilingual *text);

#endif
