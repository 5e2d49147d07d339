/* SPDX-License-Identifier: Apache-2.0 */
/* topics: what analytics reads. Those that facts come from are first: a rebuild reads them again
 * (rebuild.h), the others are of names, items and answers that stay. */
#ifndef ANALYTICS_TOPICS_H
#define ANALYTICS_TOPICS_H

#include "common/consume.h"

enum { TOPICS = 9, FACT_TOPICS = 6 };

extern const struct consume_topic analytics_topics[TOPICS];

#endif
