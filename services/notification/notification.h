/* SPDX-License-Identifier: Apache-2.0 */
/* notification: what is open while the service runs; handlers get it as their state. */
#ifndef NOTIFICATION_NOTIFICATION_H
#define NOTIFICATION_NOTIFICATION_H

#include "common/seal.h"
#include "common/service.h"
#include "courier.h"
#include "reference.h"
#include "streams.h"

struct notification {
    const struct service_parts *parts;
    struct seal *seal;
    struct snapshot_source *reference;
    struct courier *courier;
    struct streams *streams;
    const char *site; /* where people look a case up */
};

/* What to say of a message that could not be read: the first bad field, or the error's code. */
const char *notification_fault(const struct error *err);

#endif
