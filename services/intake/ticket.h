/* SPDX-License-Identifier: Apache-2.0 */
/* ticket: the number that a person is told, with a check character.
 *
 * "HN-2026-0000123-K": the year of filing in Hanoi, a number from a sequence (seven digits, more
 * when needed), and a check character over both: it finds every wrong digit and every exchange of
 * two digits, which is what happens when people read a number out. Pure. */
#ifndef INTAKE_TICKET_H
#define INTAKE_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TICKET_TEXT_SIZE = 25 }; /* common.schema.json: at most 24 characters */

/* number 1–999,999,999,999; instant: of the filing. Returns text. */
char *ticket_format(int64_t number, int64_t instant_us, char text[TICKET_TEXT_SIZE]);

/* True for a ticket that ticket_format could have made. */
bool ticket_is_valid(const char *text);

#endif
