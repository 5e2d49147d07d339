/* SPDX-License-Identifier: Apache-2.0 */
/* mail: one message of RFC 5322, plain text in UTF-8.
 *
 * Nothing that comes from outside reaches a header as it is: the subject is encoded (RFC 2047) and
 * addresses are checked, so that no line break can begin a header of its own. The same delivery
 * gives the same bytes, Message-ID and Date included: a repeat after a crash can be recognised by
 * whoever receives it. Pure. */
#ifndef NOTIFICATION_MAIL_H
#define NOTIFICATION_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buffer.h"
#include "common/uuid.h"
#include "notice.h"

struct mail {
    const char *from, *to;      /* mail_address_is_good */
    const struct uuid *id;      /* of the delivery */
    const struct uuid *case_id; /* mails of a case are one thread */
    int64_t at;
    enum language language;
    const char *subject; /* control characters become blanks */
    const char *body;    /* lines ended by \n */
};

/* local@domain in visible ASCII, at most 254 characters, without what has a meaning in SMTP or in
 * headers: quotes, brackets, commas, colons, blanks. Stricter than RFC 5321 on purpose. */
bool mail_address_is_good(const char *address);

/* Lines end in CRLF. */
void mail_write(const struct mail *mail, struct buffer *out);

#endif
