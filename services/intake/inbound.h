/* SPDX-License-Identifier: Apache-2.0 */
/* inbound: an event of another city system becomes a filing or a record, whichever way it came.
 *
 * city.inbound.v1 and POST /api/intake/events meet here: same types, same checks. What is filed is
 * filed once for each (source, id), whatever it says the second time; of a record the newest
 * version stands (record.h), to which a repeat adds nothing. */
#ifndef INTAKE_INBOUND_H
#define INTAKE_INBOUND_H

#include "filing.h"
#include "record.h"

struct inbound_sender {
    const char *client;      /* the API key's id; "inbound" of the topic */
    const char *traceparent; /* for events without one; NULL: none */
};

/* Room for either; the one that the event did not become is NULL afterwards. */
struct inbound {
    struct filing *filing;
    struct record *record;
};

/* False: ERR_INPUT "unknown_type" or "no_data" of the envelope, "invalid_input" of the data, with
 * the field in each case; ERR_RETRY no_promise. */
bool inbound_prepare(struct inbound *inbound, const struct event_in *event,
                     const struct inbound_sender *sender, const struct filer *filer,
                     const struct reference *reference, int64_t now_us, struct arena *arena,
                     struct error *err);

#endif
