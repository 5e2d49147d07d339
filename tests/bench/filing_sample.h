/* SPDX-License-Identifier: Apache-2.0 */
/* filing_sample: a report as residents file it, for what files, stores or sends some thousands a
 * second: the same size and shape everywhere, so that figures can be compared. */
#ifndef BENCH_FILING_SAMPLE_H
#define BENCH_FILING_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/uuid.h"

enum { FILING_SAMPLE_HEADERS = 505 }; /* bytes of packed headers of a submission's event */

struct filing_sample {
    struct uuid id, idempotency;
    char id_text[UUID_TEXT_SIZE];
    char ticket[32];
    const char *category;
    char description[320], address[64];
    double lat, lon;
};

/* number makes the ticket; the rest varies at random. */
void filing_sample_make(struct filing_sample *sample, int64_t number);
/* The data of its event. Returns out. */
char *filing_sample_event(const struct filing_sample *sample, char *out, size_t size);
/* Bytes of the size of a submission's packed headers. */
const char *filing_sample_headers(void);
/* What a client sends to file it; email NULL: no contact. Returns out. */
char *filing_sample_body(const struct filing_sample *sample, const char *email, char *out,
                         size_t size);

#endif
