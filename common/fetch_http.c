/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/fetch_private.h"

struct http_transfer {
    struct transfer transfer;
    struct buffer answer;
    size_t answer_max;
    struct curl_slist *headers;
    fetch_on_answer *on_answer;
    void *arg;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct http_transfer *http = arg;
    if (http->answer.size + size * count > http->answer_max) {
        return 0; /* curl ends the transfer with CURLE_WRITE_ERROR */
    }
    buffer_put(&http->answer, bytes, size * count);
    return size * count;
}

static void http_transfer_free(struct http_transfer *http)
{
    transfer_finish(&http->transfer);
    curl_slist_free_all(http->headers);
    buffer_finish(&http->answer);
    free(http);
}

static void on_end(struct transfer *transfer, CURLcode code)
{
    struct http_transfer *http = (struct http_transfer *)transfer;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) {
        buffer_put(&http->answer, "", 0);
        http->on_answer(status, http->answer.data, http->answer.size, NULL, http->arg);
    } else {
        struct error err = {0};
        error_set(&err, ERR_RETRY, code == CURLE_WRITE_ERROR ? "answer_too_large" : "no_answer",
                  "%s", transfer->reason[0] ? transfer->reason : curl_easy_strerror(code));
        http->on_answer(0, "", 0, &err, http->arg);
    }
    http_transfer_free(http);
}

bool fetch_http(struct fetch *fetch, const struct fetch_request *request,
                fetch_on_answer *on_answer, void *arg, struct error *err)
{
    struct http_transfer *http = memory_zero(1, sizeof *http);
    http->transfer.end = on_end;
    http->answer_max = request->answer_max;
    http->on_answer = on_answer;
    http->arg = arg;
    buffer_init(&http->answer);
    if (!transfer_init(&http->transfer, fetch, request->deadline_ms, err)) {
        goto free_transfer;
    }
    CURL *easy = http->transfer.easy;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, http);
    http->headers = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
        http->headers = curl_slist_append(http->headers, request->headers[i]);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, http->headers);
    if (request->body != NULL) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)request->body_size);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body);
    }
    if (transfer_start(&http->transfer, err)) {
        return true;
    }

free_transfer:
    http_transfer_free(http);
    return false;
}
