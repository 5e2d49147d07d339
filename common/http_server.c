/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/http_private.h"

enum {
    BACKLOG = 1024,
    CONNECTION_MEMORY = 32 * 1024, /* leaves us room to refuse headers over HTTP_HEADER_MAX */
    SWEEP_MS = 100,
    BEAT_MS = 15 * 1000,
    LINGER_MS = 1000, /* at the end, for a client to take its answer */
    UNACKNOWLEDGED_MS = 30 * 1000
};

/* ---- the daemon in the loop ----
 * It has no timeouts of its own (see the waits), so it either wants to run again at once, after
 * a resume or because it stopped half-way, or when its epoll descriptor says so. */

static void http_finish(struct http *http);

static void pump(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms = 0;
    http->run_wanted = false;
    http_streams_bury(http);
    MHD_run(http->daemon);
    bool unfinished = MHD_get_timeout(http->daemon, &timeout_ms) == MHD_YES && timeout_ms == 0;
    if (http_is_over(http)) {
        http_finish(http);
    } else if (unfinished || http->run_wanted) {
        http_run_soon(http);
    } else {
        uv_idle_stop(&http->again);
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    pump(poll->data);
}

static void on_again(uv_idle_t *idle)
{
    pump(idle->data);
}

void http_run_soon(struct http *http)
{
    http->run_wanted = true;
    if (!http->stopped) {
        uv_idle_start(&http->again, on_again);
    }
}

bool http_is_over(const struct http *http)
{
    return http->closing && !http->stopped && http->requests == 0 && http->connections == 0 &&
           http->stillborn == NULL;
}

/* ---- connections ---- */

void http_connection_cut(struct http_connection *connection)
{
    shutdown(connection->fd, SHUT_RDWR);
}

/* What was sent before we stopped is still read. */
static void connection_rest(struct http_connection *connection)
{
    struct http *http = connection->http;
    http_wait_start(&http->idle, &connection->wait, uv_now(http->loop));
    if (http->closing) {
        shutdown(connection->fd, SHUT_RD);
    }
}

static void on_idle_due(struct http_wait *wait)
{
    http_connection_cut((struct http_connection *)wait);
}

static void on_unanswered_due(struct http_wait *wait)
{
    http_request_expire(((struct http_connection *)wait)->request);
}

static void on_stream_due(struct http_wait *wait)
{
    http_stream_beat(((struct http_connection *)wait)->request->stream);
}

static void on_sweep(uv_timer_t *timer)
{
    struct http *http = timer->data;
    uint64_t now_ms = uv_now(http->loop);
    http_waits_sweep(&http->idle, now_ms);
    http_waits_sweep(&http->unanswered, now_ms);
    http_waits_sweep(&http->writing, now_ms);
    http_waits_sweep(&http->streaming, now_ms);
    http_waits_sweep(&http->uploading, now_ms);
    http_waits_sweep(&http->sending, now_ms);
    if (http->connections == 0) {
        uv_timer_stop(timer);
    }
}

static void connection_open(struct http *http, struct MHD_Connection *mhd, void **context)
{
    struct http_connection *connection = memory_zero(1, sizeof *connection);
    connection->http = http;
    connection->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    *context = connection;
    http->connections++;
    if (!uv_is_active((uv_handle_t *)&http->sweep)) {
        uv_timer_start(&http->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    }
    connection_rest(connection);
}

static void connection_closed(struct http_connection *connection)
{
    struct http *http = connection->http;
    http_wait_stop(&connection->wait);
    http->connections--;
    free(connection);
    /* At its limit the daemon leaves the listening socket alone, until it runs again. */
    http_run_soon(http);
}

static void on_connection(void *arg, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        connection_open(arg, mhd, context);
    } else {
        connection_closed(*context);
    }
}

/* The request line is in; what is returned comes back as *context below. */
static void *on_uri(void *arg, const char *uri, struct MHD_Connection *mhd)
{
    struct http *http = arg;
    struct http_connection *connection =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    connection->request = http_request_new(connection, uri);
    connection->request->mhd = mhd;
    http_wait_start(&http->unanswered, &connection->wait, uv_now(http->loop));
    return connection->request;
}

static enum MHD_Result on_step(void *arg, struct MHD_Connection *mhd, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **context)
{
    (void)arg, (void)mhd, (void)url;
    return http_request_step(*context, method, version, upload, upload_size);
}

static void on_completed(void *arg, struct MHD_Connection *mhd, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct http_request *request = *context;
    (void)arg, (void)mhd, (void)code;
    if (request != NULL) {
        struct http_connection *connection = request->connection;
        *context = NULL;
        connection->request = NULL;
        connection_rest(connection);
        http_request_gone(request);
    }
}

/* ---- open ---- */

static bool bind_socket(int fd, const struct addrinfo *address)
{
    const int on = 1, unacknowledged_ms = UNACKNOWLEDGED_MS;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           /* Inherited by connections: notices clients that vanished without a word. */
           setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
                      sizeof unacknowledged_ms) == 0 &&
           bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
}

static unsigned bound_port(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &size);
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

static int open_socket(const struct http_config *config, struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *address = NULL;
    char port[16];
    snprintf(port, sizeof port, "%u", config->port);
    int wrong = getaddrinfo(config->bind, port, &hints, &address);
    if (wrong != 0) {
        error_set(err, ERR_FATAL, "bad_address", "%s: %s", config->bind, gai_strerror(wrong));
        return -1;
    }
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || !bind_socket(fd, address)) {
        error_set(err, ERR_FATAL, "cannot_listen", "%s port %u: %s", config->bind, config->port,
                  strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        fd = -1;
    }
    freeaddrinfo(address);
    return fd;
}

