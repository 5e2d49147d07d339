/* SPDX-License-Identifier: Apache-2.0 */
/* bilingual: what is called in Vietnamese and in English. */
#ifndef ANALYTICS_BILINGUAL_H
#define ANALYTICS_BILINGUAL_H

struct bilingual {
    const char *vi, *en;
};

#endif
