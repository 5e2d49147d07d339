/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/content_type.h"
#include "common/http_private.h"

enum { KEY_MAX = 128 };

/* RFC 9110 section 5.6.2; 0.9.75 of the library lets "Name :" through. */
static bool is_token(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr("!#$%&'*+-.^_`|~", text[i]) == NULL) {
            return false;
        }
    }
    return size > 0;
}

struct header_read {
    struct http_request *request;
    size_t lengths, codings, hosts; /* how often each came */
    bool bad;
};

static enum MHD_Result on_header_count(void *arg, enum MHD_ValueKind kind, const char *name,
                                       const char *value)
{
    size_t *count = arg;
    (void)kind, (void)name, (void)value;
    (*count)++;
    return MHD_YES;
}

static enum MHD_Result on_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                 size_t name_size, const char *value, size_t value_size)
{
    struct header_read *read = arg;
    struct http_request *request = read->request;
    (void)kind;
    read->bad |= !is_token(name, name_size);
    read->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    read->codings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
    read->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    request->headers.items[request->headers.count++] =
        (struct http_pair){arena_copy(&request->arena, name, name_size),
                           arena_copy(&request->arena, value, value_size)};
    return MHD_YES;
}

/* The library's copies die with the connection, ours with the request. */
static struct header_read read_headers(struct http_request *request)
{
    struct header_read read = {.request = request};
    size_t count = 0;
    MHD_get_connection_values(request->mhd, MHD_HEADER_KIND, on_header_count, &count);
    request->headers.items = arena_array(&request->arena, count, sizeof(struct http_pair));
    MHD_get_connection_values_n(request->mhd, MHD_HEADER_KIND, on_header, &read);
    return read;
}

static size_t header_size(const struct http_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info != NULL ? info->header_size : 0;
}

/* What two servers in a row could read differently is refused (RFC 9112 section 6.3). */
static bool framing_is_clear(const struct http_request *request, const struct header_read *read,
                             const char *version)
{
    const char *coding = http_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    const char *length = http_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (read->bad || read->hosts > 1 || read->lengths > 1 || read->codings > 1 ||
        (coding != NULL && length != NULL)) {
        return false;
    }
    if (coding != NULL &&
        (strcasecmp(coding, "chunked") != 0 || strcmp(version, MHD_HTTP_VERSION_1_1) != 0)) {
        return false;
    }
    return length == NULL || (length[0] != '\0' && strspn(length, "0123456789") == strlen(length));
}

static bool body_is_announced(const struct http_request *request, size_t *size)
{
    const char *length = http_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    *size = 0;
    if (length == NULL) {
        return http_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;
    }
    for (; *length != '\0'; length++) {
        if (__builtin_mul_overflow(*size, (size_t)10, size) ||
            __builtin_add_overflow(*size, (size_t)(*length - '0'), size)) {
            *size = SIZE_MAX;
            return true;
        }
    }
    return *size > 0;
}

static bool read_query(struct http_request *request, struct error *err)
{
    const char *question = strchr(request->uri, '?');
    return question == NULL || http_pairs_parse(&request->query, &request->arena, question + 1,
                                                strlen(question + 1), "query", err);
}

static bool read_params(struct http_request *request, const struct route_match *match,
                        struct error *err)
{
    request->params.items =
        arena_array(&request->arena, match->part_count, sizeof *request->params.items);
    for (size_t i = 0; i < match->part_count; i++) {
        const struct path_part *part = &match->parts[i];
        const char *name = arena_copy(&request->arena, part->name, part->name_size);
        const char *value = http_decode(&request->arena, part->text, part->size, false);
        if (value == NULL) {
            return error_add_field(err, name, "encoding", "must be percent-encoded UTF-8");
        }
        for (const char *c = value; *c != '\0'; c++) {
            if (iscntrl((unsigned char)*c)) {
                return error_add_field(err, name, "encoding", "must not hold control characters");
            }
        }
        request->params.items[request->params.count++] = (struct http_pair){name, value};
    }
    return true;
}

