/* SPDX-License-Identifier: Apache-2.0 */
/* mail_sink: takes all mail, keeps none, and spends next to nothing on it, so that what is measured
 * is the sender.
 *
 *   mail_sink PORT    until it is killed */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

enum { LINE_MAX_SIZE = 2048 };

struct session {
    uv_tcp_t tcp;
    bool in_data;
    size_t size; /* of the line so far; a longer one is cut */
    char line[LINE_MAX_SIZE];
};

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

/* Answers are short: the socket takes them at once, or the client is not worth waiting for. */
static void say(struct session *session, const char *text)
{
    uv_buf_t bytes = uv_buf_init((char *)text, (unsigned)strlen(text));
    if (uv_try_write((uv_stream_t *)&session->tcp, &bytes, 1) != (int)bytes.len &&
        !uv_is_closing((uv_handle_t *)&session->tcp)) {
        uv_close((uv_handle_t *)&session->tcp, on_closed);
    }
}

static bool is_command(const struct session *session, const char *word)
{
    return strncasecmp(session->line, word, strlen(word)) == 0;
}

static void take_line(struct session *session)
{
    if (session->in_data) {
        if (strcmp(session->line, ".") == 0) {
            session->in_data = false;
            say(session, "250 taken\r\n");
        }
    } else if (is_command(session, "EHLO")) {
        say(session, "250-bench\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n");
    } else if (is_command(session, "DATA")) {
        session->in_data = true;
        say(session, "354 go on\r\n");
    } else if (is_command(session, "QUIT")) {
        say(session, "221 bye\r\n");
    } else {
        say(session, "250 ok\r\n");
    }
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *room)
{
    struct session *session = stream->data;
    if (size < 0) {
        if (!uv_is_closing((uv_handle_t *)stream)) {
            uv_close((uv_handle_t *)stream, on_closed);
        }
        return;
    }
    for (ssize_t i = 0; i < size; i++) {
        char c = room->base[i];
        if (c == '\n') {
            session->line[session->size] = '\0';
            session->size = 0;
            take_line(session);
        } else if (c != '\r' && session->size < LINE_MAX_SIZE - 1) {
            session->line[session->size++] = c;
        }
    }
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *room)
{
    static char bytes[65536]; /* read is done with before the next one */
    (void)handle, (void)wanted;
    *room = uv_buf_init(bytes, sizeof bytes);
}

static void on_connection(uv_stream_t *server, int status)
{
    if (status < 0) {
        return;
    }
    struct session *session = calloc(1, sizeof *session);
    uv_tcp_init(server->loop, &session->tcp);
    session->tcp.data = session;
    if (uv_accept(server, (uv_stream_t *)&session->tcp) != 0) {
        uv_close((uv_handle_t *)&session->tcp, on_closed);
        return;
    }
    uv_tcp_nodelay(&session->tcp, 1);
    uv_read_start((uv_stream_t *)&session->tcp, on_alloc, on_read);
    say(session, "220 bench\r\n");
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    uv_tcp_t server;
    int status;

    if (argc != 2) {
        fprintf(stderr, "usage: mail_sink PORT\n");
        return 2;
    }
    uv_loop_t *loop = uv_default_loop();
    uv_ip4_addr("127.0.0.1", (int)strtol(argv[1], NULL, 10), &address);
    uv_tcp_init(loop, &server);
    status = uv_tcp_bind(&server, (const struct sockaddr *)&address, 0);
    if (status == 0) {
        status = uv_listen((uv_stream_t *)&server, 128, on_connection);
    }
    if (status != 0) {
        fprintf(stderr, "port %s: %s\n", argv[1], uv_strerror(status));
        return 1;
    }
    return uv_run(loop, UV_RUN_DEFAULT);
}
