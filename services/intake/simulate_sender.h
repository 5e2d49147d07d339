/* SPDX-License-Identifier: Apache-2.0 */
/* simulate_sender: brings simulated events, over HTTP or to the topic. Blocking, for the verb. */
#ifndef INTAKE_SIMULATE_SENDER_H
#define INTAKE_SIMULATE_SENDER_H

#include "common/buffer.h"
#include "common/error.h"
#include "simulation.h"

/* A url, with the key for it, or brokers. */
struct simulate_target {
    const char *url, *key, *brokers;
};

struct simulate_sender;
bool simulate_sender_open(struct simulate_sender **sender, const struct simulate_target *target,
                          struct error *err);
void simulate_sender_close(struct simulate_sender *sender);

/* Sends one and waits for the answer, which comes out in a few words: "taken", "refused
 * 400 invalid_input", "delivered". After 429 and 503 it comes again, for half a minute. True when
 * it was taken, or delivered. */
bool simulate_send(struct simulate_sender *sender, const struct simulated *event,
                   struct buffer *answer);

#endif
