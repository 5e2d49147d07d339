/* SPDX-License-Identifier: Apache-2.0 */
#include "common/uuid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/clock.h"

/* One generator per process (one thread): random bits in blocks, and the last id made, so that
 * the next one can be higher even within its millisecond or after a step back of the clock. */
static struct {
    uint8_t random[4096];
    size_t left;
    uint64_t last_ms;
    uint16_t counter; /* 12 bits, the field rand_a of RFC 9562 section 6.2 method 1 */
} generator;

void random_bytes(void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            abort(); /* no kernel that we run on lacks it */
        }
        at += got;
        size -= (size_t)got;
    }
}

static void take_random(void *bytes, size_t size)
{
    if (generator.left < size) {
        random_bytes(generator.random, sizeof generator.random);
        generator.left = sizeof generator.random;
    }
    generator.left -= size;
    memcpy(bytes, generator.random + generator.left, size);
}

/* Moves the generator to the next (millisecond, counter) pair, strictly above the last. */
static void advance(uint64_t now_ms)
{
    if (now_ms > generator.last_ms) {
        uint16_t start;
        take_random(&start, sizeof start);
        generator.last_ms = now_ms;
        generator.counter = start & 0x7ff; /* leaves room to count up */
        return;
    }
    generator.counter++;
    if (generator.counter > 0xfff) {
        generator.last_ms++;
        generator.counter = 0;
    }
}

struct uuid uuid_new(void)
{
    struct uuid uuid;
    advance((uint64_t)clock_now_us() / 1000);
    for (int i = 0; i < 6; i++) {
        uuid.bytes[i] = (uint8_t)(generator.last_ms >> (40 - 8 * i));
    }
    uuid.bytes[6] = (uint8_t)(0x70 | generator.counter >> 8);
    uuid.bytes[7] = (uint8_t)generator.counter;
    take_random(uuid.bytes + 8, 8);
    uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

char *uuid_format(const struct uuid *uuid, char text[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    char *at = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *at++ = '-';
        }
        *at++ = digits[uuid->bytes[i] >> 4];
        *at++ = digits[uuid->bytes[i] & 15];
    }
    *at = '\0';
    return text;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool uuid_parse(const char *text, size_t size, struct uuid *uuid)
{
    if (size != UUID_TEXT_SIZE - 1) {
        return false;
    }
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (text[at++] != '-') {
                return false;
            }
        }
        int high = hex_value(text[at]), low = hex_value(text[at + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        uuid->bytes[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    return true;
}

bool uuid_parse_lower(const char *text, size_t size, struct uuid *uuid)
{
    bool lower = uuid_parse(text, size, uuid);
    for (size_t i = 0; lower && i < size; i++) {
        lower = text[i] < 'A' || text[i] > 'F';
    }
    return lower;
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool uuid_is_nil(const struct uuid *uuid)
{
    static const struct uuid nil;
    return uuid_equal(uuid, &nil);
}
