/* SPDX-License-Identifier: Apache-2.0 */
#include "film_poster.h"

#include <libswscale/swscale.h>
#include <stdlib.h>
#include <string.h>

#include "jpeg.h"

enum { PIXEL_SIZE = 4 };

static AVFrame *decode(const AVCodecParameters *parameters, const AVPacket *key)
{
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    AVFrame *frame = av_frame_alloc();
    if (codec == NULL || decoder == NULL || frame == NULL ||
        avcodec_parameters_to_context(decoder, parameters) < 0) {
        return NULL;
    }
    decoder->thread_count = 1;
    decoder->max_pixels = FILM_PIXELS_MAX; /* the stream itself may say more than its container */
    bool good = avcodec_open2(decoder, codec, NULL) >= 0 &&
                avcodec_send_packet(decoder, key) >= 0 && avcodec_send_packet(decoder, NULL) >= 0 &&
                avcodec_receive_frame(decoder, frame) >= 0;
    avcodec_free_context(&decoder);
    return good ? frame : NULL;
}

static void fit(int width, int height, struct pixels *pixels)
{
    int longer = width > height ? width : height;
    int side = longer < SMALL_SIDE ? longer : SMALL_SIDE;
    pixels->width = (unsigned)((int64_t)width * side / longer);
    pixels->height = (unsigned)((int64_t)height * side / longer);
    pixels->width += pixels->width == 0;
    pixels->height += pixels->height == 0;
    pixels->row_size = (size_t)pixels->width * PIXEL_SIZE;
}

static bool scale(const AVFrame *frame, struct pixels *pixels)
{
    fit(frame->width, frame->height, pixels);
    uint8_t *rows = calloc(pixels->height, pixels->row_size);
    struct SwsContext *scaler = sws_getContext(
        frame->width, frame->height, (enum AVPixelFormat)frame->format, (int)pixels->width,
        (int)pixels->height, AV_PIX_FMT_BGR0, SWS_AREA, NULL, NULL, NULL);
    if (rows == NULL || scaler == NULL) {
        return false;
    }
    sws_setColorspaceDetails(scaler, sws_getCoefficients((int)frame->colorspace),
                             frame->color_range == AVCOL_RANGE_JPEG,
                             sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    int scaled = sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize, 0,
                           frame->height, &rows, (const int[]){(int)pixels->row_size});
    sws_freeContext(scaler);
    pixels->rows = rows;
    return scaled == (int)pixels->height;
}

/* By one quarter: the first column, from below, becomes the first row. */
static bool turn(struct pixels *pixels)
{
    struct pixels turned = {.width = pixels->height,
                            .height = pixels->width,
                            .row_size = (size_t)pixels->height * PIXEL_SIZE};
    uint8_t *rows = calloc(turned.height, turned.row_size);
    if (rows == NULL) {
        return false;
    }
    for (unsigned y = 0; y < turned.height; y++) {
        for (unsigned x = 0; x < turned.width; x++) {
            memcpy(rows + y * turned.row_size + x * PIXEL_SIZE,
                   pixels->rows + (pixels->height - 1 - x) * pixels->row_size + y * PIXEL_SIZE,
                   PIXEL_SIZE);
        }
    }
    turned.rows = rows;
    *pixels = turned;
    return true;
}

bool film_poster(const AVCodecParameters *parameters, const AVPacket *key, int quarters,
                 struct bytes *jpeg)
{
    struct pixels pixels = {0};
    AVFrame *frame = decode(parameters, key);
    bool good = frame != NULL && scale(frame, &pixels);
    for (int i = 0; good && i < quarters; i++) {
        good = turn(&pixels);
    }
    av_frame_free(&frame);
    return good && jpeg_save(&pixels, SMALL_QUALITY, jpeg);
}
