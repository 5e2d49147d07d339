/* SPDX-License-Identifier: Apache-2.0 */
/* trace: W3C Trace Context (https://www.w3.org/TR/trace-context/), one hop at a time.
 *
 * The same trace id runs through HTTP, outbox and Kafka headers; each hop makes a span of its own.
 */
#ifndef COMMON_TRACE_H
#define COMMON_TRACE_H

#include <stdbool.h>
#include <stddef.h>

enum { TRACE_TEXT_SIZE = 56 }; /* "00-<32 hex>-<16 hex>-<2 hex>" and NUL */

struct trace {
    char parent[TRACE_TEXT_SIZE]; /* traceparent to send on: our span */
};

/* Continues the received traceparent with a new span id, or starts a trace when received is NULL
 * or invalid (all-zero ids, version ff, wrong length). Unknown higher versions are read leniently.
 */
void trace_continue(struct trace *trace, const char *received, size_t size);

/* The 32 hex digits of the trace id, not NUL-terminated. */
const char *trace_id(const struct trace *trace);

#endif
