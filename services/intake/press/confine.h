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

#endif
