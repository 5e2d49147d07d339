/* SPDX-License-Identifier: Apache-2.0 */
/* contact: where a person may be reached.
 *
 * It travels and is stored sealed (common/seal, the ref being the context), and is opened only to
 * write a mail: what contact_open gives lives as long as the arena. */
#ifndef NOTIFICATION_CONTACT_H
#define NOTIFICATION_CONTACT_H

#include "common/arena.h"
#include "common/error.h"
#include "common/seal.h"

struct contact {
    const char *email, *name; /* NULL: not told */
};

/* False when it was not sealed for this ref with our key, or holds something else. */
bool contact_open(struct contact *contact, struct seal *seal, const char *sealed, const char *ref,
                  struct arena *arena);

/* The data of a vn.hanoi.contact.changed.v1. */
struct contact_change {
    const char *ref, *sealed;
};
bool contact_change_read(struct contact_change *change, const char *json, size_t size,
                         struct arena *arena, struct error *err);

#endif
