/* SPDX-License-Identifier: Apache-2.0 */
#include "submission.h"

#include <stddef.h>

const char *const channel_words[] = {"app", "open311", "api", "inbound", NULL};
const char *const submission_kind_words[] = {
    "onsite_report",  "procedure_report",  "waste_report",   "initiative",
    "voter_petition", "reception_booking", "hotline_ticket", NULL};
const char *const level_words[] = {"urgent", "complex", "normal", NULL};
const char *const language_words[] = {"vi", "en", NULL};
