/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg: the small picture of what is none itself, and other people's JPEGs without what they say
 * beside their pixels. */
#ifndef INTAKE_PRESS_JPEG_H
#define INTAKE_PRESS_JPEG_H

#include "framing.h"

/* Rows of pixels, four bytes each: blue, green, red, and one that is not looked at. */
struct pixels {
    const uint8_t *rows;
    size_t row_size;
    unsigned width, height;
};

bool jpeg_save(const struct pixels *pixels, int quality, struct bytes *out);

/* Copies a JPEG up to its end, without comments and metadata: of the APPn segments only JFIF and
 * Adobe, which say how colours are meant. False: it is none that can be told. */
bool jpeg_clean(const uint8_t *jpeg, size_t size, struct bytes *out);

#endif
