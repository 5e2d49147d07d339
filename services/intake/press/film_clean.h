/* SPDX-License-Identifier: Apache-2.0 */
/* film_clean: what stands before the packets of a stream, without what is not needed to decode. */
#ifndef INTAKE_PRESS_FILM_CLEAN_H
#define INTAKE_PRESS_FILM_CLEAN_H

#include <libavcodec/avcodec.h>
#include <stdbool.h>

/* in: as the container had it; out: as its filter left it, where parameter sets of H.264 and H.265
 * are divided by start codes. False: there is more than a decoder has use for. */
bool film_clean(const AVCodecParameters *in, AVCodecParameters *out);

#endif
