/* SPDX-License-Identifier: Apache-2.0 */
/* store_quarantine_verb: the same for the operator's verbs. Blocking, never on a loop; what fails
 * is told on standard error. */
#ifndef INTAKE_STORE_QUARANTINE_VERB_H
#define INTAKE_STORE_QUARANTINE_VERB_H

#include "common/verb.h"
#include "quarantine.h"

/* The newest 1,000 in that state, of that source (NULL: any), and how many there are. */
bool verb_list_quarantine(PGconn *conn, const char *state, const char *prefix);
/* All of it, escaped. False, too, when there is none. */
bool verb_show_quarantined(PGconn *conn, const char *id);
/* In the arena; NULL: there is none. */
const char *verb_quarantined_type(PGconn *conn, const char *id, struct arena *arena);

/* Acts as this operator. False when the event is not in a state that the act suits. */
bool verb_act_on_quarantined(PGconn *conn, const char *id, enum quarantine_act act, const char *why,
                             const char *data);
/* What it is now, and what it became; in the arena. */
const char *verb_quarantined_state(PGconn *conn, const char *id, struct arena *arena,
                                   const char **became);

#endif
