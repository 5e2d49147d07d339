/* SPDX-License-Identifier: Apache-2.0 */
#include "common/trace.h"

#include <stdint.h>
#include <string.h>

#include "common/uuid.h"

enum { TRACE_ID_AT = 3, TRACE_ID_SIZE = 32, SPAN_ID_AT = 36, SPAN_ID_SIZE = 16, FLAGS_AT = 53 };

static bool is_hex(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
    }
    return true;
}

static bool is_zero(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '0') {
            return false;
        }
    }
    return true;
}

/* Section 3.2: version 00 has exactly 55 characters, a later one may go on after a dash. */
static bool is_valid(const char *text, size_t size)
{
    if (text == NULL || size < TRACE_TEXT_SIZE - 1) {
        return false;
    }
    bool version_0 = text[0] == '0' && text[1] == '0';
    if (size > TRACE_TEXT_SIZE - 1 && (version_0 || text[TRACE_TEXT_SIZE - 1] != '-')) {
        return false;
    }
    return is_hex(text, 2) && memcmp(text, "ff", 2) != 0 && text[2] == '-' &&
           is_hex(text + TRACE_ID_AT, TRACE_ID_SIZE) &&
           !is_zero(text + TRACE_ID_AT, TRACE_ID_SIZE) && text[SPAN_ID_AT - 1] == '-' &&
           is_hex(text + SPAN_ID_AT, SPAN_ID_SIZE) && !is_zero(text + SPAN_ID_AT, SPAN_ID_SIZE) &&
           text[FLAGS_AT - 1] == '-' && is_hex(text + FLAGS_AT, 2);
}

static void put_random_hex(char *text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    struct uuid uuid = uuid_new();
    for (size_t i = 0; i < size; i++) {
        /* The second half of an id is random throughout; the first holds the time. */
        uint8_t byte = uuid.bytes[size == SPAN_ID_SIZE ? 8 + i / 2 : i / 2];
        text[i] = digits[i % 2 == 0 ? byte >> 4 : byte & 15];
    }
}

void trace_continue(struct trace *trace, const char *received, size_t size)
{
    char *text = trace->parent;
    memcpy(text, "00-00000000000000000000000000000000-0000000000000000-01", TRACE_TEXT_SIZE);
    if (is_valid(received, size)) {
        memcpy(text + TRACE_ID_AT, received + TRACE_ID_AT, TRACE_ID_SIZE);
        /* Section 3.2.2.5: only "sampled" is defined; the other flags are not passed on. */
        text[FLAGS_AT + 1] = strchr("13579bdf", received[FLAGS_AT + 1]) != NULL ? '1' : '0';
    } else {
        put_random_hex(text + TRACE_ID_AT, TRACE_ID_SIZE);
    }
    put_random_hex(text + SPAN_ID_AT, SPAN_ID_SIZE);
}

const char *trace_id(const struct trace *trace)
{
    return trace->parent + TRACE_ID_AT;
}
