/* SPDX-License-Identifier: Apache-2.0 */
/* framing: what goes in and out of the press programs, how much of it, and what their exit codes
 * mean.
 *
 *   standard input   the file
 *   standard output  four numbers (u32, big-endian): bytes of the full file, bytes of the small
 *                    one, width and height of the full one in pixels, upright (0: it has none);
 *                    then both files, of which the small one is a JPEG
 *   exit code        enum press_end
 */
#ifndef INTAKE_PRESS_FRAMING_H
#define INTAKE_PRESS_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAMING_HEAD_SIZE = 16, SMALL_SIDE = 320, SMALL_QUALITY = 75 };
enum {
    PICTURE_BYTES_MAX = 20 * 1024 * 1024,
    PAPER_BYTES_MAX = 20 * 1024 * 1024,
    PAPER_PAGES_MAX = 200,
    FILM_BYTES_MAX = 64 * 1024 * 1024,
    FILM_MINUTES_MAX = 10,
    FILM_SIDE_MAX = 8192, /* pixels */
    FILM_PIXELS_MAX = 36 * 1000 * 1000
};

enum press_end {
    PRESS_DONE,
    PRESS_NOT_READABLE,
    PRESS_BROKEN,      /* the installation, not the file */
    PRESS_UNSUPPORTED, /* readable, but of a kind that is not taken */
    PRESS_TOO_LONG,    /* pages, minutes */
    PRESS_ENDS
};

struct bytes {
    void *data; /* malloc; goes with the process */
    size_t size;
};

struct pressed {
    struct bytes full, small;
    uint32_t width, height;
};

/* False when there is more than that, or it cannot be read. */
bool framing_read(struct bytes *input, size_t size_max);
bool framing_write(const struct pressed *pressed);

#endif
