/* SPDX-License-Identifier: Apache-2.0 */
#include "film_clean.h"

#include <string.h>

/* Of AAC, Opus and the VPx this is a few numbers; more would be a place to hide things. */
enum { NUMBERS_MAX = 64, AV1_NUMBERS = 4, START_SIZE = 3 };

static bool is_start(const uint8_t *at)
{
    return at[0] == 0 && at[1] == 0 && at[2] == 1;
}

static size_t find_start(const uint8_t *bytes, size_t size, size_t from)
{
    while (from + START_SIZE <= size && !is_start(bytes + from)) {
        from++;
    }
    return from + START_SIZE <= size ? from : size;
}

/* Of video, sequence and picture (ITU-T H.265, table 7-1); cameras put SEI beside them. */
static bool is_parameter_set(uint8_t head)
{
    int type = head >> 1 & 0x3f;
    return type >= 32 && type <= 34;
}

static void keep_parameter_sets(AVCodecParameters *out)
{
    uint8_t *bytes = out->extradata;
    size_t size = (size_t)out->extradata_size, kept = 0;
    for (size_t at = find_start(bytes, size, 0), next; at < size; at = next) {
        next = find_start(bytes, size, at + START_SIZE);
        if (at + START_SIZE < size && is_parameter_set(bytes[at + START_SIZE])) {
            memmove(bytes + kept, bytes + at, next - at);
            kept += next - at;
        }
    }
    memset(bytes + kept, 0, size - kept);
    out->extradata_size = (int)kept;
}

/* The four bytes of the codec's configuration; its sequence header is in each key frame, too. */
static bool keep_numbers(const AVCodecParameters *in, AVCodecParameters *out)
{
    if (in->extradata_size < AV1_NUMBERS || in->extradata[0] != 0x81) {
        return false;
    }
    av_freep(&out->extradata);
    out->extradata = av_mallocz(AV1_NUMBERS + AV_INPUT_BUFFER_PADDING_SIZE);
    out->extradata_size = out->extradata != NULL ? AV1_NUMBERS : 0;
    if (out->extradata == NULL) {
        return false;
    }
    memcpy(out->extradata, in->extradata, AV1_NUMBERS);
    return true;
}

bool film_clean(const AVCodecParameters *in, AVCodecParameters *out)
{
    switch (out->codec_id) {
    case AV_CODEC_ID_H264:
        return true; /* the container takes parameter sets only */
    case AV_CODEC_ID_HEVC:
        keep_parameter_sets(out);
        return out->extradata_size > 0;
    case AV_CODEC_ID_AV1:
        return keep_numbers(in, out);
    default:
        return out->extradata_size <= NUMBERS_MAX;
    }
}