static bool find_route(struct http_request *request, int *status, struct error *err)
{
    struct route_match match;
    request->path = arena_copy(&request->arena, request->uri, strcspn(request->uri, "?"));
    router_match(&request->http->router, request->path, strlen(request->path), &match);
    if (match.routes == NULL) {
        *status = MHD_HTTP_NOT_FOUND;
        return error_set(err, ERR_NOT_FOUND, "no_such_path", "there is nothing at this path");
    }
    request->problem = match.routes->spec->problem;
    struct route *route = route_for_method(match.routes, request->method);
    if (route == NULL) {
        struct buffer allow;
        buffer_init(&allow);
        route_write_allow(match.routes, &allow);
        http_answer_header(request, MHD_HTTP_HEADER_ALLOW, allow.data);
        *status = MHD_HTTP_METHOD_NOT_ALLOWED;
        error_set(err, ERR_INPUT, "method_not_allowed", "this path allows %s", allow.data);
        buffer_finish(&allow);
        return false;
    }
    request->route = route;
    return read_params(request, &match, err);
}

/* The types that a route takes, by its flags; the first is the route's own. */
static const char *const *types_of(const struct http_request *request)
{
    static const char *const json[] = {"application/json", NULL};
    static const char *const form[] = {"application/x-www-form-urlencoded", NULL};
    static const char *const events[] = {"application/json", "application/cloudevents+json",
                                         "application/cloudevents-batch+json", NULL};
    unsigned flags = request->route->spec->flags;
    if ((flags & HTTP_EVENTS) != 0) {
        return events;
    }
    return (flags & HTTP_FORM) != 0 ? form : json;
}

/* Of a body that does not say what it is, the route's own type is believed. */
static bool type_is_right(const struct http_request *request, struct error *err)
{
    const char *const *wanted = types_of(request);
    const char *type = http_header(request, MHD_HTTP_HEADER_CONTENT_TYPE);
    if (!request->has_body || type == NULL || (request->route->spec->flags & HTTP_FILE) != 0) {
        return true;
    }
    for (size_t i = 0; wanted[i] != NULL; i++) {
        if (content_type_is(type, wanted[i])) {
            return true;
        }
    }
    const char *more = wanted[1] != NULL ? " or CloudEvents in JSON" : "";
    error_set(err, ERR_INPUT, "unsupported_media_type", "the body must be %s%s", wanted[0], more);
    return error_add_field(err, MHD_HTTP_HEADER_CONTENT_TYPE, "not_allowed", "must be %s%s",
                           wanted[0], more);
}

size_t http_file_size(const struct http_request *request)
{
    const struct http_route *route = request->route->spec;
    if ((route->flags & HTTP_FILE) == 0 || !request->has_body) {
        return 0;
    }
    return request->announced > 0 ? request->announced : route->body_max;
}

static bool has_room(const struct http_request *request, struct error *err)
{
    const struct http *http = request->http;
    bool reads = strcmp(request->method, MHD_HTTP_METHOD_GET) == 0 ||
                 strcmp(request->method, MHD_HTTP_METHOD_HEAD) == 0;
    if (request->route->builtin) {
        return true;
    }
    if (http->under_way >= http->requests_max) {
        return error_set(err, ERR_RETRY, "overloaded", "too many requests are under way");
    }
    if (http_file_size(request) > http->file_bytes_max - http->file_bytes) {
        return error_set(err, ERR_RETRY, "uploads_full", "too many files are being sent");
    }
    if (!reads && http->is_full != NULL && http->is_full(http->is_full_arg)) {
        return error_set(err, ERR_RETRY, "full", "too much waits to be passed on");
    }
    return true;
}

bool http_check_header(struct http_request *request, const char *version, int *status,
                       struct error *err)
{
    struct header_read read = read_headers(request);
    size_t announced;
    const char *parent = http_header(request, "traceparent");
    trace_continue(&request->trace, parent, parent != NULL ? strlen(parent) : 0);
    *status = MHD_HTTP_BAD_REQUEST;
    request->close = true; /* until the framing is known to be sound */
    if (header_size(request) > HTTP_HEADER_MAX) {
        *status = MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
        return error_set(err, ERR_TOO_LARGE, "header_too_large", "the header is over %d bytes",
                         HTTP_HEADER_MAX);
    }
    if (!framing_is_clear(request, &read, version)) {
        return error_set(err, ERR_INPUT, "ambiguous_framing",
                         "Content-Length, Transfer-Encoding or a header name is ambiguous");
    }
    request->has_body = body_is_announced(request, &announced);
    request->announced = announced;
    /* A body that is not too large is read and dropped: who still sends would be cut off before the
     * refusal is read, and the connection can serve again. */
    bool waits = http_header(request, "Expect") != NULL;
    request->close = waits || announced > HTTP_BODY_MAX;
    /* The route first: it says in which form faults of the query are told. */
    if (!find_route(request, status, err)) {
        return false;
    }
    request->close =
        waits || (announced > HTTP_BODY_MAX && announced > request->route->spec->body_max);
    if (!read_query(request, err)) {
        return false;
    }
    if (announced > request->route->spec->body_max ||
        (request->has_body && request->route->spec->body_max == 0)) {
        *status = MHD_HTTP_CONTENT_TOO_LARGE;
        return error_set(err, ERR_TOO_LARGE, "body_too_large", "the body may have %zu bytes",
                         request->route->spec->body_max);
    }
    *status = MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
    if (!type_is_right(request, err)) {
        return false;
    }
    *status = MHD_HTTP_SERVICE_UNAVAILABLE;
    return has_room(request, err);
}

