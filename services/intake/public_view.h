/* SPDX-License-Identifier: Apache-2.0 */
/* public_view: what everybody may see of a submission; one rule for our own routes and Open311.
 *
 * From the beginning category, phase, dates, unit and the place to about 100 m. The words, the
 * pictures, the exact place and what the administration answered are shown once a moderator has
 * approved them, and no longer when the reporter took the submission back. An answer in which
 * something looks like personal data stays back: nobody looked at it. Reporter, client and address
 * never; of sensitive categories nothing at all (a matter of the statements). Pure. */
#ifndef INTAKE_PUBLIC_VIEW_H
#define INTAKE_PUBLIC_VIEW_H

#include "submission_view.h"

enum { PLACE_COARSE = 3 /* decimals of a degree: about 100 m */, PLACE_EXACT = 7 };

/* Borrows from the view it was made of. */
struct public_view {
    bool words; /* what follows is what a moderator let through */
    const char *title, *description;
    const char *const *media;
    size_t media_count;
    const char *answer; /* NULL: none, or none for everybody */
    int place_decimals;
};

struct public_view public_view_of(const struct submission_view *view);
/* The same members for a system that may read everything. */
struct public_view public_view_whole(const struct submission_view *view);

#endif
