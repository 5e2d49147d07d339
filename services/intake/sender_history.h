/* SPDX-License-Identifier: Apache-2.0 */
/* sender_history: may this person file this now, after what was filed before? Pure.
 *
 * Too many in an hour wait; past a softer number a proof is asked for that a person is there, where
 * the installation can check one; and the same words again, at the same place and about the same,
 * are most likely the same report sent twice: the person is told of the first, and may insist. A
 * repeat with the same Idempotency-Key is none of this. */
#ifndef INTAKE_SENDER_HISTORY_H
#define INTAKE_SENDER_HISTORY_H

#include "submission.h"

struct sender_rules { /* assumptions; 0: does not apply */
    int64_t per_hour;
    int64_t proof_per_hour;
    int64_t duplicate_us;
    double duplicate_m, likeness;
};

struct earlier_filing {
    struct uuid id, idempotency;
    char ticket[TICKET_TEXT_SIZE];
    int64_t at;
    bool same_category;
    bool has_point;
    double lat, lon;
    const char *description; /* NULL when of another category */
};

enum sender_verdict { SENDER_MAY, SENDER_REPEATS, SENDER_DUPLICATES, SENDER_WAITS, SENDER_PROVES };

struct sender_judgement {
    enum sender_verdict verdict;
    const struct earlier_filing *duplicate; /* the newest of them */
    unsigned wait_s;
};

/* earlier: of the same person, newest first. insists: was told of the duplicate. */
struct sender_judgement sender_judge(const struct sender_rules *rules,
                                     const struct earlier_filing *earlier, size_t count,
                                     const struct submission *filed, const struct uuid *idempotency,
                                     bool insists);

#endif
