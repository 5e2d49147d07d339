/* SPDX-License-Identifier: Apache-2.0 */
/* Codes in events, with the patterns of proto/events/common.schema.json. Each returns NULL when the
 * member is absent or bad; err names what is bad. */
#ifndef ANALYTICS_CODE_JSON_H
#define ANALYTICS_CODE_JSON_H

#include "common/json.h"

/* unit_code, team_code: ^[0-9A-Z][0-9A-Z-]{1,31}$ */
const char *code_read_unit(struct json_reader *reader, const char *name,
                           enum json_presence presence);
/* category_code: ^[a-z0-9]+(-[a-z0-9]+)*$ */
const char *code_read_category(struct json_reader *reader, const char *name,
                               enum json_presence presence);
/* word: ^[a-z][a-z0-9_]{0,63}$ */
const char *code_read_word(struct json_reader *reader, const char *name,
                           enum json_presence presence);
/* areas, if they are there: checked, and not kept. */
void code_read_areas(struct json_reader *reader, const char *name);

#endif
