/* SPDX-License-Identifier: Apache-2.0 */
/* personal_data: what in a text may point to a person, so that a moderator sees it.
 *
 * Looks for the forms in use in Viet Nam: telephone numbers (mobile, fixed, +84; numbering plan of
 * libphonenumber), e-mail addresses, numbers of identity cards (12 digits, the older 9) and plates
 * of vehicles. It only points: a house number may look like a plate, and names look like nothing.
 * People decide. Pure. */
#ifndef INTAKE_PERSONAL_DATA_H
#define INTAKE_PERSONAL_DATA_H

#include <stddef.h>

enum personal_kind { PERSONAL_PHONE, PERSONAL_EMAIL, PERSONAL_ID_NUMBER, PERSONAL_PLATE };
extern const char *const personal_kind_words[]; /* NULL ends the list */

struct personal_span {
    enum personal_kind kind;
    size_t at, size;      /* bytes */
    size_t start, length; /* the same in code points */
};

enum { PERSONAL_SPANS_MAX = 50 };

/* The first spans of valid UTF-8 text, in its order, none over another. */
size_t personal_data_find(const char *text, struct personal_span spans[PERSONAL_SPANS_MAX]);

#endif
