/* SPDX-License-Identifier: Apache-2.0 */
/* config: settings from the environment, checked once at start.
 *
 * Each program declares its options in a table. A secret NAME may come as NAME_FILE, the path of
 * a file whose last line break is dropped. A variable that is set to nothing counts as unset. The
 * option MODE (production, demo) decides whether demo values are taken; without it, they are
 * not. All faults are reported together, each with what to set; the process then exits with 2.
 * Values live as long as the config. */
#ifndef COMMON_CONFIG_H
#define COMMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

enum config_type { CONFIG_TEXT, CONFIG_INT, CONFIG_BOOL, CONFIG_SECRET };

struct config_option {
    const char *name; /* environment variable */
    enum config_type type;
    const char *fallback; /* NULL: must be set; "" : optional, empty when unset (texts only) */
    int64_t min, max;     /* CONFIG_INT */
    const char *help;     /* one line: meaning, unit, example; printed in messages and --help */
    const char *demo;     /* a value known to everybody, refused when MODE=production; or NULL */
};

struct config;

/* Reads and checks the options of both tables (the common ones and the service's own; borrowed as
 * long as the config lives). False when anything is wrong: err counts the faults, config_faults
 * lists them; *config is then set as well, only to be asked for them and freed. environ is read
 * through getenv. */
bool config_load(struct config **config, const struct config_option *common, size_t common_count,
                 const struct config_option *own, size_t own_count, struct error *err);
void config_free(struct config *config);

/* Every fault of config_load, one a line, without values of secrets; "" when there was none. */
const char *config_faults(const struct config *config);

/* The option must be in the tables (asserted) and of that type. */
const char *config_text(const struct config *config, const char *name);
int64_t config_int(const struct config *config, const char *name);
bool config_bool(const struct config *config, const char *name);
bool config_is_production(const struct config *config);

#endif
