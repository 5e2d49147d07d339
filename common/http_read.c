/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/http_private.h"

struct arena *http_arena(struct http_request *request)
{
    return &request->arena;
}

const struct principal *http_principal(const struct http_request *request)
{
    return request->principal;
}

const struct trace *http_trace(const struct http_request *request)
{
    return &request->trace;
}

const char *http_peer(struct http_request *request)
{
    char text[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info =
        request->mhd == NULL
            ? NULL
            : MHD_get_connection_info(request->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info != NULL && info->client_addr->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)info->client_addr)->sin_addr, text,
                  sizeof text);
    } else if (info != NULL && info->client_addr->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr, text,
                  sizeof text);
    }
    return arena_text(&request->arena, text);
}

const char *http_method(const struct http_request *request)
{
    return request->method;
}

const char *http_path(const struct http_request *request)
{
    return request->path;
}

const char *http_param(const struct http_request *request, const char *name)
{
    const char *value = http_pairs_find(&request->params, name);
    assert(value != NULL); /* the route has no such parameter: our bug */
    return value;
}

static bool read_uuid(const char *text, const char *name, struct uuid *uuid, struct error *err)
{
    return uuid_parse(text, strlen(text), uuid) ||
           error_add_field(err, name, "bad_uuid", "must be a UUID");
}

bool http_param_uuid(const struct http_request *request, const char *name, struct uuid *uuid,
                     struct error *err)
{
    return read_uuid(http_param(request, name), name, uuid, err);
}

const char *http_query(const struct http_request *request, const char *name)
{
    return http_pairs_find(&request->query, name);
}

const char *http_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        if (strcasecmp(request->headers.items[i].name, name) == 0) {
            return request->headers.items[i].value;
        }
    }
    return NULL;
}

const char *http_header_at(const struct http_request *request, size_t index, const char **value)
{
    if (index >= request->headers.count) {
        return NULL;
    }
    *value = request->headers.items[index].value;
    return request->headers.items[index].name;
}

const char *http_body(const struct http_request *request, size_t *size)
{
    *size = request->body.size;
    return request->body.data;
}

bool http_query_uuid(const struct http_request *request, const char *name, struct uuid *uuid,
                     struct error *err)
{
    const char *text = http_query(request, name);
    return text != NULL && read_uuid(text, name, uuid, err);
}

int64_t http_query_int(const struct http_request *request, const char *name, int64_t min,
                       int64_t max, int64_t fallback, struct error *err)
{
    const char *text = http_query(request, name);
    if (text == NULL) {
        return fallback;
    }
    const char *digits = text + (text[0] == '-');
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (digits[0] < '0' || digits[0] > '9' || *end != '\0') {
        error_add_field(err, name, "not_an_integer", "must be a whole number");
        return fallback;
    }
    if (errno == ERANGE || value < min || value > max) {
        error_add_field(err, name, "out_of_range", "must be from %" PRId64 " to %" PRId64, min,
                        max);
        return fallback;
    }
    return value;
}

size_t http_query_list(struct http_request *request, const char *name, size_t max,
                       const char *const **parts, struct error *err)
{
    struct arena *arena = &request->arena;
    const char **found = arena_array(arena, max, sizeof *found);
    const char *text = http_query(request, name);
    size_t count = 0;
    while (text != NULL && *text != '\0') {
        size_t size = strcspn(text, ",");
        if (size > 0 && count == max) {
            error_add_field(err, name, "too_many", "may name at most %zu", max);
            break;
        }
        if (size > 0) {
            found[count++] = arena_copy(arena, text, size);
        }
        text += size + (text[size] == ',');
    }
    *parts = found;
    return count;
}

const char *http_idempotency_key(const struct http_request *request)
{
    return request->idempotency_key;
}

int64_t http_if_match(const struct http_request *request)
{
    return request->if_match;
}

const char *http_last_event_id(const struct http_request *request)
{
    return http_header(request, "Last-Event-ID");
}
