/* SPDX-License-Identifier: Apache-2.0 */
/* What a body says that it is, against what its route takes. */
#include "http_fixture.h"

static void post_body(struct http_request *request, void *state)
{
    size_t size;
    const char *body = http_body(request, &size);
    (void)state;
    http_answer(request, 201, "text/plain", body, size);
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/json", .access = "", .handler = post_body, .body_max = 9},
    {.method = "POST",
     .path = "/form",
     .access = "",
     .handler = post_body,
     .flags = HTTP_FORM,
     .body_max = 9},
    {.method = "POST",
     .path = "/events",
     .access = "",
     .handler = post_body,
     .flags = HTTP_EVENTS,
     .body_max = 9},
    {0},
};

static struct answer answer;

static int start(void **state)
{
    return http_fixture_set_up(state, routes);
}

static void a_body_is_of_a_type_of_the_route(void **state)
{
    static const struct {
        const char *path, *type; /* NULL: not told */
        int status;
    } rows[] = {
        {"/json", "application/json", 201},
        {"/json", NULL, 201},
        {"/json", "application/cloudevents+json", 415},
        {"/form", "application/x-www-form-urlencoded", 201},
        {"/form", "application/json", 415},
        {"/events", NULL, 201},
        {"/events", "application/json", 201},
        {"/events", "application/cloudevents+json; charset=utf-8", 201},
        {"/events", "Application/CloudEvents-Batch+JSON", 201},
        {"/events", "application/cloudevents", 415},
        {"/events", "application/x-www-form-urlencoded", 415},
        {"/events", "text/plain", 415},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char request[512];
        snprintf(request, sizeof request,
                 "POST %s HTTP/1.1\r\nHost: x\r\n%s%s%sContent-Length: 3\r\n\r\na=b", rows[i].path,
                 rows[i].type != NULL ? "Content-Type: " : "",
                 rows[i].type != NULL ? rows[i].type : "", rows[i].type != NULL ? "\r\n" : "");
        http_ask(*state, request, &answer);
        assert_int_equal(answer.status, rows[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_of_a_type_of_the_route),
    };
    return cmocka_run_group_tests(tests, start, http_fixture_tear_down);
}