static struct MHD_Daemon *start_daemon(struct http *http, int fd)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL,
                            on_step, http, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)http->connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
                            http, MHD_OPTION_URI_LOG_CALLBACK, on_uri, http,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_END);
}

static void open_metrics(struct http *http, struct metrics *metrics)
{
    http->metrics = metrics;
    http->in_flight = metrics_gauge(metrics, "http_requests_in_flight",
                                    "Requests that wait for their handler.", NULL);
    http->open_connections =
        metrics_gauge(metrics, "http_connections_open", "Connections of clients.", NULL);
    http->open_streams =
        metrics_gauge(metrics, "http_streams_open", "Streams of server-sent events.", NULL);
}

static void open_handles(struct http *http)
{
    int epoll_fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    uv_poll_init(http->loop, &http->readable, epoll_fd);
    uv_idle_init(http->loop, &http->again);
    uv_timer_init(http->loop, &http->sweep);
    http->readable.data = http->again.data = http->sweep.data = http;
    http->open_handles = 3;
    uv_poll_start(&http->readable, UV_READABLE, on_readable);
}

static void http_free(struct http *http)
{
    http_keys_finish(http);
    router_finish(&http->router);
    free(http);
}

bool http_listen(struct http **out, uv_loop_t *loop, const struct http_config *config,
                 struct metrics *metrics, struct error *err)
{
    static const struct http_route unknown = {.method = "other", .path = "unknown"};
    int fd = open_socket(config, err);
    if (fd < 0) {
        return false;
    }
    struct http *http = memory_zero(1, sizeof *http);
    http->loop = loop;
    http->state = config->state;
    http->auth = config->auth;
    http->port = bound_port(fd);
    http->connections_max = config->connections_max;
    http->requests_max = config->requests_max;
    http->unknown.spec = &unknown;
    uint64_t idle_ms = (uint64_t)config->idle_s * 1000;
    http->idle = (struct http_waits){.wait_ms = idle_ms, .on_due = on_idle_due};
    http->writing = (struct http_waits){.wait_ms = idle_ms, .on_due = on_idle_due};
    http->unanswered =
        (struct http_waits){.wait_ms = config->deadline_ms, .on_due = on_unanswered_due};
    http->uploading =
        (struct http_waits){.wait_ms = config->transfer_ms, .on_due = on_unanswered_due};
    http->sending = (struct http_waits){.wait_ms = config->transfer_ms, .on_due = on_idle_due};
    http->file_bytes_max = config->file_bytes_max;
    http->streaming = (struct http_waits){.wait_ms = BEAT_MS, .on_due = on_stream_due};
    router_init(&http->router, http_builtin_routes, config->routes);
    http_keys_init(http);
    http->daemon = start_daemon(http, fd);
    if (http->daemon == NULL) {
        close(fd);
        http_free(http);
        return error_set(err, ERR_FATAL, "cannot_listen", "the HTTP daemon does not start");
    }
    open_metrics(http, metrics);
    open_handles(http);
    *out = http;
    return true;
}

unsigned http_port(const struct http *http)
{
    return http->port;
}

void http_set_ready(struct http *http, http_is_ready *is_ready, void *arg)
{
    http->is_ready = is_ready;
    http->is_ready_arg = arg;
}

void http_set_full(struct http *http, http_is_full *is_full, void *arg)
{
    http->is_full = is_full;
    http->is_full_arg = arg;
}

/* ---- close ---- */

void http_close(struct http *http, http_on_closed *on_closed, void *arg)
{
    uint64_t now_ms = uv_now(http->loop);
    http->closing = true;
    http->on_closed = on_closed;
    http->on_closed_arg = arg;
    close(MHD_quiesce_daemon(http->daemon));
    for (struct http_wait *wait = http->idle.first; wait != NULL; wait = wait->next) {
        shutdown(((struct http_connection *)wait)->fd, SHUT_RD);
    }
    for (struct http_wait *wait = http->streaming.first; wait != NULL; wait = wait->next) {
        http_stream_close(((struct http_connection *)wait)->request->stream);
    }
    http_waits_hurry(&http->idle, LINGER_MS, now_ms);
    http_waits_hurry(&http->writing, LINGER_MS, now_ms);
    http_waits_hurry(&http->sending, LINGER_MS, now_ms);
    http_waits_hurry(&http->uploading, http->unanswered.wait_ms, now_ms);
    http_waits_hurry(&http->streaming, LINGER_MS, now_ms);
    http_run_soon(http);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;
    if (--http->open_handles > 0) {
        return;
    }
    http_on_closed *on_closed = http->on_closed;
    void *arg = http->on_closed_arg;
    http_free(http);
    on_closed(arg);
}

/* No connection is left, so none is suspended: the daemon may stop. */
static void http_finish(struct http *http)
{
    http->stopped = true;
    uv_close((uv_handle_t *)&http->readable, on_handle_closed);
    uv_close((uv_handle_t *)&http->again, on_handle_closed);
    uv_close((uv_handle_t *)&http->sweep, on_handle_closed);
    MHD_stop_daemon(http->daemon);
}
