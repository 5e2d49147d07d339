/* SPDX-License-Identifier: Apache-2.0 */
/* media_type: what is this file, and may it be decoded?
 *
 * By its first bytes; what the sender says about it is only compared. A picture's size is read from
 * its header before anything is decoded: a file of a few KiB may ask for gigabytes. Papers and
 * films are limited by the programs that read them. Pure: no I/O, no allocation, for any bytes. */
#ifndef INTAKE_MEDIA_TYPE_H
#define INTAKE_MEDIA_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

enum media_type {
    MEDIA_UNKNOWN,
    MEDIA_JPEG,
    MEDIA_PNG,
    MEDIA_WEBP,
    MEDIA_GIF,
    MEDIA_HEIF,
    MEDIA_MP4,
    MEDIA_QUICKTIME,
    MEDIA_WEBM,
    MEDIA_PDF,
    MEDIA_TYPES
};

/* What is done with a file; each has a program that does it (press/). */
enum media_form { MEDIA_UNTAKEN, MEDIA_PICTURE, MEDIA_PAPER, MEDIA_FILM };

enum {
    PICTURE_PIXELS_MAX = 50 * 1000 * 1000, /* what telephones take, and some more */
    PICTURE_SIDE_MAX = 32000,
    PICTURE_SCANS_MAX = 64 /* of a progressive JPEG; cameras make about ten, bombs thousands */
};

struct picture_header {
    uint32_t width, height;
};

enum { MEDIA_SNIFF_SIZE = 12 }; /* more bytes say no more */

enum media_type media_type_sniff(const void *bytes, size_t size);
const char *media_type_name(enum media_type type);     /* "image/jpeg"; never NULL */
enum media_type media_type_of_name(const char *name);  /* MEDIA_UNKNOWN when there is none */
enum media_form media_type_form(enum media_type type); /* MEDIA_UNTAKEN: it is not decoded */

/* True when declared (a Content-Type) says the same, or nothing in particular. The names of the MP4
 * family are the same: telephones mix them up. */
bool media_type_is_as_declared(enum media_type type, const char *declared);

/* Reads the header of a picture that we decode. False: ERR_UNPROCESSABLE, broken_picture. */
bool picture_header_read(enum media_type type, const void *bytes, size_t size,
                         struct picture_header *header, struct error *err);

/* All of it: may this be given to the decoder? False: ERR_UNPROCESSABLE with unsupported_type,
 * type_mismatch, broken_picture, picture_too_large; ERR_TOO_LARGE, file_too_large, of bytes. */
bool media_type_check(const void *bytes, size_t size, const char *declared, struct error *err);

#endif
