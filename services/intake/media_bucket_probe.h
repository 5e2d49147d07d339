/* SPDX-License-Identifier: Apache-2.0 */
/* media_bucket_probe: can the bucket be used at all?
 *
 * Writes, removes and reads one object, and again every few seconds until all of it went well once.
 * The reading finds nothing: without the right to list, a storage says "forbidden" instead of
 * "there is none", which would be taken for an operator's fault each time. Loop thread only. */
#ifndef INTAKE_MEDIA_BUCKET_PROBE_H
#define INTAKE_MEDIA_BUCKET_PROBE_H

#include "common/buffer.h"
#include "media_object_client.h"

struct bucket_probe;

struct bucket_probe *bucket_probe_new(struct loop *loop, struct object_client *client);
/* After object_client_close; frees itself in the next turn of the loop. NULL is fine. */
void bucket_probe_close(struct bucket_probe *probe);

/* False until it went well once, with the reason. */
bool bucket_probe_is_good(const struct bucket_probe *probe, struct buffer *why_not);

#endif
