/* SPDX-License-Identifier: Apache-2.0 */
/* media_press: uploaded files made anew by programs of their own (press/), a few at a time.
 *
 * One file may need some hundred MiB while it is decoded, so few are under way and the rest wait in
 * line. Loop thread only. */
#ifndef INTAKE_MEDIA_PRESS_H
#define INTAKE_MEDIA_PRESS_H

#include "common/buffer.h"
#include "common/error.h"
#include "common/loop.h"
#include "media_link.h"
#include "media_type.h"

struct media_press;

struct media_press *media_press_new(struct loop *loop);
void media_press_free(struct media_press *press); /* must be idle; NULL is fine */

/* The caller's memory until on_pressed. */
struct pressing {
    const void *input;
    size_t input_size;
    enum media_form form;
    /* err NULL: the results are there. ERR_UNPROCESSABLE: the file cannot be made anew; the code
     * says why (broken_picture, broken_paper, locked_paper, paper_too_long, broken_film,
     * unsupported_codec, film_too_long). */
    void (*on_pressed)(struct pressing *pressing, const struct error *err);

    struct buffer output; /* the caller finishes it */
    struct {
        const void *bytes; /* in output */
        size_t size;
    } parts[MEDIA_VARIANTS];
    enum media_type type;   /* of the full one; the small one is a JPEG */
    uint32_t width, height; /* of the full one, upright, in pixels; 0: it has none (a PDF) */

    struct pressing *next; /* in line */
};

/* ERR_RETRY when too many wait; on_pressed is not called then. */
bool media_press_start(struct media_press *press, struct pressing *pressing, struct error *err);

#endif
