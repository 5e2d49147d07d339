/* SPDX-License-Identifier: Apache-2.0 */
/* inbound: an event of another city system becomes a filing, whichever way it came.
 *
 * city.inbound.v1 and POST /api/intake/events meet here: same types, same checks, and the same
 * (source, id) is the same event, whatever it says the second time. */
#ifndef INTAKE_INBOUND_H
#define INTAKE_INBOUND_H

#include "filing.h"

struct inbound_sender {
    const char *client;      /* the API key's id; "inbound" of the topic */
    const char *traceparent; /* for events without one; NULL: none */
};

/* False: ERR_INPUT "unknown_type" or "no_data" of the envelope, "invalid_input" of the data, with
 * the field in each case; ERR_RETRY no_promise. */
bool inbound_prepare(struct filing *filing, const struct event_in *event,
                     const struct inbound_sender *sender, const struct filer *filer,
                     const struct reference *reference, int64_t now_us, struct arena *arena,
                     struct error *err);

#endif
