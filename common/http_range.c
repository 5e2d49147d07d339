/* SPDX-License-Identifier: Apache-2.0 */
#include "common/http_range.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* A number too large to be told is larger than any file. False: there are no digits. */
static bool read_number(const char **text, uint64_t *number)
{
    const char *start = *text;
    *number = 0;
    for (; isdigit((unsigned char)**text); ++*text) {
        uint64_t digit = (uint64_t)(**text - '0');
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
    }
    return *text > start;
}

/* "first-", "first-last", "-count of the last". */
static enum http_range_kind read_one(const char *text, uint64_t file_size, struct http_range *range)
{
    uint64_t first, last;
    bool from_start = read_number(&text, &first);
    if (*text++ != '-') {
        return HTTP_RANGE_BAD;
    }
    bool to_given = read_number(&text, &last);
    if (*skip_blanks(text) != '\0' || (!from_start && !to_given) ||
        (from_start && to_given && last < first)) {
        return HTTP_RANGE_BAD;
    }
    if (!from_start) {
        first = last == 0 ? file_size : last < file_size ? file_size - last : 0;
        to_given = false;
    }
    if (first >= file_size) {
        return HTTP_RANGE_BAD;
    }
    uint64_t end = to_given && last < file_size - 1 ? last + 1 : file_size;
    *range = (struct http_range){first, end - first};
    return HTTP_RANGE_PART;
}

enum http_range_kind http_range_read(const char *header, uint64_t file_size,
                                     struct http_range *range)
{
    static const char unit[] = "bytes=";
    if (header == NULL || strncasecmp(header, unit, sizeof unit - 1) != 0) {
        return HTTP_RANGE_WHOLE;
    }
    header += sizeof unit - 1;
    if (strchr(header, ',') != NULL) {
        return HTTP_RANGE_WHOLE;
    }
    return read_one(skip_blanks(header), file_size, range);
}
