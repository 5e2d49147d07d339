/* SPDX-License-Identifier: Apache-2.0 */
/* intake-press: a picture in, a clean picture and its thumbnail out.
 *
 * Pictures come from strangers, and decoders have had their faults: so they are decoded here, in a
 * process that holds no key, no connection and no environment, may not use much memory or time,
 * and writes nothing but its answer. What is answered was made from pixels: metadata, and whatever
 * stood behind or between the parts of the picture, is gone.
 *
 *   standard input   a JPEG, PNG or WebP
 *   standard output  size of the picture and of the thumbnail (u32, big-endian), then both, as JPEG
 *   exit code        0: done; 1: not a picture that can be decoded; 2: the installation is broken
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vips/vips.h>

enum {
    INPUT_MAX = 20 * 1024 * 1024,
    PICTURE_SIDE = 4096,
    THUMBNAIL_SIDE = 320,
    PICTURE_QUALITY = 85,
    THUMBNAIL_QUALITY = 75,
    CPU_S = 10
};
enum { DONE, BAD_PICTURE, BROKEN };

struct bytes {
    void *data;
    size_t size;
};

/* ---- what this process may not do ---- */

static bool limit(int resource, rlim_t most)
{
    return setrlimit((__rlimit_resource_t)resource, &(struct rlimit){most, most}) == 0;
}

/* When memory is short on the machine, it is this process that goes. */
static void offer_to_die_first(void)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "w");
    if (file != NULL) {
        fputs("1000", file);
        fclose(file);
    }
}

static bool confine(void)
{
    offer_to_die_first();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool good = close_range(3, ~0U, 0) == 0 && limit(RLIMIT_CPU, CPU_S) && limit(RLIMIT_CORE, 0) &&
                limit(RLIMIT_FSIZE, 0) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
#ifndef __SANITIZE_ADDRESS__ /* whose shadow takes terabytes of addresses */
    good = good && limit(RLIMIT_AS, (rlim_t)1024 * 1024 * 1024);
#endif
    return good;
}

/* Three loaders of the many that the library has, and no others. */
static bool open_library(void)
{
    setenv("VIPS_NOVECTOR", "1", 1); /* it compiles code, for which it writes a file */
    if (VIPS_INIT("intake-press") != 0) {
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

/* ---- in and out ---- */

static bool read_all(struct bytes *input)
{
    input->data = malloc(INPUT_MAX);
    input->size = 0;
    while (input->data != NULL && input->size < INPUT_MAX) {
        ssize_t got = read(0, (char *)input->data + input->size, INPUT_MAX - input->size);
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

static bool write_size(size_t size)
{
    const uint8_t bytes[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                              (uint8_t)size};
    return write_all(bytes, sizeof bytes);
}

/* ---- the work ---- */

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
static bool press(const struct bytes *in, int side, int quality, struct bytes *out)
{
    VipsImage *image = NULL;
    if (vips_thumbnail_buffer(in->data, in->size, &image, side, "height", side, "size",
                              VIPS_SIZE_DOWN, "export_profile", "srgb", "option_string",
                              "[fail_on=error]", NULL) != 0) {
        return false;
    }
    bool good = save(image, quality, out);
    g_object_unref(image);
    return good;
}

int main(void)
{
    struct bytes input = {0}, picture = {0}, thumbnail = {0};
    if (!confine() || !open_library()) {
        fputs("intake-press: cannot start\n", stderr);
        return BROKEN;
    }
    bool good = read_all(&input) && press(&input, PICTURE_SIDE, PICTURE_QUALITY, &picture) &&
                press(&picture, THUMBNAIL_SIDE, THUMBNAIL_QUALITY, &thumbnail) &&
                write_size(picture.size) && write_size(thumbnail.size) &&
                write_all(picture.data, picture.size) && write_all(thumbnail.data, thumbnail.size);
    _exit(good ? DONE : BAD_PICTURE); /* the memory goes with the process */
}
