/* SPDX-License-Identifier: Apache-2.0 */
#include "sender_check.h"

#include <string.h>

#include "common/http_pg.h"
#include "intake.h"
#include "sender_history.h"
#include "store_sender.h"

enum { EARLIER_MAX = 200, DAY_S = 24 * 3600, DUPLICATE_M = 50 };

#define SECOND_US INT64_C(1000000)
#define LIKENESS  0.8 /* assumption, as DUPLICATE_M */

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_checked(enum captcha_end end, void *arg);

static struct sender_rules rules_of(const struct intake *intake)
{
    const struct config *config = intake->parts->config;
    return (struct sender_rules){
        .per_hour = config_int(config, "PERSON_FILES_PER_HOUR"),
        .proof_per_hour =
            captcha_is_on(config) ? config_int(config, "PERSON_PROOF_AFTER_PER_HOUR") : 0,
        .duplicate_us = config_int(config, "NEAR_DUPLICATE_MINUTES") * 60 * SECOND_US,
        .duplicate_m = DUPLICATE_M,
        .likeness = LIKENESS,
    };
}

void sender_check_start(struct sender_check *check)
{
    const struct submission *submission = &check->filing->filing.submission;
    const struct sender_rules rules = rules_of(check->intake);
    if (rules.per_hour == 0 && rules.proof_per_hour == 0 && rules.duplicate_us == 0) {
        filing_desk_submit(check->intake->desk, check->filing);
        return;
    }
    struct pg_tx *tx = pg_tx_new(check->intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_sender(tx, submission->reporter_ref, submission->category,
                      submission->submitted_at - DAY_S * SECOND_US, EARLIER_MAX);
    pg_tx_send(tx, on_read, check);
}

static void refuse_duplicate(struct sender_check *check, const struct earlier_filing *earlier)
{
    struct error err = {0};
    char id[UUID_TEXT_SIZE];
    http_answer_header(check->request, "Location",
                       arena_format(check->filing->arena, "/api/intake/submissions/%s",
                                    uuid_format(&earlier->id, id)));
    error_set(&err, ERR_CONFLICT, "near_duplicate",
              "you reported this already as %s; to report it all the same, add ?not_duplicate=true",
              earlier->ticket);
    http_answer_error(check->request, &err);
}

static void refuse(struct sender_check *check, enum error_kind kind, const char *code,
                   const char *text, unsigned wait_s)
{
    struct error err = {0};
    error_set(&err, kind, code, "%s", text);
    err.retry_after_s = wait_s;
    http_answer_error(check->request, &err);
}

static void ask_for_proof(struct sender_check *check)
{
    const char *proof = http_header(check->request, "Captcha-Response");
    if (proof == NULL || proof[0] == '\0' || strlen(proof) > CAPTCHA_PROOF_MAX) {
        refuse(check, ERR_FORBIDDEN, "captcha_required",
               "you report a lot: send a proof that you are a person in Captcha-Response", 0);
        return;
    }
    check->captcha = (struct captcha_check){
        .fetch = check->intake->parts->fetch,
        .config = check->intake->parts->config,
        .proof = proof,
        .address = gate_client(check->intake->gate, check->request),
        .arena = check->filing->arena,
        .on_checked = on_checked,
        .arg = check,
    };
    captcha_start(&check->captcha);
}

static void on_checked(enum captcha_end end, void *arg)
{
    struct sender_check *check = arg;
    if (end == CAPTCHA_BAD) {
        refuse(check, ERR_FORBIDDEN, "captcha_failed", "the proof in Captcha-Response is not good",
               0);
    } else { /* away: nobody is held up */
        filing_desk_submit(check->intake->desk, check->filing);
    }
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct sender_check *check = arg;
    const struct filing *filing = &check->filing->filing;
    struct earlier_filing *earlier;
    if (!http_is_committed(check->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_sender(tx, &earlier, check->filing->arena);
    const struct sender_rules rules = rules_of(check->intake);
    const struct sender_judgement judgement = sender_judge(
        &rules, earlier, count, &filing->submission, &filing->idempotency, check->insists);
    switch (judgement.verdict) {
    case SENDER_WAITS:
        refuse(check, ERR_BUSY, "too_many_reports", "you reported very often in the last hour",
               judgement.wait_s);
        break;
    case SENDER_DUPLICATES:
        refuse_duplicate(check, judgement.duplicate);
        break;
    case SENDER_PROVES:
        ask_for_proof(check);
        break;
    case SENDER_MAY:
    case SENDER_REPEATS:
        filing_desk_submit(check->intake->desk, check->filing);
        break;
    }
}
