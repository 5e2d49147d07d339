/* SPDX-License-Identifier: Apache-2.0 */
/* gate: how much one caller may ask for, before anything else is done for it.
 *
 * Buckets of this process (common/rate.h): of readers without an account by client address, of
 * people who file by address, of systems by key. N replicas allow up to N times as much, and a
 * restart forgets: enough to keep a machine from being drowned. What must hold exactly, the reports
 * of one person, is counted in the database (sender_check.h). No area and no category is ever
 * limited. All numbers are assumptions; 0 is no limit. */
#ifndef INTAKE_GATE_H
#define INTAKE_GATE_H

#include "common/config.h"
#include "common/http.h"

struct gate;

/* ERR_FATAL when TRUSTED_PROXIES is malformed. */
bool gate_open(struct gate **gate, const struct config *config, struct error *err);
void gate_close(struct gate *gate);

/* False: ERR_BUSY too_many_reads, of somebody who is not signed in. */
bool gate_admit_reader(struct gate *gate, struct http_request *request, struct error *err);
/* The same through Open311, whose clients keep copies and go page by page: a bucket of its own. */
bool gate_admit_open311_reader(struct gate *gate, struct http_request *request, struct error *err);
/* False: ERR_BUSY too_many_from_address, too_many_from_key. */
bool gate_admit_filing(struct gate *gate, struct http_request *request, struct error *err);

/* The client's address, behind the trusted proxies. */
const char *gate_client(const struct gate *gate, struct http_request *request);

#endif
