/* SPDX-License-Identifier: Apache-2.0 */
/* sender_check: between a person's prepared filing and the desk.
 *
 *   read what was filed lately ──▶ judge (sender_history.h) ──▶ may, repeats ─▶ desk
 *                                                          ├──▶ waits: 429 too_many_reports
 *                                                          ├──▶ duplicates: 409 near_duplicate
 *                                                          └──▶ proves ──▶ verifier ──▶ desk, or
 * 403
 *
 * What was filed is counted in the database, so that all replicas agree and a restart forgets
 * nothing. Filings that are under way at once are not seen by one another: the limit may be passed
 * by as many. */
#ifndef INTAKE_SENDER_CHECK_H
#define INTAKE_SENDER_CHECK_H

#include "captcha.h"
#include "common/http.h"
#include "filing_desk.h"

struct intake;

struct sender_check {
    struct http_request *request;
    struct intake *intake;
    struct filing_request *filing; /* prepared, of a person */
    bool insists;                  /* it is no duplicate, the person says */
    struct captcha_check captcha;
};

/* Hands the filing to the desk, or answers the request with what is in the way. */
void sender_check_start(struct sender_check *check);

#endif
