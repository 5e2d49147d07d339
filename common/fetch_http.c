/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/fetch_private.h"

struct http_transfer {
    struct transfer transfer;
    struct buffer answer;
    size_t received, answer_max;
    bool piece_refused;
    struct curl_slist *headers;
    fetch_on_piece *on_piece;
    int64_t *modified_s;
    fetch_on_answer *on_answer;
    void *arg;
};

static bool is_good(const struct http_transfer *http)
{
    long status = 0;
    curl_easy_getinfo(http->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct http_transfer *http = arg;
    http->received += size * count;
    if (http->received > http->answer_max) {
        return 0; /* curl ends the transfer with CURLE_WRITE_ERROR */
    }
    if (http->on_piece == NULL || !is_good(http)) {
        buffer_put(&http->answer, bytes, size * count);
        return size * count;
    }
    http->piece_refused = !http->on_piece(bytes, size * count, http->arg);
    return http->piece_refused ? 0 : size * count;
}

static void http_transfer_free(struct http_transfer *http)
{
    transfer_finish(&http->transfer);
    curl_slist_free_all(http->headers);
    buffer_finish(&http->answer);
    free(http);
}

static const char *fault_of(const struct http_transfer *http, CURLcode code)
{
    if (http->piece_refused) {
        return "answer_refused";
    }
    return code == CURLE_WRITE_ERROR ? "answer_too_large" : "no_answer";
}

static void note_modified(struct http_transfer *http)
{
    curl_off_t modified_s = 0;
    if (http->modified_s != NULL) {
        curl_easy_getinfo(http->transfer.easy, CURLINFO_FILETIME_T, &modified_s);
        *http->modified_s = modified_s > 0 ? modified_s : 0;
    }
}

static void on_end(struct transfer *transfer, CURLcode code)
{
    struct http_transfer *http = (struct http_transfer *)transfer;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) {
        buffer_put(&http->answer, "", 0);
        note_modified(http);
        http->on_answer(status, http->answer.data, http->answer.size, NULL, http->arg);
    } else {
        struct error err = {0};
        error_set(&err, ERR_RETRY, fault_of(http, code), "%s",
                  transfer->reason[0] ? transfer->reason : curl_easy_strerror(code));
        http->on_answer(0, "", 0, &err, http->arg);
    }
    http_transfer_free(http);
}

static void add_header(struct http_transfer *http, const char *header)
{
    http->headers = curl_slist_append(http->headers, header);
}

/* libcurl 7.88 signs with this header but does not make it, and signs a header that is only there
 * to be left out ("Expect:"), which the server then misses. */
static void sign(struct http_transfer *http, const struct fetch_request *request)
{
    static const char of_nothing[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const struct fetch_signature *signature = request->signature;
    const char *sha256 = request->body_sha256 != NULL ? request->body_sha256 : of_nothing;
    char text[128];
    CURL *easy = http->transfer.easy;
    snprintf(text, sizeof text, "x-amz-content-sha256: %s", sha256);
    add_header(http, text);
    snprintf(text, sizeof text, "aws:amz:%s:%s", signature->region, signature->service);
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, text);
    curl_easy_setopt(easy, CURLOPT_USERNAME, signature->user);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, signature->secret);
}

static void set_headers(struct http_transfer *http, const struct fetch_request *request)
{
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
        add_header(http, request->headers[i]);
    }
    if (request->signature != NULL) {
        sign(http, request);
    } else {
        add_header(http, "Expect:");
    }
    curl_easy_setopt(http->transfer.easy, CURLOPT_HTTPHEADER, http->headers);
}

static void set_body(CURL *easy, const struct fetch_request *request)
{
    if (request->body != NULL) {
        CURLoption option = request->body_stays ? CURLOPT_POSTFIELDS : CURLOPT_COPYPOSTFIELDS;
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)request->body_size);
        curl_easy_setopt(easy, option, request->body);
    }
}

bool fetch_http(struct fetch *fetch, const struct fetch_request *request,
                fetch_on_answer *on_answer, void *arg, struct error *err)
{
    struct http_transfer *http = memory_zero(1, sizeof *http);
    http->transfer.end = on_end;
    http->answer_max = request->answer_max;
    http->on_piece = request->on_piece;
    http->modified_s = request->modified_s;
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
    curl_easy_setopt(easy, CURLOPT_FILETIME, request->modified_s != NULL ? 1L : 0L);
    set_headers(http, request);
    set_body(easy, request);
    if (transfer_start(&http->transfer, err)) {
        return true;
    }

free_transfer:
    http_transfer_free(http);
    return false;
}
