/* SPDX-License-Identifier: Apache-2.0 */
/* film_poster: a small picture of a film. */
#ifndef INTAKE_PRESS_FILM_POSTER_H
#define INTAKE_PRESS_FILM_POSTER_H

#include <libavcodec/avcodec.h>

#include "framing.h"

/* Decodes one key frame and turns it clockwise by quarters. False: it is not one. */
bool film_poster(const AVCodecParameters *parameters, const AVPacket *key, int quarters,
                 struct bytes *jpeg);

#endif
