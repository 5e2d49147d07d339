/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* strcasestr */
#include "http_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void give_up(const char *what, int code)
{
    fprintf(stderr, "connection: %s: %s\n", what, code < 0 ? uv_strerror(code) : "");
    exit(1);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *room)
{
    struct http_client *client = handle->data;
    buffer_reserve(&client->in, wanted);
    *room = uv_buf_init(client->in.data + client->in.size,
                        (unsigned)(client->in.capacity - client->in.size - 1));
}

static size_t content_length(const char *head)
{
    const char *line = strcasestr(head, "\r\ncontent-length:");
    return line == NULL ? 0 : strtoul(line + strlen("\r\ncontent-length:"), NULL, 10);
}

/* True when a whole answer is in. */
static bool is_whole(struct http_client *client)
{
    if (client->head_size == 0) {
        char *end = strstr(client->in.data, "\r\n\r\n");
        if (end == NULL) {
            return false;
        }
        client->head_size = (size_t)(end - client->in.data) + 4;
        end[2] = '\0';
        client->body_size = content_length(client->in.data);
    }
    return client->in.size >= client->head_size + client->body_size;
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *room)
{
    struct http_client *client = stream->data;
    int status;
    (void)room;
    if (size < 0) {
        give_up("read", (int)size);
    }
    client->in.size += (size_t)size;
    client->in.data[client->in.size] = '\0';
    if (!is_whole(client)) {
        return;
    }
    if (sscanf(client->in.data, "HTTP/1.1 %d", &status) != 1) {
        give_up(client->in.data, 0);
    }
    http_client_on_answer *on_answer = client->on_answer;
    on_answer(status, client->in.data, client->in.data + client->head_size, client->arg);
}

static void on_written(uv_write_t *write, int status)
{
    (void)write;
    if (status < 0) {
        give_up("write", status);
    }
}

struct connecting {
    http_client_on_connected *on_connected;
    void *arg;
};

static void on_connected(uv_connect_t *connect, int status)
{
    struct http_client *client = connect->handle->data;
    struct connecting *connecting = connect->data;
    if (status < 0) {
        give_up("connect", status);
    }
    uv_tcp_nodelay(&client->tcp, 1);
    uv_read_start((uv_stream_t *)&client->tcp, on_alloc, on_read);
    connecting->on_connected(connecting->arg);
    free(connecting);
}

void http_client_connect(struct http_client *client, uv_loop_t *loop, int port,
                         http_client_on_connected *on_connected_client, void *arg)
{
    struct sockaddr_in address;
    struct connecting *connecting = malloc(sizeof *connecting);
    *connecting = (struct connecting){on_connected_client, arg};
    memset(client, 0, sizeof *client);
    client->arg = arg;
    uv_ip4_addr("127.0.0.1", port, &address);
    uv_tcp_init(loop, &client->tcp);
    client->tcp.data = client;
    client->connect.data = connecting;
    uv_tcp_connect(&client->connect, &client->tcp, (const struct sockaddr *)&address, on_connected);
}

void http_client_ask(struct http_client *client, const char *method, const char *path,
                     const char *headers, const char *body, http_client_on_answer *on_answer)
{
    size_t body_size = body == NULL ? 0 : strlen(body);
    client->on_answer = on_answer;
    client->head_size = client->body_size = 0;
    buffer_reset(&client->in);
    buffer_reset(&client->out);
    buffer_put_format(&client->out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s", method, path,
                      headers);
    if (body != NULL) {
        buffer_put_format(&client->out, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                          body_size);
    }
    buffer_put_text(&client->out, "\r\n");
    buffer_put(&client->out, body == NULL ? "" : body, body_size);
    uv_buf_t bytes = uv_buf_init(client->out.data, (unsigned)client->out.size);
    uv_write(&client->write, (uv_stream_t *)&client->tcp, &bytes, 1, on_written);
}
