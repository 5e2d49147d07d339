/* SPDX-License-Identifier: Apache-2.0 */
#include "notice.h"

const char *const language_words[] = {"vi", "en", NULL};
const char *const channel_words[] = {"email", "inapp", NULL};
const char *const template_words[] = {"acknowledged",   "accepted",   "assigned",  "started",
                                      "resolved",       "rejected",   "routed",    "returned",
                                      "info_requested", "extended",   "reopened",  "closed",
                                      "withdrawn",      "merged",     "separated", "commented",
                                      "appointment",    "opened",     "given",     "reminded",
                                      "escalated",      "disputed",   "task",      "proposed",
                                      "declined",       "answered",   "contested", "rated",
                                      "remark",         "called_off", NULL};
