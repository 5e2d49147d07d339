/* SPDX-License-Identifier: Apache-2.0 */
/* confine: what a press program may not do.
 *
 * Files come from strangers, and decoders have had their faults: so they are decoded in processes
 * that hold no key, no connection and no environment, may not use much memory or time, and write
 * nothing but their answer, not even complaints. */
#ifndef INTAKE_PRESS_CONFINE_H
#define INTAKE_PRESS_CONFINE_H

#include <stdbool.h>

/* For good, before the first byte is read. False: the kernel refuses. */
bool confine(unsigned cpu_s);

/* For good, once the libraries are loaded: no file may be opened but those below these folders, to
 * be read. The last is NULL. Kernels without Landlock (before 5.13, or told so) let it be. */
void confine_files(const char *const *readable);

#endif
