/* SPDX-License-Identifier: Apache-2.0 */
#include "media_object_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

enum {
    DEADLINE_MS = 8000, /* before that of the request that reads */
    BYTES_PER_MS = 4096,
    TRANSFERS_MAX = 24,
    WAITING_MAX = 500,
    ANSWER_MAX = 64 * 1024, /* of all but what is read */
    REGION_MAX = 32,
    RETRY_S = 5
};

struct object_client {
    struct fetch *fetch;
    struct fetch_signature signature;
    size_t bytes_max;
    char base[OBJECT_BASE_SIZE];
};

static bool check_settings(const struct object_client_config *config, struct error *err)
{
    static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (config->access_key[0] == '\0' || config->secret_key[0] == '\0') {
        return error_set(err, ERR_FATAL, "bad_setting",
                         "MEDIA_S3_BUCKET needs MEDIA_S3_ACCESS_KEY and MEDIA_S3_SECRET_KEY");
    }
    size_t size = strlen(config->region);
    return (size > 0 && size <= REGION_MAX && strspn(config->region, all) == size) ||
           error_set(err, ERR_FATAL, "bad_setting", "MEDIA_S3_REGION must be like us-east-1");
}

bool object_client_open(struct object_client **out, struct loop *loop,
                        const struct object_client_config *config, struct metrics *metrics,
                        struct error *err)
{
    static const char *const labels[] = {"to=storage", NULL};
    const struct fetch_config fetch = {.transfers_max = TRANSFERS_MAX,
                                       .waiting_max = WAITING_MAX,
                                       .ca_file = "",
                                       .labels = labels};
    struct object_client *client = memory_zero(1, sizeof *client);
    client->bytes_max = config->bytes_max;
    client->signature = (struct fetch_signature){.region = config->region,
                                                 .service = "s3",
                                                 .user = config->access_key,
                                                 .secret = config->secret_key};
    if (!check_settings(config, err) ||
        !media_object_base(config->endpoint, config->place, client->base, err) ||
        !fetch_open(&client->fetch, loop_uv(loop), &fetch, metrics, err)) {
        free(client);
        return false;
    }
    *out = client;
    return true;
}

void object_client_close(struct object_client *client)
{
    if (client != NULL) {
        fetch_close(client->fetch);
        free(client);
    }
}

/* libcurl's words name the host at most. */
static void tell_no_answer(struct object_request *request, const struct error *why)
{
    struct error err = {0};
    error_set(&err, ERR_RETRY, "storage_away", "the storage did not answer: %s", why->text);
    err.retry_after_s = RETRY_S;
    request->on_done(request, &err);
}

static void on_answer(long status, const char *body, size_t size, const struct error *err,
                      void *arg)
{
    struct object_request *request = arg;
    struct error judged = {0};
    if (err != NULL) {
        tell_no_answer(request, err);
    } else if (media_object_judge(request->act, status, body, size, &judged)) {
        request->on_done(request, NULL);
    } else {
        request->on_done(request, &judged);
    }
}

static bool on_piece(const char *bytes, size_t size, void *arg)
{
    struct object_request *request = arg;
    return request->on_piece(bytes, size, request);
}

void object_client_send(struct object_client *client, struct object_request *request)
{
    static const char *const methods[] = {
        [OBJECT_PUT] = "PUT", [OBJECT_GET] = "GET", [OBJECT_REMOVE] = "DELETE"};
    char url[OBJECT_BASE_SIZE + OBJECT_KEY_SIZE], type[OBJECT_KEY_SIZE];
    const char *const headers[] = {type, NULL};
    struct error err = {0};
    bool puts = request->act == OBJECT_PUT;
    snprintf(url, sizeof url, "%s%s", client->base, request->key);
    snprintf(type, sizeof type, "Content-Type: %s", puts ? request->type : "");
    const struct fetch_request fetch = {
        .method = methods[request->act],
        .url = url,
        .headers = puts ? headers : NULL,
        .body = puts ? request->bytes : NULL,
        .body_size = puts ? request->size : 0,
        .body_stays = true,
        .body_sha256 = puts ? request->sha256 : NULL,
        .deadline_ms = DEADLINE_MS + (unsigned)((puts ? request->size : 0) / BYTES_PER_MS),
        .answer_max = request->on_piece != NULL ? client->bytes_max : ANSWER_MAX,
        .on_piece = request->on_piece != NULL ? on_piece : NULL,
        .modified_s = &request->modified_s,
        .signature = &client->signature,
    };
    if (!fetch_http(client->fetch, &fetch, on_answer, request, &err)) {
        tell_no_answer(request, &err);
    }
}
