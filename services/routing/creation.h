/* SPDX-License-Identifier: Apache-2.0 */
/* creation: what a request makes is made once.
 *
 * With an Idempotency-Key the id of what is made follows from the caller, the place and the key, so
 * the request that comes again finds what it made before; the fingerprint of its body tells whether
 * it is the same request. Without a key the id is new. Pure but for new ids. */
#ifndef ROUTING_CREATION_H
#define ROUTING_CREATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/uuid.h"

struct creation {
    struct uuid id;
    uint8_t fingerprint[DIGEST_SIZE];
};

/* place: what is made where, "notes 0196…". key NULL: none was given. */
void creation_init(struct creation *creation, const char *account, const char *place,
                   const char *key, const void *body, size_t size);

bool creation_is_same(const struct creation *creation, const void *fingerprint, size_t size);

#endif
