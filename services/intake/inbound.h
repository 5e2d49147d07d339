/* SPDX-License-Identifier: Apache-2.0 */
/* inbound: an event of another city system becomes a filing or a record, whichever way it came.
 *
 * city.inbound.v1 and POST /api/intake/events meet here: same types, same checks. What is filed is
 * filed once for each (source, id), whatever it says the second time; of a record the newest
 * version stands (record.h), to which a repeat adds nothing. */
#ifndef INTAKE_INBOUND_H
#define INTAKE_INBOUND_H

#include "event_source.h"
#include "filing.h"
#include "record.h"

struct inbound_sender {
    const char *client;      /* the API key's id; "inbound" of the topic */
    const char *traceparent; /* for events without one; NULL: none */
};

/* Is it a type that intake takes? */
bool inbound_takes(const char *type);
/* Is it one that this source may not send? A type that nobody takes is refused as such. */
bool inbound_is_foreign(const char *type, const struct event_source *source);
/* Are these data good for the type, as far as they tell by themselves? Errors as of
 * inbound_prepare. */
bool inbound_check(const char *type, const char *data, size_t size, struct arena *arena,
                   struct error *err);

/* What to call a refusal of inbound_prepare where the field is told beside it: "unknown_type",
 * "no_data" or "invalid_data". */
const char *inbound_fault_class(const struct error *err);

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
