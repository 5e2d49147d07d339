/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are files, parts of one, or nothing, since the reader has it. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/http_private.h"
#include "common/http_range.h"

/* A range of what the reader has part of: If-Range says which (RFC 9110, section 13.1.5). */
static enum http_range_kind wanted(const struct http_request *request, const struct http_file *file,
                                   struct http_range *range)
{
    const char *same = http_header(request, MHD_HTTP_HEADER_IF_RANGE);
    if (strcmp(request->method, MHD_HTTP_METHOD_GET) != 0 ||
        (same != NULL && strcmp(same, file->etag) != 0)) {
        return HTTP_RANGE_WHOLE;
    }
    return http_range_read(http_header(request, MHD_HTTP_HEADER_RANGE), file->size, range);
}

static void send_part(struct http_request *request, int status, const struct http_file *file,
                      const struct http_range *range)
{
    struct MHD_Response *response =
        MHD_create_response_from_fd_at_offset64(range->size, file->fd, range->first);
    assert(response != NULL);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, file->content_type);
    request->sends_file = true;
    http_respond(request, status, response);
}

static void refuse_range(struct http_request *request, const struct http_file *file)
{
    struct error err = {0};
    http_answer_header(request, MHD_HTTP_HEADER_CONTENT_RANGE,
                       arena_format(&request->arena, "bytes */%" PRIu64, file->size));
    error_set(&err, ERR_INPUT, "bad_range", "the file has %" PRIu64 " bytes", file->size);
    http_refuse(request, MHD_HTTP_RANGE_NOT_SATISFIABLE, &err);
}

static void send_file(struct http_request *request, const struct http_file *file)
{
    struct http_range range = {0, file->size};
    switch (wanted(request, file, &range)) {
    case HTTP_RANGE_WHOLE:
        send_part(request, MHD_HTTP_OK, file, &range);
        break;
    case HTTP_RANGE_PART:
        http_answer_header(request, MHD_HTTP_HEADER_CONTENT_RANGE,
                           arena_format(&request->arena, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
                                        range.first, range.first + range.size - 1, file->size));
        send_part(request, MHD_HTTP_PARTIAL_CONTENT, file, &range);
        break;
    case HTTP_RANGE_BAD:
        close(file->fd);
        refuse_range(request, file);
        break;
    }
}

void http_answer_file(struct http_request *request, const struct http_file *file)
{
    http_answer_header(request, MHD_HTTP_HEADER_ETAG, file->etag);
    http_answer_header(request, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
    if (http_has_etag(request, file->etag)) {
        close(file->fd);
        http_answer(request, MHD_HTTP_NOT_MODIFIED, NULL, NULL, 0);
    } else if (http_request_settle(request)) {
        send_file(request, file);
    } else {
        close(file->fd);
    }
}
