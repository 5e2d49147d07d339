/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by service.c (verbs) and service_serve.c (the running service). */
#ifndef COMMON_SERVICE_PRIVATE_H
#define COMMON_SERVICE_PRIVATE_H

#include "common/service.h"

extern const struct migration_set common_migrations;

/* Runs until stopped; the exit code. */
int service_serve(const struct service *service, const struct config *config);

#endif
