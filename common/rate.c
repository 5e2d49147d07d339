/* SPDX-License-Identifier: Apache-2.0 */
#include "common/rate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/digest.h"

enum { SETS = 256, WAYS = 8 };

struct bucket {
    uint8_t name[DIGEST_SIZE]; /* of the caller, hashed: names have any length */
    bool used;
    double tokens; /* at that time; below zero: owed */
    uint64_t at_us;
};

struct rate {
    double per_s, burst;
    struct bucket buckets[SETS][WAYS];
};

struct rate *rate_new(double per_s, double burst)
{
    assert(per_s > 0 && burst >= 1);
    struct rate *rate = memory_zero(1, sizeof *rate);
    rate->per_s = per_s;
    rate->burst = burst;
    return rate;
}

void rate_free(struct rate *rate)
{
    free(rate);
}

static double tokens_at(const struct rate *rate, const struct bucket *bucket, uint64_t now_us)
{
    double seconds = now_us > bucket->at_us ? (double)(now_us - bucket->at_us) / 1e6 : 0;
    return fmin(rate->burst, bucket->tokens + seconds * rate->per_s);
}

/* That of the name; else an unused one, else the fullest, begun anew. */
static struct bucket *find(struct rate *rate, const char *name, uint64_t now_us)
{
    uint8_t hash[DIGEST_SIZE];
    digest_sha256(name, strlen(name), hash);
    struct bucket *set = rate->buckets[hash[0]], *best = NULL;
    double most = -INFINITY;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].used && memcmp(set[i].name, hash, DIGEST_SIZE) == 0) {
            return &set[i];
        }
        double tokens = set[i].used ? tokens_at(rate, &set[i], now_us) : INFINITY;
        if (tokens > most) {
            most = tokens;
            best = &set[i];
        }
    }
    *best = (struct bucket){.used = true, .tokens = rate->burst, .at_us = now_us};
    memcpy(best->name, hash, DIGEST_SIZE);
    return best;
}

bool rate_take(struct rate *rate, const char *name, unsigned count, uint64_t now_us,
               unsigned *wait_s)
{
    struct bucket *bucket = find(rate, name, now_us);
    double needed = fmin(count, rate->burst);
    bucket->tokens = tokens_at(rate, bucket, now_us);
    bucket->at_us = now_us;
    if (bucket->tokens < needed) {
        *wait_s = (unsigned)fmax(1, ceil((needed - bucket->tokens) / rate->per_s));
        return false;
    }
    bucket->tokens -= count;
    return true;
}
