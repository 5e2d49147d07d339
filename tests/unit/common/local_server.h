/* SPDX-License-Identifier: Apache-2.0 */
/* A server for tests in a thread of its own: one connection after another, each given whole to
 * the test's function. */
#ifndef TESTS_LOCAL_SERVER_H
#define TESTS_LOCAL_SERVER_H

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef void serve_connection(int connection, void *arg);

struct local_server {
    int listener;
    unsigned port;
    pthread_t thread;
    serve_connection *serve;
    void *arg;
};

static inline void *local_server_run(void *arg)
{
    struct local_server *server = arg;
    int connection;
    while ((connection = accept(server->listener, NULL, NULL)) >= 0) {
        server->serve(connection, server->arg);
        close(connection);
    }
    return NULL;
}

static inline void local_server_start(struct local_server *server, serve_connection *serve,
                                      void *arg)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->serve = serve;
    server->arg = arg;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = bind(server->listener, (struct sockaddr *)&address, size) ||
                 listen(server->listener, 64) ||
                 getsockname(server->listener, (struct sockaddr *)&address, &size) ||
                 pthread_create(&server->thread, NULL, local_server_run, server);
    assert(!failed);
    server->port = ntohs(address.sin_port);
}

static inline void local_server_stop(struct local_server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

/* Reads until end stands in the text, or the peer closes. */
static inline bool read_until(int connection, char *text, size_t room, const char *end)
{
    size_t size = 0;
    text[0] = '\0';
    while (strstr(text, end) == NULL) {
        ssize_t part = size + 1 < room ? recv(connection, text + size, room - size - 1, 0) : 0;
        if (part <= 0) {
            return false;
        }
        size += (size_t)part;
        text[size] = '\0';
    }
    return true;
}

static inline void send_text(int connection, const char *text)
{
    size_t sent = 0, size = strlen(text);
    while (sent < size) {
        ssize_t part = send(connection, text + sent, size - sent, MSG_NOSIGNAL);
        if (part <= 0) {
            return;
        }
        sent += (size_t)part;
    }
}

#endif
