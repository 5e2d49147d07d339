/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/http_private.h"

static void get_livez(struct http_request *request, void *state)
{
    static const char body[] = "{\"live\":true}";
    (void)state;
    http_answer(request, MHD_HTTP_OK, NULL, body, sizeof body - 1);
}

/* Reasons come one a line; the answer is one line. */
static void get_readyz(struct http_request *request, void *state)
{
    static const char body[] = "{\"ready\":true}";
    struct http *http = state;
    struct buffer why_not;
    buffer_init(&why_not);
    bool ready = http->is_ready == NULL || http->is_ready(&why_not, http->is_ready_arg);
    if (http->closing) {
        ready = false;
        buffer_put_text(&why_not, "stopping\n");
    }
    if (ready) {
        http_answer(request, MHD_HTTP_OK, NULL, body, sizeof body - 1);
    } else {
        struct error err = {0};
        buffer_put(&why_not, "", 0);
        for (char *c = why_not.data; (c = strchr(c, '\n')) != NULL;) {
            *c = c[1] != '\0' ? ';' : '\0';
        }
        error_set(&err, ERR_RETRY, "not_ready", "%s", why_not.data);
        http_answer_error(request, &err);
    }
    buffer_finish(&why_not);
}

static void get_metrics(struct http_request *request, void *state)
{
    struct http *http = state;
    struct buffer text;
    buffer_init(&text);
    metrics_set(http->in_flight, (double)http->under_way);
    metrics_set(http->open_connections, (double)http->connections);
    metrics_set(http->open_streams, (double)http->streams);
    metrics_write(http->metrics, &text);
    http_answer(request, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text.data,
                text.size);
    buffer_finish(&text);
}

const struct http_route http_builtin_routes[] = {
    {.method = "GET", .path = "/livez", .access = "", .handler = get_livez},
    {.method = "GET", .path = "/readyz", .access = "", .handler = get_readyz},
    {.method = "GET", .path = "/metrics", .access = "", .handler = get_metrics},
    {0},
};
