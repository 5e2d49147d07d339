/* SPDX-License-Identifier: Apache-2.0 */
#include "notice.h"

const char *const language_words[] = {"vi", "en", NULL};
const char *const channel_words[] = {"email", "inapp", NULL};
const char *const template_words[] = {"acknowledged", "accepted", "assigned",  "started",
                                      "resolved",     "rejected", "routed",    "opened",
                                      "given",        "reminded", "escalated", NULL};
