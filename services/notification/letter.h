/* SPDX-License-Identifier: Apache-2.0 */
/* letter: an e-mail on its way, from its row to a mail server's answer.
 *
 * Holds no address: that is opened from the sealed contact, or looked up among the focal points,
 * when the mail is written. Owned by the courier once given to it. */
#ifndef NOTIFICATION_LETTER_H
#define NOTIFICATION_LETTER_H

#include "common/seal.h"
#include "notice.h"
#include "plan.h"
#include "reference.h"

struct outbox_item;

/* How it ended for now, as in the column state; LETTER_RETURNED: given back untried. */
enum letter_end { LETTER_SENT, LETTER_FAILED, LETTER_SKIPPED, LETTER_AGAIN, LETTER_RETURNED };

struct letter {
    struct uuid id, event_id, case_id;
    char *recipient;
    char *sealed; /* NULL: an official, or no contact known */
    char *notice; /* JSON */
    size_t notice_size;
    enum template_id template;
    enum language language;
    enum lane lane;
    int64_t created_at;
    int64_t leased_until;
    int claims, attempts;

    /* Set when it ends. */
    enum letter_end end;
    const char *reason; /* static; NULL when sent */
    int64_t next_attempt_at;
    int64_t ended_at; /* in the row as in the event, so that either counts it on the same day */
    struct outbox_item *said; /* NULL: nothing to tell */

    void *courier;       /* while it is out */
    struct letter *next; /* in the courier's line */
};

/* Copies the texts. sealed may be NULL. */
struct letter *letter_new(const char *recipient, const char *sealed, const char *notice,
                          size_t notice_size);
void letter_free(struct letter *letter);

struct letter_context {
    const struct reference *reference;
    struct seal *seal;
    const char *from, *site;
    int64_t now;
};

/* A mail, ready to go; texts in the arena. */
struct envelope {
    const char *to;
    struct buffer message; /* buffer_finish is the caller's */
};

/* False: it cannot be written, and letter's end, reason (and next_attempt_at) say why: the contact
 * is looked up again later, or the letter is skipped. */
bool letter_write(struct letter *letter, const struct letter_context *context, struct arena *arena,
                  struct envelope *envelope);

/* What a mail server's answer means: reply is its code (0: not reached). Sets attempts, end, reason
 * and next_attempt_at. */
void letter_answered(struct letter *letter, bool taken, long reply, int64_t now, uint32_t chance);

#endif
