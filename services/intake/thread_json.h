/* SPDX-License-Identifier: Apache-2.0 */
/* thread_json: a thread as it is answered. */
#ifndef INTAKE_THREAD_JSON_H
#define INTAKE_THREAD_JSON_H

#include "common/buffer.h"
#include "media_reference.h"
#include "submission_view.h"
#include "thread.h"

struct thread_view {
    const struct submission_view *submission;
    struct thread_state state;
    const struct thread_limits *limits;
    const struct thread_item *items;
    size_t item_count;
    const struct media_linker *linker; /* links to uploads are made for who reads */
    int64_t now_us;
};

void thread_write(const struct thread_view *view, const struct reference *reference,
                  struct buffer *out);

/* Where the case stands, for those whose message is refused. */
void thread_put_current(struct json_writer *writer, const struct thread_state *state);

#endif
