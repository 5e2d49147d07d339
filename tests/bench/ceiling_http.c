/* SPDX-License-Identifier: Apache-2.0 */
/* ceiling_http: our HTTP server with nothing behind it. It takes the filing that `load file` sends,
 * key and all, and answers at once with as many bytes as intake would.
 *
 *   ceiling_http PORT API_KEYS_FILE    until SIGTERM */
#include <stdio.h>
#include <stdlib.h>

#include "common/auth.h"
#include "common/fetch.h"
#include "common/http.h"
#include "common/loop.h"

static void answer_filing(struct http_request *request, void *state)
{
    static const char receipt[] =
        "{\"id\":\"01a20ccd-bd66-74a8-87eb-264e2f6d5769\",\"ticket\":\"HN-2026-0000001-7\","
        "\"version\":1,\"state\":\"submitted\",\"submitted_at\":\"2026-11-24T09:05:39.686Z\","
        "\"receive_by\":\"2026-11-25T09:05:39.686Z\",\"receive_rule\":{\"code\":\"receive\","
        "\"version\":1,\"source\":\"QĐ 1207/QĐ-UBND\"},\"links\":{\"self\":"
        "\"/api/intake/submissions/01a20ccd-bd66-74a8-87eb-264e2f6d5769\"}}";
    (void)state;
    http_answer_header(request, "Location",
                       "/api/intake/submissions/01a20ccd-bd66-74a8-87eb-264e2f6d5769");
    http_answer_header(request, "ETag", "\"1\"");
    http_answer(request, 201, NULL, receipt, sizeof receipt - 1);
}

static const struct http_route routes[] = {
    {.method = "POST",
     .path = "/api/intake/submissions",
     .access = "*",
     .handler = answer_filing,
     .flags = HTTP_IDEMPOTENT,
     .body_max = 64 * 1024},
    {.method = NULL},
};

static void on_http_closed(void *arg)
{
    loop_stage_done(arg);
}

static void close_http(struct loop *loop, void *arg)
{
    http_close(arg, on_http_closed, loop);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct fetch *fetch = NULL;
    struct auth *auth = NULL;
    struct http *http = NULL;

    if (argc != 3) {
        fprintf(stderr, "usage: ceiling_http PORT API_KEYS_FILE\n");
        return 2;
    }
    struct loop *loop = loop_new(5000);
    struct metrics *metrics = metrics_new();
    struct fetch_config fetch_config = {.transfers_max = 1, .waiting_max = 1, .ca_file = ""};
    struct auth_config auth_config = {.issuer = "http://127.0.0.1:9",
                                      .audience = "bench",
                                      .jwks_url = "http://127.0.0.1:9/keys", /* never asked */
                                      .api_keys_file = argv[2]};
    struct http_config http_config = {.bind = "127.0.0.1",
                                      .port = (unsigned)strtoul(argv[1], NULL, 10),
                                      .routes = routes,
                                      .connections_max = 1000,
                                      .requests_max = 1000,
                                      .idle_s = 60,
                                      .deadline_ms = 10000};
    if (!fetch_open(&fetch, loop_uv(loop), &fetch_config, metrics, &err) ||
        !auth_open(&auth, loop_uv(loop), fetch, &auth_config, metrics, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    http_config.auth = auth;
    if (!http_listen(&http, loop_uv(loop), &http_config, metrics, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    loop_on_stop(loop, "http", close_http, http);
    return loop_run(loop);
}
