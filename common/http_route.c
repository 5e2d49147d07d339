/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_private.h"

/* One segment of a path; children are tried in order: fixed texts, then parameters by falling
 * length of their suffix, so the more exact route wins. */
struct route_node {
    const char *text; /* the segment, or the suffix that must follow the parameter */
    size_t size;
    const char *param; /* name, borrowed from the table; NULL: fixed text */
    size_t param_size;
    struct route_node *child, *sibling;
    struct route *routes; /* that end here */
};

static struct route_node node_read(const char *segment, size_t size)
{
    if (segment[0] != '{') {
        assert(memchr(segment, '{', size) == NULL);
        return (struct route_node){.text = segment, .size = size};
    }
    const char *end = memchr(segment, '}', size);
    assert(end != NULL && end > segment + 1);
    return (struct route_node){.text = end + 1,
                               .size = (size_t)(segment + size - end - 1),
                               .param = segment + 1,
                               .param_size = (size_t)(end - segment - 1)};
}

static bool node_same(const struct route_node *a, const struct route_node *b)
{
    return (a->param == NULL) == (b->param == NULL) && a->size == b->size &&
           memcmp(a->text, b->text, a->size) == 0 && a->param_size == b->param_size &&
           (a->param == NULL || memcmp(a->param, b->param, a->param_size) == 0);
}

static bool node_before(const struct route_node *a, const struct route_node *b)
{
    if ((a->param == NULL) != (b->param == NULL)) {
        return a->param == NULL;
    }
    return a->param != NULL && a->size > b->size;
}

static struct route_node *node_child(struct route_node *parent, const struct route_node *wanted)
{
    struct route_node **link = &parent->child;
    for (struct route_node *child = *link; child != NULL; child = child->sibling) {
        if (node_same(child, wanted)) {
            return child;
        }
    }
    while (*link != NULL && !node_before(wanted, *link)) {
        link = &(*link)->sibling;
    }
    struct route_node *node = memory_zero(1, sizeof *node);
    *node = *wanted;
    node->sibling = *link;
    *link = node;
    return node;
}

static void router_add(struct router *router, struct route *route)
{
    struct route_node *node = router->root;
    size_t params = 0;
    const char *at = route->spec->path;
    assert(*at == '/');
    while (*at == '/') {
        size_t size = strcspn(++at, "/");
        struct route_node wanted = node_read(at, size);
        params += wanted.param != NULL;
        node = node_child(node, &wanted);
        at += size;
    }
    assert(params <= HTTP_PARAMS_MAX);
    for (struct route *other = node->routes; other != NULL; other = other->next) {
        assert(strcmp(other->spec->method, route->spec->method) != 0);
    }
    route->next = node->routes;
    node->routes = route;
}

static size_t route_table_size(const struct http_route *table)
{
    size_t count = 0;
    while (table[count].method != NULL) {
        count++;
    }
    return count;
}

void router_init(struct router *router, const struct http_route *builtin,
                 const struct http_route *own)
{
    size_t builtin_count = route_table_size(builtin), own_count = route_table_size(own);
    router->route_count = builtin_count + own_count;
    router->routes = memory_zero(router->route_count, sizeof *router->routes);
    router->root = memory_zero(1, sizeof *router->root);
    for (size_t i = 0; i < router->route_count; i++) {
        struct route *route = &router->routes[i];
        route->builtin = i < builtin_count;
        route->spec = route->builtin ? &builtin[i] : &own[i - builtin_count];
        router_add(router, route);
    }
}

static void node_free(struct route_node *node)
{
    while (node != NULL) {
        struct route_node *sibling = node->sibling;
        node_free(node->child);
        free(node);
        node = sibling;
    }
}

void router_finish(struct router *router)
{
    node_free(router->root);
    free(router->routes);
    *router = (struct router){0};
}

static bool node_takes(const struct route_node *node, const char *segment, size_t size,
                       struct route_match *match)
{
    if (node->param == NULL) {
        return node->size == size && memcmp(node->text, segment, size) == 0;
    }
    if (size <= node->size || memcmp(segment + size - node->size, node->text, node->size) != 0) {
        return false;
    }
    match->parts[match->part_count++] = (struct path_part){.name = node->param,
                                                           .name_size = node->param_size,
                                                           .text = segment,
                                                           .size = size - node->size};
    return true;
}

/* Goes no deeper than the deepest route. */
static bool node_match(const struct route_node *parent, const char *rest, const char *end,
                       struct route_match *match)
{
    if (rest == end) {
        match->routes = parent->routes;
        return parent->routes != NULL;
    }
    const char *segment = rest + 1; /* past the '/' */
    const char *slash = memchr(segment, '/', (size_t)(end - segment));
    const char *next = slash != NULL ? slash : end;
    for (const struct route_node *node = parent->child; node != NULL; node = node->sibling) {
        size_t parts_before = match->part_count;
        if (node_takes(node, segment, (size_t)(next - segment), match)) {
            if (node_match(node, next, end, match)) {
                return true;
            }
            match->part_count = parts_before;
        }
    }
    return false;
}

void router_match(const struct router *router, const char *path, size_t size,
                  struct route_match *match)
{
    match->routes = NULL;
    match->part_count = 0;
    if (size > 0 && path[0] == '/') {
        node_match(router->root, path, path + size, match);
    }
}

struct route *route_for_method(struct route *routes, const char *method)
{
    bool head = strcmp(method, "HEAD") == 0;
    const char *wanted = head ? "GET" : method;
    for (struct route *route = routes; route != NULL; route = route->next) {
        if (strcmp(route->spec->method, wanted) == 0) {
            return head && (route->spec->flags & HTTP_NO_HEAD) != 0 ? NULL : route;
        }
    }
    return NULL;
}

void route_write_allow(const struct route *routes, struct buffer *out)
{
    for (const struct route *route = routes; route != NULL; route = route->next) {
        bool get =
            strcmp(route->spec->method, "GET") == 0 && (route->spec->flags & HTTP_NO_HEAD) == 0;
        buffer_put_format(out, "%s%s%s", route == routes ? "" : ", ", route->spec->method,
                          get ? ", HEAD" : "");
    }
}
