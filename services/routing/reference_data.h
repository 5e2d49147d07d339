/* SPDX-License-Identifier: Apache-2.0 */
/* reference_data: the files of reference/, carried inside the program.
 *
 * `routing reference load` without a folder loads these; see reference/README.md. */
#ifndef ROUTING_REFERENCE_DATA_H
#define ROUTING_REFERENCE_DATA_H

#include <stddef.h>

struct reference_file {
    const char *name; /* "units.json" */
    const char *text; /* not NUL-terminated */
    size_t size;
};

/* The processes among them ("processes/onsite_report.json"); ends with NULL. */
extern const char *const reference_process_names[];

/* Asserts that the name is one of them. */
struct reference_file reference_file(const char *name);

#endif
