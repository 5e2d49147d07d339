/* SPDX-License-Identifier: Apache-2.0 */
/* intake: what is open while the service runs; handlers get it as their state. */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "common/rate.h"
#include "common/seal.h"
#include "common/service.h"
#include "common/wait.h"
#include "burst_watch.h"
#include "event_source.h"
#include "filing_desk.h"
#include "gate.h"
#include "media_press.h"
#include "media_reference.h"
#include "media_store.h"
#include "media_sweep.h"
#include "message_desk.h"
#include "record_desk.h"
#include "reference.h"
#include "submission_reader.h"

struct intake {
    const struct service_parts *parts;
    struct seal *seal;
    struct filing_desk *desk;
    struct record_desk *records;
    struct submission_reader *reader;
    struct message_desk *messages;
    struct snapshot_source *reference;
    struct snapshot_source *sources; /* other city systems that may bring events */
    struct quarantine_keeper *keeper;
    struct burst_watch *bursts;
    struct gate *gate;       /* how much one caller may ask for */
    struct rate *event_rate; /* of each API key that brings events */
    struct wait *wait;       /* for versions of cases, by submission */
    const char *public_url;  /* where people reach this service */
    struct media_keys media_keys;
    int64_t media_link_s; /* how long a link lives */
    struct media_press *media_press;
    struct media_store *media_store;
    struct media_sweep *media_sweep;
};

/* The hooks of struct service. */
void intake_open(struct service_parts *parts, void **state, service_on_opened *on_opened,
                 void *arg);
void intake_close(void *state, service_on_closed *on_closed, void *arg);
bool intake_is_ready(struct buffer *why_not, void *state);

/* Of an answer that is made now. */
struct media_linker intake_media_linker(const struct intake *intake, struct arena *arena);

/* What to say of a message that could not be read: the first bad field, or the error's code. */
const char *intake_fault(const struct error *err);

#endif
