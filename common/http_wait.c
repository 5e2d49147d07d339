/* SPDX-License-Identifier: Apache-2.0 */
#include "common/http_private.h"

void http_wait_start(struct http_waits *waits, struct http_wait *wait, uint64_t now_ms)
{
    http_wait_stop(wait);
    *wait =
        (struct http_wait){.previous = waits->last, .in = waits, .due_ms = now_ms + waits->wait_ms};
    if (waits->last != NULL) {
        waits->last->next = wait;
    } else {
        waits->first = wait;
    }
    waits->last = wait;
}

void http_wait_stop(struct http_wait *wait)
{
    struct http_waits *waits = wait->in;
    if (waits == NULL) {
        return;
    }
    if (wait->previous != NULL) {
        wait->previous->next = wait->next;
    } else {
        waits->first = wait->next;
    }
    if (wait->next != NULL) {
        wait->next->previous = wait->previous;
    } else {
        waits->last = wait->previous;
    }
    *wait = (struct http_wait){0};
}

void http_waits_sweep(struct http_waits *waits, uint64_t now_ms)
{
    struct http_wait *last = waits->last; /* what is added meanwhile waits for the next sweep */
    bool more = last != NULL;
    while (more && waits->first != NULL && waits->first->due_ms <= now_ms) {
        struct http_wait *wait = waits->first;
        more = wait != last;
        http_wait_stop(wait);
        waits->on_due(wait);
    }
}

void http_waits_hurry(struct http_waits *waits, uint64_t wait_ms, uint64_t now_ms)
{
    if (wait_ms >= waits->wait_ms) {
        return;
    }
    waits->wait_ms = wait_ms;
    for (struct http_wait *wait = waits->first; wait != NULL; wait = wait->next) {
        if (wait->due_ms > now_ms + wait_ms) {
            wait->due_ms = now_ms + wait_ms;
        }
    }
}
