/* SPDX-License-Identifier: Apache-2.0 */
/* intake-press-film: an MP4, QuickTime, WebM or Matroska film in; out come its picture and its
 * sound in a fresh MP4 or WebM, and a picture of its first key frame.
 *
 * What is compressed stays as it is: to compress it anew would take minutes. But it is taken out of
 * its container packet by packet, and of these only the units that a decoder needs for the picture:
 * the container, with all that stands in it (where a telephone was, chapters, subtitles, attached
 * files) and behind it, is not copied. See framing.h for the form, confine.h for why this is a
 * program. */
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "film_clean.h"
#include "film_memory.h"
#include "film_poster.h"
#include "framing.h"

enum { CPU_S = 10, STREAMS_MAX = 16, POSTER_TRIES = 3, MORE_MAX = 2 * 1024 * 1024 };
enum { MP4 = 1, WEBM = 2 };

/* What is taken, which containers may hold it for browsers, and which units of it are kept: slices
 * and parameter sets, not what cameras and encoders say beside (SEI, metadata). Vorbis, which
 * nothing records any more, is not among them: its header holds any text. */
static const struct codec {
    enum AVCodecID id;
    enum AVMediaType type;
    int containers;
    const char *filter;
} codecs[] = {
    {AV_CODEC_ID_H264, AVMEDIA_TYPE_VIDEO, MP4, "filter_units=pass_types=1-5|7-9"},
    {AV_CODEC_ID_HEVC, AVMEDIA_TYPE_VIDEO, MP4, "filter_units=pass_types=0-9|16-21|32-35"},
    {AV_CODEC_ID_VP8, AVMEDIA_TYPE_VIDEO, WEBM, "null"},
    {AV_CODEC_ID_VP9, AVMEDIA_TYPE_VIDEO, WEBM | MP4, "null"},
    {AV_CODEC_ID_AV1, AVMEDIA_TYPE_VIDEO, WEBM | MP4, "filter_units=pass_types=1-4|6-8"},
    {AV_CODEC_ID_AAC, AVMEDIA_TYPE_AUDIO, MP4, "null"},
    {AV_CODEC_ID_MP3, AVMEDIA_TYPE_AUDIO, MP4, "null"},
    {AV_CODEC_ID_OPUS, AVMEDIA_TYPE_AUDIO, WEBM | MP4, "null"},
};

/* Decoders that may look at the first packets; the others are not opened. */
static const char decoders[] = "h264,hevc,vp8,vp9,libdav1d,av1,aac,mp3,mp3float,opus";

/* One that is kept, from the one file to the other. */
struct track {
    AVStream *in, *out;
    const struct codec *codec;
    AVBSFContext *filter;
};

struct film {
    struct film_end source, target;
    AVFormatContext *in, *out;
    struct track picture, sound; /* in of sound NULL: it is silent */
    int quarters;                /* to be turned clockwise to stand upright */
    AVPacket *keys[POSTER_TRIES];
    size_t key_count;
};

/* ---- what is in it ---- */

static bool open_input(struct film *film)
{
    AVDictionary *options = NULL;
    film->in = avformat_alloc_context();
    if (film->in == NULL || !film_memory_read(film->in, &film->source)) {
        return false;
    }
    film->in->max_streams = STREAMS_MAX;
    av_dict_set(&options, "format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm", 0);
    av_dict_set(&options, "codec_whitelist", decoders, 0);
    bool good = avformat_open_input(&film->in, NULL, NULL, &options) >= 0 &&
                avformat_find_stream_info(film->in, NULL) >= 0;
    av_dict_free(&options);
    return good;
}

static const struct codec *codec_of(const AVStream *stream)
{
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        if (codecs[i].id == stream->codecpar->codec_id) {
            return &codecs[i];
        }
    }
    return NULL;
}

/* The first of its type that is taken; a cover is no film. False: there are some, but none of
 * them is. */
