/* SPDX-License-Identifier: Apache-2.0 */
#include "media_press.h"

#include <assert.h>
#include <stdlib.h>

#include "common/child.h"
#include "common/log.h"

enum {
    AT_ONCE_MAX = 2,
    WAITING_MAX = 30,
    TIMEOUT_MS = 15000,
    OUTPUT_MAX = 32 * 1024 * 1024,
    HEAD_SIZE = 8
};
enum { PRESS_DONE, PRESS_BAD_PICTURE };

struct media_press {
    struct loop *loop;
    struct pressing *first, *last; /* in line */
    size_t waiting, at_work;
};

/* Behind the arg of child_run. */
struct run {
    struct media_press *press;
    struct pressing *pressing;
};

struct media_press *media_press_new(struct loop *loop)
{
    struct media_press *press = memory_zero(1, sizeof *press);
    press->loop = loop;
    return press;
}

void media_press_free(struct media_press *press)
{
    if (press != NULL) {
        assert(press->at_work == 0);
        free(press);
    }
}

static size_t read_size(const struct buffer *output, size_t at)
{
    const uint8_t *bytes = (const uint8_t *)output->data + at;
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* What the press says is not believed either: it has read a stranger's bytes. */
static bool read_output(struct pressing *pressing, struct error *err)
{
    const struct buffer *output = &pressing->output;
    size_t at = HEAD_SIZE;
    for (size_t i = 0; i < MEDIA_VARIANTS; i++) {
        size_t size = output->size >= HEAD_SIZE ? read_size(output, 4 * i) : SIZE_MAX;
        if (size > output->size - at || media_type_sniff(output->data + at, size) != MEDIA_JPEG) {
            return error_set(err, ERR_FATAL, "bad_press", "the press answers something else");
        }
        pressing->parts[i].bytes = output->data + at;
        pressing->parts[i].size = size;
        at += size;
    }
    return picture_header_read(MEDIA_JPEG, pressing->parts[MEDIA_FULL].bytes,
                               pressing->parts[MEDIA_FULL].size, &pressing->header, err);
}

static void press_next(struct media_press *press);

static void on_ended(int exit_code, struct buffer *output, const struct error *err, void *arg)
{
    struct run run = *(struct run *)arg;
    struct pressing *pressing = run.pressing;
    struct error refused = {0};
    free(arg);
    run.press->at_work--;
    pressing->output = *output;
    buffer_init(output); /* taken */
    if (err != NULL && err->kind == ERR_FATAL) {
        refused = *err;
    } else if (exit_code == PRESS_DONE) {
        read_output(pressing, &refused);
    } else if (exit_code == PRESS_BAD_PICTURE || err != NULL) {
        log_info("picture_refused", log_text("why", err != NULL ? err->code : "not_decoded"));
        error_set(&refused, ERR_UNPROCESSABLE, "broken_picture",
                  "the picture cannot be decoded; is it whole?");
    } else {
        error_set(&refused, ERR_FATAL, "press_broken", "intake-press ended with %d", exit_code);
    }
    press_next(run.press);
    pressing->on_pressed(pressing, error_is_set(&refused) ? &refused : NULL);
}

static void press_next(struct media_press *press)
{
    while (press->at_work < AT_ONCE_MAX && press->first != NULL) {
        struct pressing *pressing = press->first;
        struct run *run = memory_alloc(sizeof *run);
        *run = (struct run){press, pressing};
        press->first = pressing->next;
        press->waiting--;
        press->at_work++;
        struct child_job job = {.program = "intake-press",
                                .input = pressing->input,
                                .input_size = pressing->input_size,
                                .output_max = OUTPUT_MAX,
                                .timeout_ms = TIMEOUT_MS};
        child_run(loop_uv(press->loop), &job, on_ended, run);
    }
}

bool media_press_start(struct media_press *press, struct pressing *pressing, struct error *err)
{
    if (press->waiting >= WAITING_MAX) {
        return error_set(err, ERR_RETRY, "uploads_full", "too many pictures wait to be read");
    }
    pressing->next = NULL;
    buffer_init(&pressing->output);
    if (press->first == NULL) {
        press->first = pressing;
    } else {
        press->last->next = pressing;
    }
    press->last = pressing;
    press->waiting++;
    press_next(press);
    return true;
}
