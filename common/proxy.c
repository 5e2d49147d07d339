/* SPDX-License-Identifier: Apache-2.0 */
#include "common/proxy.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
    ADDRESS_SIZE = 16,
    ADDRESS_BITS = 128,
    MAPPED_BITS = 96,
    CUSTOMER_BITS = 64,
    TEXT_SIZE = 64
};

static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_mapped(const uint8_t bytes[ADDRESS_SIZE])
{
    return memcmp(bytes, mapped, sizeof mapped) == 0;
}

/* Without a port; blanks around it are passed over. */
static bool read_address(const char *text, size_t size, uint8_t bytes[ADDRESS_SIZE], bool *is_v4)
{
    char copy[TEXT_SIZE];
    while (size > 0 && (*text == ' ' || *text == '\t')) {
        text++, size--;
    }
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t')) {
        size--;
    }
    if (size == 0 || size >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, size);
    copy[size] = '\0';
    memcpy(bytes, mapped, sizeof mapped);
    *is_v4 = inet_pton(AF_INET, copy, bytes + sizeof mapped) == 1;
    return *is_v4 || inet_pton(AF_INET6, copy, bytes) == 1;
}

static bool read_network(struct proxy_network *network, const char *text, size_t size)
{
    const char *slash = memchr(text, '/', size);
    size_t address_size = slash != NULL ? (size_t)(slash - text) : size;
    bool is_v4;
    if (!read_address(text, address_size, network->bytes, &is_v4)) {
        return false;
    }
    unsigned most = is_v4 ? ADDRESS_BITS - MAPPED_BITS : ADDRESS_BITS;
    unsigned long bits = most;
    if (slash != NULL) {
        char *end;
        bits = strtoul(slash + 1, &end, 10);
        if (slash[1] < '0' || slash[1] > '9' || bits > most ||
            (size_t)(end - text) + strspn(end, " \t") < size) {
            return false;
        }
    }
    network->bits = (unsigned)bits + (is_v4 ? MAPPED_BITS : 0);
    return true;
}

bool proxy_list_read(struct proxy_list *list, const char *text, struct error *err)
{
    list->count = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, ",");
        if (list->count == PROXY_NETWORKS_MAX ||
            !read_network(&list->networks[list->count], text, size)) {
            return error_set(err, ERR_FATAL, "bad_network",
                             "must be up to %d addresses or networks such as 10.0.0.0/8",
                             PROXY_NETWORKS_MAX);
        }
        list->count++;
        text += size + (text[size] == ',');
    }
    return true;
}

static bool holds(const struct proxy_network *network, const uint8_t bytes[ADDRESS_SIZE])
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->bytes, bytes, whole) != 0) {
        return false;
    }
    return rest == 0 || ((network->bytes[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

static bool is_trusted(const struct proxy_list *list, const uint8_t bytes[ADDRESS_SIZE])
{
    for (size_t i = 0; i < list->count; i++) {
        if (holds(&list->networks[i], bytes)) {
            return true;
        }
    }
    return false;
}

static const char *write_client(uint8_t bytes[ADDRESS_SIZE], struct arena *arena)
{
    char text[INET6_ADDRSTRLEN];
    if (is_mapped(bytes)) {
        inet_ntop(AF_INET, bytes + sizeof mapped, text, sizeof text);
        return arena_text(arena, text);
    }
    memset(bytes + CUSTOMER_BITS / 8, 0, (ADDRESS_BITS - CUSTOMER_BITS) / 8);
    inet_ntop(AF_INET6, bytes, text, sizeof text);
    return arena_text(arena, text);
}

const char *proxy_client(const struct proxy_list *trusted, const char *peer, const char *forwarded,
                         struct arena *arena)
{
    uint8_t client[ADDRESS_SIZE], told[ADDRESS_SIZE];
    bool is_v4;
    if (!read_address(peer, strlen(peer), client, &is_v4)) {
        return arena_text(arena, peer);
    }
    size_t end = forwarded != NULL ? strlen(forwarded) : 0;
    while (end > 0 && is_trusted(trusted, client)) {
        size_t start = end;
        while (start > 0 && forwarded[start - 1] != ',') {
            start--;
        }
        if (!read_address(forwarded + start, end - start, told, &is_v4)) {
            break;
        }
        memcpy(client, told, sizeof client);
        end = start > 0 ? start - 1 : 0;
    }
    return write_client(client, arena);
}
