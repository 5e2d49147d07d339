/* SPDX-License-Identifier: Apache-2.0 */
/* media_object: where the objects of a bucket are, and what its answers mean. Pure.
 *
 * Addresses are path-style (endpoint/bucket/prefix/key) and made of characters that no encoding
 * changes, so that what is signed is what is sent. */
#ifndef INTAKE_MEDIA_OBJECT_H
#define INTAKE_MEDIA_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

enum { OBJECT_BASE_SIZE = 512 };

/* endpoint "https://s3.example:9000", place "bucket" or "bucket/prefix": what all addresses begin
 * with, "https://s3.example:9000/bucket/prefix/". False: ERR_FATAL names the setting. */
bool media_object_base(const char *endpoint, const char *place, char base[OBJECT_BASE_SIZE],
                       struct error *err);

enum object_act { OBJECT_PUT, OBJECT_GET, OBJECT_REMOVE };

/* True: it is done. False: ERR_RETRY when the storage could not, ERR_NOT_FOUND when there is no
 * such object, ERR_FATAL when it would not and an operator must act: keys, rights, bucket, clock.
 * Texts hold the storage's own code (AccessDenied) and nothing else of its answer, which repeats
 * names and signatures. */
bool media_object_judge(enum object_act act, long status, const char *answer, size_t size,
                        struct error *err);

#endif
