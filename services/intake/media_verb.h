/* SPDX-License-Identifier: Apache-2.0 */
/* intake media sweep [--dry-run]: what the service's own sweep does, now; or how much it would be.
 */
#ifndef INTAKE_MEDIA_VERB_H
#define INTAKE_MEDIA_VERB_H

#include "common/config.h"

int media_verb(const struct config *config, int argc, char **argv);

#endif
