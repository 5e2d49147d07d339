/* SPDX-License-Identifier: Apache-2.0 */
/* consume_submissions: opens a case for every submission of city.submissions.v1. */
#ifndef ROUTING_CONSUME_SUBMISSIONS_H
#define ROUTING_CONSUME_SUBMISSIONS_H

#include "common/consume.h"

void consume_submissions(struct consume_batch *batch, void *state);

#endif
