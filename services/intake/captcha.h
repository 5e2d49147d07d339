/* SPDX-License-Identifier: Apache-2.0 */
/* captcha: asks a verifier whether a proof shows that a person is there.
 *
 * The verifier speaks the form that the known services share (siteverify): a POST of secret,
 * response and remoteip as a form, answered with JSON that has a boolean "success". Off without
 * CAPTCHA_URL. A verifier that is away, slow or confused holds nobody up: the hard limits stay. */
#ifndef INTAKE_CAPTCHA_H
#define INTAKE_CAPTCHA_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/config.h"
#include "common/fetch.h"

enum captcha_end { CAPTCHA_GOOD, CAPTCHA_BAD, CAPTCHA_AWAY };

enum { CAPTCHA_PROOF_MAX = 4096 /* characters */ };

bool captcha_is_on(const struct config *config);

/* Calls on_checked once, later or at once. The check and its texts are the caller's until then. */
struct captcha_check {
    struct fetch *fetch;
    const struct config *config;
    const char *proof, *address;
    struct arena *arena;
    void (*on_checked)(enum captcha_end end, void *arg);
    void *arg;
};
void captcha_start(struct captcha_check *check);

/* What the verifier answered. */
bool captcha_answer_read(bool *success, const char *json, size_t size, struct arena *arena,
                         struct error *err);

#endif
