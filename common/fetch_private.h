/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by fetch.c (the multi handle in the loop) and the two kinds of transfer. */
#ifndef COMMON_FETCH_PRIVATE_H
#define COMMON_FETCH_PRIVATE_H

#include <curl/curl.h>

#include "common/fetch.h"

/* One transfer, from its making to its end. Embedded first in the struct of its kind. */
struct transfer {
    struct fetch *fetch;
    CURL *easy;
    struct transfer *next; /* in the waiting line, later in the list of running ones */
    char reason[CURL_ERROR_SIZE];
    /* Tells the caller and frees the struct; code is CURLE_ABORTED_BY_CALLBACK at close. */
    void (*end)(struct transfer *transfer, CURLcode code);
};

/* Sets what both kinds share. */
bool transfer_init(struct transfer *transfer, struct fetch *fetch, unsigned deadline_ms,
                   struct error *err);
void transfer_finish(struct transfer *transfer);

/* Starts it or puts it in line; ERR_BUSY when the line is full (the caller still owns it). */
bool transfer_start(struct transfer *transfer, struct error *err);

#endif
