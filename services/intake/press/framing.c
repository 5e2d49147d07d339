/* SPDX-License-Identifier: Apache-2.0 */
#include "framing.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool framing_read(struct bytes *input, size_t size_max)
{
    input->data = malloc(size_max);
    input->size = 0;
    while (input->data != NULL && input->size < size_max) {
        ssize_t got = read(0, (char *)input->data + input->size, size_max - input->size);
        if (got == 0) {
            return true;
        }
        if (got < 0 && errno != EINTR) {
            return false;
        }
        input->size += got > 0 ? (size_t)got : 0;
    }
    char more;
    return input->data != NULL && read(0, &more, 1) == 0;
}

static bool write_all(const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t put = write(1, at, size);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        at += put > 0 ? put : 0;
        size -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

static void put_number(uint8_t *at, size_t number)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(number >> (24 - 8 * i));
    }
}

bool framing_write(const struct pressed *pressed)
{
    uint8_t head[FRAMING_HEAD_SIZE];
    put_number(head, pressed->full.size);
    put_number(head + 4, pressed->small.size);
    put_number(head + 8, pressed->width);
    put_number(head + 12, pressed->height);
    return write_all(head, sizeof head) && write_all(pressed->full.data, pressed->full.size) &&
           write_all(pressed->small.data, pressed->small.size);
}
