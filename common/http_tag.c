/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/digest.h"
#include "common/http.h"

void http_answer_version(struct http_request *request, int64_t version)
{
    http_answer_header(request, "ETag",
                       arena_format(http_arena(request), "\"%lld\"", (long long)version));
}

/* RFC 9110, section 13.1.2: a list of tags, which may be weak, or any. */
bool http_has_etag(const struct http_request *request, const char *etag)
{
    const char *list = http_header(request, "if-none-match");
    return list != NULL && (strcmp(list, "*") == 0 || strstr(list, etag) != NULL);
}

void http_answer_tagged(struct http_request *request, const char *content_type, const char *body,
                        size_t size)
{
    enum { TAG_HEX = 32 };
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    digest_sha256(body, size, digest);
    const char *tag =
        arena_format(http_arena(request), "\"%.*s\"", TAG_HEX, digest_hex(digest, hex));
    http_answer_header(request, "ETag", tag);
    if (http_has_etag(request, tag)) {
        http_answer(request, 304, content_type, NULL, 0);
    } else {
        http_answer(request, 200, content_type, body, size);
    }
}
