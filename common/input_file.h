/* SPDX-License-Identifier: Apache-2.0 */
/* input_file: a file that an operator names, read whole. Blocking; for verbs. */
#ifndef COMMON_INPUT_FILE_H
#define COMMON_INPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"

/* NUL-terminated, in the arena. False with ERR_INPUT "bad_file", also when it is over 64 MiB. */
bool input_file_read(const char *path, struct arena *arena, const char **text, size_t *size,
                     struct error *err);

#endif