/* A structured-field string; the bare form that many clients send is taken too. */
static bool read_key(struct http_request *request, const char *text)
{
    size_t size = strlen(text);
    bool quoted = size >= 2 && text[0] == '"' && text[size - 1] == '"';
    char *key = arena_alloc(&request->arena, size + 1);
    size_t out = 0;
    for (size_t i = quoted, end = size - quoted; i < end; i++) {
        if (quoted && text[i] == '\\') {
            if (++i == end || (text[i] != '\\' && text[i] != '"')) {
                return false;
            }
        } else if (text[i] == '"') {
            return false;
        }
        if (text[i] < ' ' || text[i] > '~' || out == KEY_MAX) {
            return false;
        }
        key[out++] = text[i];
    }
    request->idempotency_key = key;
    return out > 0;
}

static bool read_if_match(struct http_request *request, const char *text)
{
    size_t digits = text[0] == '"' ? strspn(text + 1, "0123456789") : 0;
    if (digits == 0 || digits > 18 || strcmp(text + 1 + digits, "\"") != 0) {
        return false;
    }
    int64_t version = 0;
    for (size_t i = 1; i <= digits; i++) {
        version = version * 10 + (text[i] - '0');
    }
    request->if_match = version;
    return true;
}

static bool is_among(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == size && memcmp(at, word, size) == 0) {
            return true;
        }
        at += length;
    }
    return false;
}

/* A name that is misspelt must not select everything; of two values, nobody knows which is meant.
 */
static bool query_is_known(const struct http_request *request, struct error *err)
{
    const struct http_pairs *query = &request->query;
    const char *names = request->route->spec->query;
    for (size_t i = 0; names != NULL && i < query->count; i++) {
        const char *name = query->items[i].name;
        if (!is_among(names, name)) {
            error_add_field(err, name, "unknown_parameter", "is not known");
        } else if (http_pairs_find(query, name) != query->items[i].value) {
            error_add_field(err, name, "repeated", "may be given once");
        }
    }
    return !error_is_set(err);
}

bool http_check_preconditions(struct http_request *request, int *status, struct error *err)
{
    unsigned flags = request->route->spec->flags;
    const char *key = http_header(request, "Idempotency-Key");
    const char *match = http_header(request, MHD_HTTP_HEADER_IF_MATCH);
    *status = MHD_HTTP_BAD_REQUEST;
    if (!query_is_known(request, err)) {
        return false;
    }
    if ((flags & HTTP_IDEMPOTENT) != 0 && key != NULL && !read_key(request, key)) {
        return error_add_field(err, "Idempotency-Key", "malformed",
                               "must be 1 to %d printable ASCII characters", KEY_MAX);
    }
    if ((flags & HTTP_IF_MATCH) != 0 && match == NULL) {
        *status = MHD_HTTP_PRECONDITION_REQUIRED;
        return error_set(err, ERR_INPUT, "if_match_required",
                         "If-Match must hold the version that you saw, such as \"3\"");
    }
    if (match != NULL && !read_if_match(request, match)) {
        return error_add_field(err, "If-Match", "malformed",
                               "must be one quoted version, such as \"3\"");
    }
    if (request->idempotency_key != NULL && !http_key_take(request)) {
        *status = MHD_HTTP_CONFLICT;
        return error_set(err, ERR_CONFLICT, "in_flight",
                         "a request with this Idempotency-Key is under way");
    }
    return true;
}
