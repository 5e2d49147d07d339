/* SPDX-License-Identifier: Apache-2.0 */
/* http_open311: Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2) under /open311/v2.
 *
 * One jurisdiction, "hanoi.gov.vn"; service_request_id is the ticket; types are realtime: an id is
 * answered at once. What everybody may see of a report is the rule of public_view.h; all of it is
 * for callers whose key has the scope report:read. Reports of sensitive categories never come out.
 */
#ifndef INTAKE_HTTP_OPEN311_H
#define INTAKE_HTTP_OPEN311_H

#include "common/http.h"
#include "open311_writer.h"

#define OPEN311_JURISDICTION "hanoi.gov.vn"

http_handler http_open311_discovery;
http_handler http_open311_services;
http_handler http_open311_service;
http_handler http_open311_post_request;
http_handler http_open311_requests;
http_handler http_open311_request;
http_handler http_open311_token;
http_handler http_open311_updates;
http_handler http_open311_post_update;
http_write_problem http_open311_problem;

/* The rows of one format; 404, 403, 405 and 400 keep the standard's error form. */
#define OPEN311_ROUTES(format, body_size)                                                          \
    {.method = "GET",                                                                              \
     .path = "/open311/v2/discovery." format,                                                      \
     .access = "",                                                                                 \
     .handler = http_open311_discovery,                                                            \
     .flags = HTTP_NO_HEAD,                                                                        \
     .problem = http_open311_problem},                                                             \
        {.method = "GET",                                                                          \
         .path = "/open311/v2/services." format,                                                   \
         .access = "",                                                                             \
         .handler = http_open311_services,                                                         \
         .flags = HTTP_NO_HEAD,                                                                    \
         .problem = http_open311_problem},                                                         \
        {.method = "GET",                                                                          \
         .path = "/open311/v2/services/{code}." format,                                            \
         .access = "",                                                                             \
         .handler = http_open311_service,                                                          \
         .flags = HTTP_NO_HEAD,                                                                    \
         .problem = http_open311_problem},                                                         \
        {.method = "POST",                                                                         \
         .path = "/open311/v2/requests." format,                                                   \
         .access = "scope:report:write",                                                           \
         .handler = http_open311_post_request,                                                     \
         .flags = HTTP_IDEMPOTENT | HTTP_API_KEY_PARAM | HTTP_FORM,                                \
         .body_max = body_size,                                                                    \
         .problem = http_open311_problem},                                                         \
        {.method = "GET",                                                                          \
         .path = "/open311/v2/requests." format,                                                   \
         .access = "",                                                                             \
         .handler = http_open311_requests,                                                         \
         .flags = HTTP_API_KEY_PARAM | HTTP_NO_HEAD,                                               \
         .problem = http_open311_problem},                                                         \
        {.method = "GET",                                                                          \
         .path = "/open311/v2/requests/{id}." format,                                              \
         .access = "",                                                                             \
         .handler = http_open311_request,                                                          \
         .flags = HTTP_API_KEY_PARAM | HTTP_NO_HEAD,                                               \
         .problem = http_open311_problem},                                                         \
        {.method = "GET",                                                                          \
         .path = "/open311/v2/tokens/{token}." format,                                             \
         .access = "",                                                                             \
         .handler = http_open311_token,                                                            \
         .flags = HTTP_NO_HEAD,                                                                    \
         .problem = http_open311_problem},                                                         \
        {.method = "POST",                                                                         \
         .path = "/open311/v2/servicerequestupdates." format,                                      \
         .access = "scope:report:write",                                                           \
         .handler = http_open311_post_update,                                                      \
         .flags = HTTP_API_KEY_PARAM | HTTP_FORM,                                                  \
         .body_max = body_size,                                                                    \
         .problem = http_open311_problem},                                                         \
    {                                                                                              \
        .method = "GET", .path = "/open311/v2/servicerequestupdates." format, .access = "",        \
        .handler = http_open311_updates, .flags = HTTP_API_KEY_PARAM | HTTP_NO_HEAD,               \
        .problem = http_open311_problem                                                            \
    }

/* What has another ending than those two, or none: 400, and what is nowhere: 404, in the standard's
 * error form. Behind all other routes. */
http_handler http_open311_elsewhere;
#define OPEN311_ELSEWHERE(verb, resource, body_flags, body_size)                                   \
    {                                                                                              \
        .method = verb, .path = "/open311/v2/" resource, .access = "",                             \
        .handler = http_open311_elsewhere, .flags = HTTP_NO_HEAD | HTTP_UNLISTED | (body_flags),   \
        .body_max = body_size, .problem = http_open311_problem                                     \
    }

/* By the path's ending. */
enum open311_format open311_format_of(const struct http_request *request);
/* False: the caller has been answered that its address asks too often. Before anything else. */
struct intake;
bool open311_is_admitted(struct http_request *request, const struct intake *intake);
/* An empty parameter is an absent one: NULL. */
const char *open311_query(const struct http_request *request, const char *name);
const char *open311_form(const struct http_request *request, const char *name);
/* What a client says, of pictures, and of who says it; links to files below site become their
 * references. Faults name the parameter. */
struct report;
void open311_read_said(struct report *report, struct http_request *request, size_t description_max,
                       const char *site, struct error *err);
/* False with ERR_NOT_FOUND for a jurisdiction that is not ours. */
bool open311_check_jurisdiction(const char *jurisdiction, struct error *err);
/* Whether a category can be filed through Open311. category NULL: no. */
struct category;
struct reference;
bool open311_has_service(const struct reference *reference, const struct category *category);
/* What a step says; what officers wrote may be about a person, so without words what it means. */
struct case_step;
const char *open311_step_words(const struct case_step *step, bool words);
void open311_answer(struct http_request *request, int status, struct buffer *body);

#endif
