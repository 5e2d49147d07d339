/* SPDX-License-Identifier: Apache-2.0 */
#include "common/fetch.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/fetch_private.h"

/* A socket that curl asked us to watch. */
struct watch {
    uv_poll_t poll;
    struct fetch *fetch;
    curl_socket_t socket;
};

struct fetch {
    CURLM *multi;
    uv_loop_t *loop;
    uv_timer_t *timer;
    char *ca_file;
    size_t running, transfers_max;
    bool closing;
    size_t waiting, waiting_max;
    struct transfer *first, *last; /* the waiting line */
    struct transfer *running_list;
    struct metrics_gauge *running_gauge;
    struct metrics_counter *ended;
};

static void fetch_start_waiting(struct fetch *fetch);

static void on_freed(uv_handle_t *handle)
{
    free(handle->data);
}

static void transfer_unlink(struct transfer *transfer)
{
    struct transfer **link = &transfer->fetch->running_list;
    while (*link != transfer) {
        link = &(*link)->next; /* at most transfers_max steps */
    }
    *link = transfer->next;
}

static void fetch_end_finished(struct fetch *fetch)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(fetch->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        struct transfer *transfer = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(fetch->multi, message->easy_handle);
        transfer_unlink(transfer);
        fetch->running--;
        metrics_set(fetch->running_gauge, (double)fetch->running);
        metrics_add(fetch->ended, 1);
        transfer->end(transfer, code);
    }
    fetch_start_waiting(fetch);
}

static void on_socket_event(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    struct fetch *fetch = watch->fetch;
    int action = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
                 (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0) |
                 (status < 0 ? CURL_CSELECT_ERR : 0);
    int running;
    curl_multi_socket_action(fetch->multi, watch->socket, action, &running);
    fetch_end_finished(fetch);
}

static void on_time(uv_timer_t *timer)
{
    struct fetch *fetch = timer->data;
    int running;
    curl_multi_socket_action(fetch->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    fetch_end_finished(fetch);
}

/* curl: start, stop or change the one timer. 0 runs in the next turn of the loop: each transfer
 * begins so, and a millisecond more would be felt in every mail. */
static int on_timer_wanted(CURLM *multi, long timeout_ms, void *arg)
{
    struct fetch *fetch = arg;
    (void)multi;
    if (timeout_ms < 0) {
        return uv_timer_stop(fetch->timer);
    }
    return uv_timer_start(fetch->timer, on_time, (uint64_t)timeout_ms, 0);
}

static int on_socket_wanted(CURL *easy, curl_socket_t socket, int what, void *arg, void *known)
{
    struct fetch *fetch = arg;
    struct watch *watch = known;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch != NULL) {
            curl_multi_assign(fetch->multi, socket, NULL);
            uv_poll_stop(&watch->poll);
            uv_close((uv_handle_t *)&watch->poll, on_freed);
        }
        return 0;
    }
    if (watch == NULL) {
        watch = memory_zero(1, sizeof *watch);
        watch->fetch = fetch;
        watch->socket = socket;
        if (uv_poll_init_socket(fetch->loop, &watch->poll, socket) != 0) {
            free(watch);
            return -1; /* curl ends the transfer */
        }
        watch->poll.data = watch;
        curl_multi_assign(fetch->multi, socket, watch);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&watch->poll, events, on_socket_event);
}

bool fetch_open(struct fetch **fetch_out, uv_loop_t *loop, const struct fetch_config *config,
                struct metrics *metrics, struct error *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return error_set(err, ERR_FATAL, "curl_unusable", "libcurl could not be initialised");
    }
    struct fetch *fetch = memory_zero(1, sizeof *fetch);
    fetch->multi = curl_multi_init();
    fetch->loop = loop;
    fetch->transfers_max = config->transfers_max;
    fetch->waiting_max = config->waiting_max;
    fetch->ca_file = memory_text(config->ca_file);
    fetch->timer = memory_zero(1, sizeof *fetch->timer);
    uv_timer_init(loop, fetch->timer);
    fetch->timer->data = fetch;
    fetch->running_gauge =
        metrics_gauge(metrics, "fetch_running", "Outgoing transfers.", config->labels);
    fetch->ended =
        metrics_counter(metrics, "fetch_ended_total", "Ended transfers.", config->labels);
    curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
    curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETDATA, fetch);
    curl_multi_setopt(fetch->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(fetch->multi, CURLMOPT_TIMERDATA, fetch);
    /* By default curl closes idle connections beyond four for each transfer under way: after a
     * burst of mails the next one would have to greet the server anew. */
    curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS, (long)config->transfers_max);
    *fetch_out = fetch;
    return true;
}

static void fetch_end_list(struct transfer *transfer)
{
    while (transfer != NULL) {
        struct transfer *next = transfer->next;
        transfer->end(transfer, CURLE_ABORTED_BY_CALLBACK);
        transfer = next;
    }
}

void fetch_close(struct fetch *fetch)
{
    if (fetch == NULL) {
        return;
    }
    struct transfer *waiting = fetch->first, *running = fetch->running_list;
    fetch->first = fetch->running_list = NULL;
    fetch->closing = true; /* an end that asks for a new transfer is refused */
    for (struct transfer *transfer = running; transfer != NULL; transfer = transfer->next) {
        curl_multi_remove_handle(fetch->multi, transfer->easy);
    }
    fetch_end_list(running);
    fetch_end_list(waiting);
    curl_multi_cleanup(fetch->multi);
    uv_timer_stop(fetch->timer);
    fetch->timer->data = fetch->timer;
    uv_close((uv_handle_t *)fetch->timer, on_freed);
    free(fetch->ca_file);
    free(fetch);
}

bool transfer_init(struct transfer *transfer, struct fetch *fetch, unsigned deadline_ms,
                   struct error *err)
{
    transfer->fetch = fetch;
    transfer->easy = curl_easy_init();
    if (transfer->easy == NULL) {
        return error_set(err, ERR_RETRY, "out_of_handles", "no transfer handle left");
    }
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->reason);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)deadline_ms);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    if (fetch->ca_file[0] != '\0') {
        curl_easy_setopt(easy, CURLOPT_CAINFO, fetch->ca_file);
    }
    return true;
}

void transfer_finish(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
}

static void transfer_run(struct transfer *transfer)
{
    struct fetch *fetch = transfer->fetch;
    fetch->running++;
    transfer->next = fetch->running_list;
    fetch->running_list = transfer;
    metrics_set(fetch->running_gauge, (double)fetch->running);
    CURLMcode code = curl_multi_add_handle(fetch->multi, transfer->easy);
    assert(code == CURLM_OK);
}

bool transfer_start(struct transfer *transfer, struct error *err)
{
    struct fetch *fetch = transfer->fetch;
    if (fetch->closing) {
        return error_set(err, ERR_RETRY, "stopping", "the service is stopping");
    }
    if (fetch->running < fetch->transfers_max) {
        transfer_run(transfer);
        return true;
    }
    if (fetch->waiting >= fetch->waiting_max) {
        return error_set(err, ERR_BUSY, "too_many_transfers", "the line of transfers is full");
    }
    transfer->next = NULL;
    if (fetch->first == NULL) {
        fetch->first = transfer;
    } else {
        fetch->last->next = transfer;
    }
    fetch->last = transfer;
    fetch->waiting++;
    return true;
}

static void fetch_start_waiting(struct fetch *fetch)
{
    while (fetch->first != NULL && fetch->running < fetch->transfers_max) {
        struct transfer *transfer = fetch->first;
        fetch->first = transfer->next;
        fetch->waiting--;
        transfer_run(transfer);
    }
}
