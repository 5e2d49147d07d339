/* SPDX-License-Identifier: Apache-2.0 */
#include "gate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/proxy.h"
#include "common/rate.h"

enum { BURST_S = 10, HOUR_S = 3600 };

struct gate {
    struct proxy_list trusted;
    struct rate *reads, *open311_reads, *address_files, *key_files; /* NULL: no limit */
};

static struct rate *rate_of(double per_s, double burst)
{
    return per_s > 0 ? rate_new(per_s, burst) : NULL;
}

bool gate_open(struct gate **gate, const struct config *config, struct error *err)
{
    struct gate *made = memory_zero(1, sizeof *made);
    double reads = (double)config_int(config, "READS_PER_S");
    double open311_reads = (double)config_int(config, "OPEN311_READS_PER_S");
    double files = (double)config_int(config, "ADDRESS_FILES_PER_HOUR");
    double keys = (double)config_int(config, "KEY_FILES_PER_S");
    if (!proxy_list_read(&made->trusted, config_text(config, "TRUSTED_PROXIES"), err)) {
        free(made);
        return false;
    }
    made->reads = rate_of(reads, BURST_S * reads);
    made->open311_reads = rate_of(open311_reads, BURST_S * open311_reads);
    made->address_files = rate_of(files / HOUR_S, files);
    made->key_files = rate_of(keys, BURST_S * keys);
    *gate = made;
    return true;
}

void gate_close(struct gate *gate)
{
    rate_free(gate->reads);
    rate_free(gate->open311_reads);
    rate_free(gate->address_files);
    rate_free(gate->key_files);
    free(gate);
}

/* All headers of that name, in their order, joined by commas; NULL: none. */
static const char *forwarded(struct http_request *request)
{
    const char *joined = NULL, *name, *value;
    for (size_t i = 0; (name = http_header_at(request, i, &value)) != NULL; i++) {
        if (strcasecmp(name, "X-Forwarded-For") == 0) {
            joined =
                joined == NULL ? value : arena_format(http_arena(request), "%s,%s", joined, value);
        }
    }
    return joined;
}

const char *gate_client(const struct gate *gate, struct http_request *request)
{
    return proxy_client(&gate->trusted, http_peer(request), forwarded(request),
                        http_arena(request));
}

static bool take(struct rate *rate, const char *name, const char *code, const char *text,
                 struct error *err)
{
    unsigned wait_s;
    if (rate == NULL || rate_take(rate, name, 1, clock_monotonic_us(), &wait_s)) {
        return true;
    }
    error_set(err, ERR_BUSY, code, "%s", text);
    err->retry_after_s = wait_s;
    return false;
}

static bool admit_nobody(const struct gate *gate, struct rate *rate, struct http_request *request,
                         const char *text, struct error *err)
{
    return rate == NULL || http_principal(request)->kind != PRINCIPAL_NOBODY ||
           take(rate, gate_client(gate, request), "too_many_reads", text, err);
}

bool gate_admit_reader(struct gate *gate, struct http_request *request, struct error *err)
{
    return admit_nobody(gate, gate->reads, request, "this address asks too often: wait, or sign in",
                        err);
}

bool gate_admit_open311_reader(struct gate *gate, struct http_request *request, struct error *err)
{
    return admit_nobody(gate, gate->open311_reads, request,
                        "this address asks too often: wait, or send an API key in X-Api-Key", err);
}

bool gate_admit_filing(struct gate *gate, struct http_request *request, struct error *err)
{
    const struct principal *principal = http_principal(request);
    if (principal->kind == PRINCIPAL_SYSTEM) {
        return take(gate->key_files, principal->id, "too_many_from_key",
                    "the key brings more reports than its quota", err);
    }
    return gate->address_files == NULL ||
           take(gate->address_files, gate_client(gate, request), "too_many_from_address",
                "very many reports come from this address: wait a little", err);
}
