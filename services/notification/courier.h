/* SPDX-License-Identifier: Apache-2.0 */
/* courier: hands letters to the mail server and writes down what came of it.
 *
 *   just made, leased with its row ──▶ courier_take ─┐
 *   due (retry, backlog, run-out lease) ──▶ claim ───┴▶ line ──▶ SMTP ──▶ settled, with its event
 *
 * Two lines: letters to residents go first, and those to officials never take more than half of
 * the connections. A line holds at most STANDING_MAX letters besides those that batches under way
 * were allowed to hand over; what has no room stays in the table and is claimed later. A letter
 * that stood in line until its lease was nearly over is let go: whoever claims it next sends it,
 * with the same Message-ID. Loop thread only. */
#ifndef NOTIFICATION_COURIER_H
#define NOTIFICATION_COURIER_H

#include "common/fetch.h"
#include "common/outbox.h"
#include "letter.h"

struct courier_config {
    uv_loop_t *loop;
    struct pg *pg;
    struct outbox *outbox;
    struct fetch *fetch;
    struct metrics *metrics;
    struct seal *seal;
    const struct snapshot_source *reference;
    const char *smtp_url, *smtp_user, *smtp_password;
    bool smtp_require_tls;
    size_t connections_max;
    const char *from, *site;
};

enum { COURIER_LEASE_US = 60 * 1000000 };

struct courier;
struct courier *courier_new(const struct courier_config *config); /* texts are borrowed */
/* Returns what stands in line to the table, waits for what is being sent. */
typedef void courier_on_closed(void *arg);
void courier_close(struct courier *courier, courier_on_closed *on_closed, void *arg);

/* How many letters of the lane may be leased for courier_take. */
size_t courier_room(const struct courier *courier, enum lane lane);
void courier_take(struct courier *courier, struct letter *letter);
/* Something may be due before its time: claim now. */
void courier_look(struct courier *courier);
/* A contact was erased: its letters in line lose their copy. */
void courier_forget(struct courier *courier, const char *ref);

#endif
