/* SPDX-License-Identifier: Apache-2.0 */
/* day_json: reads days out of documents. */
#ifndef ROUTING_DAY_JSON_H
#define ROUTING_DAY_JSON_H

#include "common/json.h"

/* fallback when absent or bad ("bad_date"). */
int64_t day_json_read(struct json_reader *reader, const char *name, enum json_presence presence,
                      int64_t fallback);

#endif
