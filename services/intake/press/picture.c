/* SPDX-License-Identifier: Apache-2.0 */
/* intake-press-picture: a JPEG, PNG or WebP in, a clean JPEG and its thumbnail out.
 *
 * What is answered was made from pixels: metadata, and whatever stood behind or between the parts
 * of the picture, is gone. See framing.h for the form, confine.h for why this is a program. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <vips/vips.h>

#include "confine.h"
#include "framing.h"

enum { PICTURE_SIDE = 4096, PICTURE_QUALITY = 85, CPU_S = 10 };

/* Three loaders of the many that the library has, and no others. */
static bool open_library(void)
{
    setenv("VIPS_NOVECTOR", "1", 1); /* it compiles code, for which it writes a file */
    if (VIPS_INIT("intake-press-picture") != 0) {
        return false;
    }
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    vips_operation_block_set("VipsForeignLoadJpeg", FALSE);
    vips_operation_block_set("VipsForeignLoadPng", FALSE);
    vips_operation_block_set("VipsForeignLoadWebp", FALSE);
    return true;
}

static bool save(VipsImage *image, int quality, struct bytes *out)
{
    VipsImage *flat = NULL;
    double white[] = {255, 255, 255};
    VipsArrayDouble *background = vips_array_double_new(white, 3);
    int wrong = vips_image_hasalpha(image)
                    ? vips_flatten(image, &flat, "background", background, NULL)
                    : vips_copy(image, &flat, NULL);
    vips_area_unref((VipsArea *)background);
    if (wrong != 0) {
        return false;
    }
    wrong = vips_jpegsave_buffer(flat, &out->data, &out->size, "Q", quality, "strip", TRUE,
                                 "optimize_coding", TRUE, NULL);
    g_object_unref(flat);
    return wrong == 0;
}

/* Turned upright, in sRGB, no side longer than that, and never enlarged. The option fail_on of this
 * function does not reach all loaders, as that of the loader itself does. */
static VipsImage *load(const struct bytes *in, int side)
{
    VipsImage *image = NULL;
    int wrong = vips_thumbnail_buffer(in->data, in->size, &image, side, "height", side, "size",
                                      VIPS_SIZE_DOWN, "export_profile", "srgb", "option_string",
                                      "[fail_on=error]", NULL);
    return wrong == 0 ? image : NULL;
}

static bool press(const struct bytes *input, struct pressed *pressed)
{
    VipsImage *picture = load(input, PICTURE_SIDE);
    if (picture == NULL || !save(picture, PICTURE_QUALITY, &pressed->full)) {
        return false;
    }
    pressed->width = (uint32_t)vips_image_get_width(picture);
    pressed->height = (uint32_t)vips_image_get_height(picture);
    g_object_unref(picture);
    VipsImage *thumbnail = load(&pressed->full, SMALL_SIDE);
    return thumbnail != NULL && save(thumbnail, SMALL_QUALITY, &pressed->small);
}

int main(void)
{
    struct bytes input = {0};
    struct pressed pressed = {0};
    if (!confine(CPU_S) || !open_library()) {
        fputs("intake-press-picture: cannot start\n", stderr);
        return PRESS_BROKEN;
    }
    confine_files((const char *const[]){NULL});
    bool good = framing_read(&input, PICTURE_BYTES_MAX) && press(&input, &pressed) &&
                framing_write(&pressed);
    _exit(good ? PRESS_DONE : PRESS_NOT_READABLE); /* the memory goes with the process */
}
