/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure: which sums the public may see. Pure.
 *
 * A sum over fewer than DISCLOSURE_K cases might tell of a person (domain 5.3: public statistics
 * only with k of at least 5), so it is hidden. So is what would give a hidden one away: a unit's
 * months add up to its quarter, the units to the city; who knows the whole and all parts but one
 * knows that one. Two rules make that impossible:
 *
 *   Time (disclosure_time.c): of a member, the parts of a longer period are shown all or not at
 *   all; and where they are not, they are not shown of another member either, so that always at
 *   least two rows and two columns of a table are hidden, which no equation can tell apart.
 *
 *   Places (disclosure_place.c): districts of former days are shown in a period only if no area
 *   is hidden in it, and none has a small part of a district.
 *
 *   Pairs (disclosure_pair.c): a hidden field of the table of units by categories must lie on a
 *   circle of hidden fields (Gusfield, SIAM J. Comput. 17, 1988).
 *
 * What is hidden together is no fewer than DISCLOSURE_K cases, if there are so many. Of equal
 * choices the smallest is hidden. Sums of nothing are no secret, unless others are hidden with
 * them. What is counted is cases without appointments, the denominator of most figures. What the
 * topics and pages tell again and again still tells of single cases as they come: that is not
 * hidden. */
#ifndef ANALYTICS_DISCLOSURE_H
#define ANALYTICS_DISCLOSURE_H

#include "common/arena.h"
#include "services/analytics/cells.h"

enum { DISCLOSURE_K = 5 };

struct disclosure_cell {
    struct cell_key key;
    int64_t cases;
    bool hidden; /* for disclosure's own use */
};

/* Keys of what is hidden, sorted by cell_key_order; members are the cells'. */
struct disclosure {
    struct cell_key *keys;
    size_t count, capacity;
};

/* Cells that are open to the public at all, once they are not too small: the city in every kind of
 * period, single dimensions by month and longer, units by category since the beginning. */
bool disclosure_is_public(const struct cell_key *key);
/* Those that settling needs: the public ones, and areas by districts. */
bool disclosure_needs(const struct cell_key *key);

/* From all cells of a subject that are needed and there, sorted by cell_key_order. What has no
 * cell, for nothing was counted of it, may be hidden too: else it would be known to be nothing. */
void disclosure_settle(struct disclosure *disclosure, struct disclosure_cell *cells, size_t count,
                       struct arena *arena);
bool disclosure_hides(const struct disclosure *disclosure, const struct cell_key *key);

/* ---- for its parts ---- */

/* Too few to be shown. */
bool disclosure_is_small(int64_t cases);
void disclosure_add(struct disclosure *disclosure, const struct cell_key *key, struct arena *arena);
/* The city and single dimensions; marks their cells, too. */
void disclosure_settle_time(struct disclosure *disclosure, struct disclosure_cell *cells,
                            size_t count, struct arena *arena);
/* May districts be shown beside areas in this period? From all cells; of those of areas none is
 * hidden in it. */
bool disclosure_may_show_districts(const struct disclosure_cell *cells, size_t count,
                                   const struct period *period, struct arena *arena);
/* Units by category; after the above. */
void disclosure_settle_pairs(struct disclosure *disclosure, struct disclosure_cell *cells,
                             size_t count, struct arena *arena);

#endif
