/* SPDX-License-Identifier: Apache-2.0 */
/* proxy: whose request is it, when proxies stand between?
 *
 * X-Forwarded-For is written by whoever sends it; only what trusted proxies added to it can be
 * believed. So it is read from its right end: the first address that is not a trusted proxy's is
 * the client's, and what stands left of it is the client's own word. Pure. */
#ifndef COMMON_PROXY_H
#define COMMON_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"

enum { PROXY_NETWORKS_MAX = 16 };

struct proxy_network {
    uint8_t bytes[16]; /* IPv6; of IPv4 the mapped form (RFC 4291, section 2.5.5.2) */
    unsigned bits;
};

struct proxy_list {
    struct proxy_network networks[PROXY_NETWORKS_MAX];
    size_t count;
};

/* "10.0.0.0/8, 2001:db8::/32, 127.0.0.1": networks or addresses; "" trusts nobody. ERR_FATAL
 * bad_network. */
bool proxy_list_read(struct proxy_list *list, const char *text, struct error *err);

/* peer: the address that is connected; forwarded: all X-Forwarded-For, joined by commas in their
 * order, or NULL. The client's address in one form; of IPv6 the network of 64 bits, which is what
 * one customer gets. In the arena. What cannot be read ends the search at the proxy that told it.
 */
const char *proxy_client(const struct proxy_list *trusted, const char *peer, const char *forwarded,
                         struct arena *arena);

#endif
