/* SPDX-License-Identifier: Apache-2.0 */
/* film_memory: the library's files are memory, and it can open no others. */
#ifndef INTAKE_PRESS_FILM_MEMORY_H
#define INTAKE_PRESS_FILM_MEMORY_H

#include <libavformat/avformat.h>

#include "framing.h"

/* One end of it; both ends of an output are of the same bytes. */
struct film_end {
    struct bytes *bytes;
    size_t size_max; /* of what may be written */
    int64_t at;
};

/* The format takes its bytes from there. The end is the caller's memory for as long. */
bool film_memory_read(AVFormatContext *format, struct film_end *end);

/* The format writes there, up to size_max, which bytes has room for. */
bool film_memory_write(AVFormatContext *format, struct film_end *end);

#endif