static bool pick(struct film *film, enum AVMediaType type, struct track *track)
{
    bool any = false;
    for (unsigned i = 0; i < film->in->nb_streams; i++) {
        AVStream *stream = film->in->streams[i];
        const struct codec *codec = codec_of(stream);
        if (stream->codecpar->codec_type != type ||
            (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
            continue;
        }
        any = true;
        if (codec != NULL && codec->type == type) {
            *track = (struct track){.in = stream, .codec = codec};
            return true;
        }
    }
    return !any;
}

static enum press_end choose_tracks(struct film *film)
{
    if (!pick(film, AVMEDIA_TYPE_VIDEO, &film->picture) ||
        !pick(film, AVMEDIA_TYPE_AUDIO, &film->sound)) {
        return PRESS_UNSUPPORTED;
    }
    for (unsigned i = 0; i < film->in->nb_streams; i++) {
        AVStream *stream = film->in->streams[i];
        bool kept = stream == film->picture.in || stream == film->sound.in;
        stream->discard = kept ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    return film->picture.in != NULL ? PRESS_DONE : PRESS_NOT_READABLE;
}

/* How it must be turned (ISO 14496-12, 8.5.2), or NULL. */
static const uint8_t *matrix_of(const AVStream *stream)
{
#if LIBAVFORMAT_VERSION_INT < AV_VERSION_INT(60, 15, 100)
    size_t size = 0;
    const uint8_t *matrix = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
#else
    const AVPacketSideData *found =
        av_packet_side_data_get(stream->codecpar->coded_side_data,
                                stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    const uint8_t *matrix = found != NULL ? found->data : NULL;
    size_t size = found != NULL ? found->size : 0;
#endif
    return size == 9 * sizeof(int32_t) ? matrix : NULL;
}

static bool measure(struct film *film, struct pressed *pressed)
{
    const AVCodecParameters *parameters = film->picture.in->codecpar;
    const uint8_t *matrix = matrix_of(film->picture.in);
    int32_t numbers[9];
    if (parameters->width <= 0 || parameters->height <= 0 || parameters->width > FILM_SIDE_MAX ||
        parameters->height > FILM_SIDE_MAX ||
        (int64_t)parameters->width * parameters->height > FILM_PIXELS_MAX) {
        return false;
    }
    if (matrix != NULL) {
        memcpy(numbers, matrix, sizeof numbers);
        double left = av_display_rotation_get(numbers); /* degrees; NaN of a matrix of zeros */
        film->quarters = isnan(left) ? 0 : ((int)lround(-left / 90) % 4 + 4) % 4;
    }
    bool lies = film->quarters % 2 != 0;
    pressed->width = (uint32_t)(lies ? parameters->height : parameters->width);
    pressed->height = (uint32_t)(lies ? parameters->width : parameters->height);
    return true;
}

/* ---- the new file ---- */

static const char *container_of(const struct film *film)
{
    int both = film->picture.codec->containers;
    if (film->sound.in != NULL) {
        both &= film->sound.codec->containers;
    }
    bool was_mp4 = strstr(film->in->iformat->name, "mp4") != NULL;
    if ((both & MP4) != 0 && (was_mp4 || (both & WEBM) == 0)) {
        return "mp4";
    }
    return (both & WEBM) != 0 ? "webm" : NULL;
}

/* The library keeps more about a stream than what is needed to decode it. */
static bool keep_matrix_only(struct track *track)
{
    const uint8_t *matrix = matrix_of(track->in);
    size_t size = 9 * sizeof(int32_t);
#if LIBAVFORMAT_VERSION_INT < AV_VERSION_INT(60, 15, 100)
    uint8_t *copy = matrix != NULL
                        ? av_stream_new_side_data(track->out, AV_PKT_DATA_DISPLAYMATRIX, size)
                        : NULL;
#else
    AVCodecParameters *parameters = track->out->codecpar;
    av_packet_side_data_free(&parameters->coded_side_data, &parameters->nb_coded_side_data);
    AVPacketSideData *made =
        matrix != NULL
            ? av_packet_side_data_new(&parameters->coded_side_data, &parameters->nb_coded_side_data,
                                      AV_PKT_DATA_DISPLAYMATRIX, size, 0)
            : NULL;
    uint8_t *copy = made != NULL ? made->data : NULL;
#endif
    if (copy != NULL) {
        memcpy(copy, matrix, size);
    }
    return matrix == NULL || copy != NULL;
}

static bool add_track(struct film *film, struct track *track)
{
    if (track->in == NULL) {
        return true;
    }
    track->out = avformat_new_stream(film->out, NULL);
    if (track->out == NULL || av_bsf_list_parse_str(track->codec->filter, &track->filter) < 0 ||
        avcodec_parameters_copy(track->filter->par_in, track->in->codecpar) < 0) {
        return false;
    }
    track->filter->time_base_in = track->in->time_base;
    if (av_bsf_init(track->filter) < 0 ||
        avcodec_parameters_copy(track->out->codecpar, track->filter->par_out) < 0 ||
        !film_clean(track->in->codecpar, track->out->codecpar)) {
        return false;
    }
    /* What Safari plays is called hvc1; otherwise the container's own name for the codec. */
    track->out->codecpar->codec_tag =
        track->codec->id == AV_CODEC_ID_HEVC ? MKTAG('h', 'v', 'c', '1') : 0;
    track->out->time_base = track->in->time_base;
    track->out->sample_aspect_ratio = track->in->sample_aspect_ratio;
    return keep_matrix_only(track);
}

static bool open_output(struct film *film, const char *container)
{
    AVDictionary *options = NULL;
    if (avformat_alloc_output_context2(&film->out, NULL, container, NULL) < 0 ||
        !film_memory_write(film->out, &film->target)) {
        return false;
    }
    film->out->flags |= AVFMT_FLAG_BITEXACT; /* neither who wrote it nor when */
    av_dict_set(&options, "movflags", "faststart", 0);
    bool good = add_track(film, &film->picture) && add_track(film, &film->sound) &&
                avformat_write_header(film->out, &options) >= 0;
    av_dict_free(&options);
    return good;
}

static bool remember_key(struct film *film, const AVPacket *packet)
{
    if (packet->stream_index != film->picture.out->index ||
        (packet->flags & AV_PKT_FLAG_KEY) == 0 || film->key_count == POSTER_TRIES) {
        return true;
    }
    film->keys[film->key_count] = av_packet_clone(packet);
    return film->keys[film->key_count++] != NULL;
}

/* Packets bring more than their bytes, too. */
static bool write_filtered(struct film *film, struct track *track, AVPacket *packet)
{
    int end;
    while ((end = av_bsf_receive_packet(track->filter, packet)) >= 0) {
        packet->stream_index = track->out->index;
        packet->pos = -1;
        av_packet_free_side_data(packet);
        av_packet_rescale_ts(packet, track->filter->time_base_out, track->out->time_base);
        if (!remember_key(film, packet) || av_interleaved_write_frame(film->out, packet) < 0) {
            return false;
        }
    }
    return end == AVERROR(EAGAIN) || end == AVERROR_EOF;
}

static bool is_late(const struct film *film, const struct track *track, const AVPacket *packet)
{
    int64_t start_us = film->in->start_time != AV_NOPTS_VALUE ? film->in->start_time : 0;
    return packet->pts != AV_NOPTS_VALUE &&
           av_rescale_q(packet->pts, track->in->time_base, AV_TIME_BASE_Q) - start_us >
               (int64_t)FILM_MINUTES_MAX * 60 * AV_TIME_BASE;
}

static enum press_end copy_packets(struct film *film, AVPacket *packet)
{
    int end;
    while ((end = av_read_frame(film->in, packet)) >= 0) {
        bool is_picture = packet->stream_index == film->picture.in->index;
        bool is_sound = film->sound.in != NULL && packet->stream_index == film->sound.in->index;
        struct track *track = is_picture ? &film->picture : &film->sound;
        if (!is_picture && !is_sound) {
            av_packet_unref(packet);
            continue;
        }
        if (is_late(film, track, packet)) {
            return PRESS_TOO_LONG;
        }
        if (av_bsf_send_packet(track->filter, packet) < 0 || !write_filtered(film, track, packet)) {
            return PRESS_NOT_READABLE;
        }
    }
    return end == AVERROR_EOF ? PRESS_DONE : PRESS_NOT_READABLE;
}

/* ---- all of it ---- */

static bool draw_poster(const struct film *film, struct bytes *jpeg)
{
    for (size_t i = 0; i < film->key_count; i++) {
        if (film_poster(film->picture.out->codecpar, film->keys[i], film->quarters, jpeg)) {
            return true;
        }
    }
    return false;
}

static enum press_end press(struct film *film, struct pressed *pressed)
{
    AVPacket *packet = av_packet_alloc();
    if (packet == NULL || !open_input(film)) {
        return PRESS_NOT_READABLE;
    }
    enum press_end end = choose_tracks(film);
    if (end != PRESS_DONE) {
        return end;
    }
    const char *container = container_of(film);
    if (container == NULL) {
        return PRESS_UNSUPPORTED;
    }
    if (!measure(film, pressed) || !open_output(film, container)) {
        return PRESS_NOT_READABLE;
    }
    end = copy_packets(film, packet);
    if (end != PRESS_DONE) {
        return end;
    }
    bool good = av_write_trailer(film->out) >= 0 && draw_poster(film, &pressed->small);
    return good ? PRESS_DONE : PRESS_NOT_READABLE;
}

int main(void)
{
    struct bytes input = {0};
    struct pressed pressed = {0};
    if (!confine(CPU_S)) {
        fputs("intake-press-film: cannot start\n", stderr);
        return PRESS_BROKEN;
    }
    confine_files((const char *const[]){NULL});
    av_log_set_level(AV_LOG_QUIET);
    if (!framing_read(&input, FILM_BYTES_MAX)) {
        return PRESS_NOT_READABLE;
    }
    struct film film = {.source = {.bytes = &input},
                        .target = {.bytes = &pressed.full, .size_max = FILM_BYTES_MAX + MORE_MAX}};
    pressed.full.data = malloc(film.target.size_max); /* touched only as it fills */
    enum press_end end = pressed.full.data != NULL ? press(&film, &pressed) : PRESS_BROKEN;
    if (end == PRESS_DONE && !framing_write(&pressed)) {
        end = PRESS_NOT_READABLE;
    }
    _exit((int)end); /* the memory goes with the process */
}
