/* SPDX-License-Identifier: Apache-2.0 */
/* http_range: which part of a file does a reader want? RFC 9110, section 14. Pure. */
#ifndef COMMON_HTTP_RANGE_H
#define COMMON_HTTP_RANGE_H

#include <stdint.h>

enum http_range_kind {
    HTTP_RANGE_WHOLE, /* none is asked for, or one that may be answered with all */
    HTTP_RANGE_PART,
    HTTP_RANGE_BAD /* malformed, or past the end */
};

struct http_range {
    uint64_t first, size; /* of a part; at least one byte */
};

/* range: the header, or NULL. Of several ranges, and of other units than bytes, the whole is given.
 */
enum http_range_kind http_range_read(const char *header, uint64_t file_size,
                                     struct http_range *range);

#endif
