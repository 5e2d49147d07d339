/* SPDX-License-Identifier: Apache-2.0 */
/* What several codecs of events read: codes, with the patterns of proto/events/common.schema.json.
 * Each code is NULL when the member is absent or bad; err names what is bad. */
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
/* The code of a rule: ^[a-z0-9]+([_.-][a-z0-9]+)*$ */
const char *code_read_rule(struct json_reader *reader, const char *name,
                           enum json_presence presence);
/* A person's digest in place of what is told of him: ^[0-9a-f]{64}$, required. */
const char *code_read_hash(struct json_reader *reader, const char *name);

/* Of counts of people, sums of money, microseconds: beyond it JSON's numbers are not exact. */
#define CODE_NUMBER_MAX INT64_C(9007199254740991)

/* Of an array that was read: fewer than are asked for are a fault; what is absent or no list was
 * named already. */
void code_check_few(struct json_reader *reader, const char *name, size_t count, size_t least);

/* areas, if they are there: checked, and not kept. */
void code_read_areas(struct json_reader *reader, const char *name);

#endif
