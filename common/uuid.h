/* SPDX-License-Identifier: Apache-2.0 */
/* uuid: time-ordered identifiers (RFC 9562, version 7).
 *
 * Random bits come from the kernel's generator in blocks. Ids made in one process rise strictly,
 * also within one millisecond, so that index pages fill from the right. */
#ifndef COMMON_UUID_H
#define COMMON_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UUID_TEXT_SIZE = 37 };

struct uuid {
    uint8_t bytes[16];
};

struct uuid uuid_new(void);
char *uuid_format(const struct uuid *uuid, char text[UUID_TEXT_SIZE]); /* lower case */

/* Reads the 36-character form, either case; any version. */
bool uuid_parse(const char *text, size_t size, struct uuid *uuid);
/* Reads that form as uuid_format writes it: lower case. */
bool uuid_parse_lower(const char *text, size_t size, struct uuid *uuid);
bool uuid_equal(const struct uuid *a, const struct uuid *b);
bool uuid_is_nil(const struct uuid *uuid);

/* Fills bytes from the kernel's generator (getrandom). */
void random_bytes(void *bytes, size_t size);

#endif
