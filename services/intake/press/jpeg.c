/* SPDX-License-Identifier: Apache-2.0 */
#include "jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

/* ---- saving ---- */

struct trap {
    struct jpeg_error_mgr manager; /* first: the library gives it back */
    jmp_buf jump;
};

static void on_error(j_common_ptr codec)
{
    longjmp(((struct trap *)codec->err)->jump, 1);
}

static void save_rows(struct jpeg_compress_struct *codec, const struct pixels *pixels)
{
    while (codec->next_scanline < codec->image_height) {
        /* The library does not change what it reads. */
        JSAMPROW row =
            (JSAMPROW)(uintptr_t)(pixels->rows + codec->next_scanline * pixels->row_size);
        jpeg_write_scanlines(codec, &row, 1);
    }
}

bool jpeg_save(const struct pixels *pixels, int quality, struct bytes *out)
{
    struct jpeg_compress_struct codec = {0};
    struct trap trap;
    unsigned char *data = NULL;
    unsigned long size = 0;
    codec.err = jpeg_std_error(&trap.manager);
    trap.manager.error_exit = on_error;
    if (setjmp(trap.jump) != 0) {
        return false;
    }
    jpeg_create_compress(&codec);
    jpeg_mem_dest(&codec, &data, &size);
    codec.image_width = pixels->width;
    codec.image_height = pixels->height;
    codec.input_components = 4;
    codec.in_color_space = JCS_EXT_BGRX;
    jpeg_set_defaults(&codec);
    jpeg_set_quality(&codec, quality, TRUE);
    codec.optimize_coding = TRUE;
    jpeg_start_compress(&codec, TRUE);
    save_rows(&codec, pixels);
    jpeg_finish_compress(&codec); /* which tells data and size */
    *out = (struct bytes){data, size};
    jpeg_destroy_compress(&codec);
    return true;
}

/* ---- cleaning (ITU-T T.81, annex B) ---- */

struct walk {
    const uint8_t *at;
    size_t left;
    struct bytes *out;
};

static void copy(struct walk *walk, size_t size)
{
    memcpy((uint8_t *)walk->out->data + walk->out->size, walk->at, size);
    walk->out->size += size;
}

static void pass(struct walk *walk, size_t size)
{
    walk->at += size;
    walk->left -= size;
}

/* Of the APPn segments those without a thumbnail that change how colours are read; no comments. */
static bool is_kept(uint8_t marker, const uint8_t *segment, size_t size)
{
    if (marker == 0xe0) {
        return size == 16 && memcmp(segment + 2, "JFIF", 5) == 0;
    }
    if (marker == 0xee) {
        return size == 14 && memcmp(segment + 2, "Adobe", 5) == 0;
    }
    return (marker < 0xe0 || marker > 0xef) && marker != 0xfe;
}

/* In a scan, 0xff is followed by 0 or a restart marker. */
static size_t scan_size(const struct walk *walk)
{
    size_t size = 0;
    while (size + 1 < walk->left && (walk->at[size] != 0xff || walk->at[size + 1] == 0 ||
                                     (walk->at[size + 1] & 0xf8) == 0xd0)) {
        size++;
    }
    return size;
}

static bool clean_segment(struct walk *walk, uint8_t marker)
{
    size_t size = walk->left >= 4 ? (size_t)walk->at[2] << 8 | walk->at[3] : 0;
    if (size < 2 || size + 2 > walk->left) {
        return false;
    }
    if (is_kept(marker, walk->at + 2, size)) {
        copy(walk, size + 2);
    }
    pass(walk, size + 2);
    if (marker == 0xda) {
        size = scan_size(walk);
        copy(walk, size);
        pass(walk, size);
    }
    return true;
}

bool jpeg_clean(const uint8_t *jpeg, size_t size, struct bytes *out)
{
    *out = (struct bytes){malloc(size), 0};
    struct walk walk = {jpeg, size, out};
    if (out->data == NULL || size < 4 || jpeg[0] != 0xff || jpeg[1] != 0xd8) {
        return false;
    }
    copy(&walk, 2);
    pass(&walk, 2);
    while (walk.left >= 2 && walk.at[0] == 0xff) {
        uint8_t marker = walk.at[1];
        if (marker == 0xd9) {
            copy(&walk, 2);
            return true;
        }
        if (marker == 0xff) {
            pass(&walk, 1); /* a fill byte */
        } else if (!clean_segment(&walk, marker)) {
            return false;
        }
    }
    return false;
}
