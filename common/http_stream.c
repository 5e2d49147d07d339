/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_private.h"

enum { UNSENT_MAX = 256 * 1024, BLOCK_SIZE = 8 * 1024 };

struct http_stream {
    struct http *http;
    struct http_connection *connection; /* NULL: never had a client */
    struct MHD_Connection *mhd;
    struct buffer unsent;
    size_t taken; /* of unsent, by the daemon */
    bool asleep;  /* connection suspended until there is more */
    bool ending;
    http_on_gone *on_gone;
    void *arg;
    struct http_stream *next; /* stillborn */
};

static ssize_t on_read(void *arg, uint64_t position, char *bytes, size_t size)
{
    struct http_stream *stream = arg;
    size_t left = stream->unsent.size - stream->taken;
    (void)position;
    if (left == 0 && stream->ending) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (left == 0) {
        stream->asleep = true;
        MHD_suspend_connection(stream->mhd);
        return 0;
    }
    size_t taken = left < size ? left : size;
    memcpy(bytes, stream->unsent.data + stream->taken, taken);
    stream->taken += taken;
    if (stream->taken == stream->unsent.size) {
        buffer_reset(&stream->unsent);
        stream->taken = 0;
    }
    return (ssize_t)taken;
}

static void stream_wake(struct http_stream *stream)
{
    if (stream->asleep) {
        stream->asleep = false;
        MHD_resume_connection(stream->mhd);
        http_run_soon(stream->http);
    }
}

static struct http_stream *stream_new(struct http *http, http_on_gone *on_gone, void *arg)
{
    struct http_stream *stream = memory_zero(1, sizeof *stream);
    stream->http = http;
    stream->on_gone = on_gone;
    stream->arg = arg;
    buffer_init(&stream->unsent);
    http->streams++;
    return stream;
}

/* The caller has its pointer first; on_gone follows from the loop. */
static struct http_stream *stream_stillborn(struct http *http, http_on_gone *on_gone, void *arg)
{
    struct http_stream *stream = stream_new(http, on_gone, arg);
    stream->ending = true;
    stream->next = http->stillborn;
    http->stillborn = stream;
    http_run_soon(http);
    return stream;
}

struct http_stream *http_answer_stream(struct http_request *request, http_on_gone *on_gone,
                                       void *arg)
{
    struct http *http = request->http;
    if (!http_request_settle(request)) {
        return stream_stillborn(http, on_gone, arg);
    }
    if (http->closing || http->streams >= (http->connections_max + 1) / 2) {
        struct error err = {0};
        error_set(&err, ERR_RETRY, "too_many_streams", "no further stream can be opened now");
        http_refuse(request, http_status(err.kind), &err);
        return stream_stillborn(http, on_gone, arg);
    }
    struct http_stream *stream = stream_new(http, on_gone, arg);
    stream->connection = request->connection;
    stream->mhd = request->mhd;
    request->stream = stream;
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, on_read, stream, NULL);
    assert(response != NULL);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
    MHD_add_response_header(response, "X-Accel-Buffering", "no"); /* proxies: pass on at once */
    http_wait_start(&http->streaming, &stream->connection->wait, uv_now(http->loop));
    buffer_put_text(&stream->unsent, ": open\n\n"); /* proxies forward the header with it */
    http_respond(request, MHD_HTTP_OK, response);
    return stream;
}

static void put_field(struct buffer *out, const char *name, const char *value)
{
    assert(strpbrk(value, "\r\n") == NULL);
    buffer_put_format(out, "%s: %s\n", name, value);
}

/* Each line of data is a field of its own; a client takes CR, LF and CRLF as line ends. */
static void put_data(struct buffer *out, const char *data, size_t size)
{
    const char *end = data + size, *line = data;
    for (const char *at = data;; at++) {
        if (at == end || *at == '\n' || *at == '\r') {
            buffer_put_text(out, "data: ");
            buffer_put(out, line, (size_t)(at - line));
            buffer_put_char(out, '\n');
            if (at == end) {
                return;
            }
            at += *at == '\r' && at + 1 < end && at[1] == '\n';
            line = at + 1;
        }
    }
}

bool http_stream_send(struct http_stream *stream, const char *event, const char *id,
                      const char *data, size_t size)
{
    if (stream->ending) {
        return false;
    }
    if (stream->unsent.size - stream->taken + size > UNSENT_MAX) {
        stream->ending = true;
        http_connection_cut(stream->connection); /* the client does not read */
        stream_wake(stream);
        return false;
    }
    if (event != NULL) {
        put_field(&stream->unsent, "event", event);
    }
    if (id != NULL) {
        put_field(&stream->unsent, "id", id);
    }
    put_data(&stream->unsent, data, size);
    buffer_put_char(&stream->unsent, '\n');
    stream_wake(stream);
    return true;
}

void http_stream_close(struct http_stream *stream)
{
    stream->ending = true;
    if (stream->connection != NULL) {
        stream_wake(stream);
    }
}

void http_stream_beat(struct http_stream *stream)
{
    if (stream->ending) {
        http_connection_cut(stream->connection); /* it had its time to take the rest */
        stream_wake(stream);
        return;
    }
    http_wait_start(&stream->http->streaming, &stream->connection->wait,
                    uv_now(stream->http->loop));
    if (stream->unsent.size == stream->taken) {
        buffer_put_text(&stream->unsent, ":\n\n");
    }
    stream_wake(stream);
}

void http_stream_gone(struct http_stream *stream)
{
    struct http *http = stream->http;
    stream->on_gone(stream, stream->arg);
    buffer_finish(&stream->unsent);
    free(stream);
    http->streams--;
}

void http_streams_bury(struct http *http)
{
    while (http->stillborn != NULL) {
        struct http_stream *stream = http->stillborn;
        http->stillborn = stream->next;
        http_stream_gone(stream);
    }
}
