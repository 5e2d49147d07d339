/* SPDX-License-Identifier: Apache-2.0 */
#include "media_press.h"

#include <assert.h>
#include <stdlib.h>

#include "common/child.h"
#include "common/log.h"
#include "services/intake/press/framing.h"

enum {
    AT_ONCE_MAX = 2,
    WAITING_MAX = 30,
    TIMEOUT_MS = 15000,
    OUTPUT_MAX = 32 * 1024 * 1024,
    FILM_OUTPUT_MAX = FILM_BYTES_MAX + 4 * 1024 * 1024 /* a container, and a small picture, more */
};

/* Who presses which form, and what the sender is told by how it ended. */
static const struct program {
    const char *name;
    size_t output_max;
    struct {
        const char *code, *text;
    } refusals[PRESS_ENDS]; /* of those that the program has */
} programs[] = {
    [MEDIA_PICTURE] = {"intake-press-picture",
                       OUTPUT_MAX,
                       {[PRESS_NOT_READABLE] = {"broken_picture",
                                                "the picture cannot be decoded; is it whole?"}}},
    [MEDIA_PAPER] = {"intake-press-paper",
                     OUTPUT_MAX,
                     {[PRESS_NOT_READABLE] = {"broken_paper",
                                              "the PDF cannot be read; is it whole?"},
                      [PRESS_UNSUPPORTED] = {"locked_paper", "the PDF is locked by a password"},
                      [PRESS_TOO_LONG] = {"paper_too_long", "a PDF may have 200 pages"}}},
    [MEDIA_FILM] = {"intake-press-film",
                    FILM_OUTPUT_MAX,
                    {[PRESS_NOT_READABLE] = {"broken_film",
                                             "the film cannot be read; is it whole?"},
                     [PRESS_UNSUPPORTED] = {"unsupported_codec",
                                            "a film must be H.264, H.265, VP8, VP9 or AV1, its "
                                            "sound AAC, MP3 or Opus"},
                     [PRESS_TOO_LONG] = {"film_too_long", "a film may take 10 minutes"}}},
};
static_assert(PAPER_PAGES_MAX == 200 && FILM_MINUTES_MAX == 10, "as the texts say");

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

static uint32_t read_number(const struct buffer *output, size_t index)
{
    const uint8_t *bytes = (const uint8_t *)output->data + 4 * index;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool take_parts(struct pressing *pressing)
{
    const struct buffer *output = &pressing->output;
    size_t at = FRAMING_HEAD_SIZE;
    if (output->size < FRAMING_HEAD_SIZE) {
        return false;
    }
    for (size_t i = 0; i < MEDIA_VARIANTS; i++) {
        size_t size = read_number(output, i);
        if (size > output->size - at) {
            return false;
        }
        pressing->parts[i].bytes = output->data + at;
        pressing->parts[i].size = size;
        at += size;
    }
    pressing->width = read_number(output, MEDIA_VARIANTS);
    pressing->height = read_number(output, MEDIA_VARIANTS + 1);
    return at == output->size;
}

static enum media_type type_of_part(const struct pressing *pressing, enum media_variant variant)
{
    return media_type_sniff(pressing->parts[variant].bytes, pressing->parts[variant].size);
}

static bool is_result(enum media_form form, enum media_type type)
{
    return form == MEDIA_FILM ? type == MEDIA_MP4 || type == MEDIA_WEBM
                              : type == (form == MEDIA_PAPER ? MEDIA_PDF : MEDIA_JPEG);
}

/* What the press says is not believed either: it has read a stranger's bytes. */
static bool read_output(struct pressing *pressing, struct error *err)
{
    bool has_sides = pressing->form != MEDIA_PAPER;
    if (!take_parts(pressing) || type_of_part(pressing, MEDIA_SMALL) != MEDIA_JPEG ||
        !is_result(pressing->form, type_of_part(pressing, MEDIA_FULL)) ||
        pressing->width > PICTURE_SIDE_MAX || pressing->height > PICTURE_SIDE_MAX ||
        (pressing->width > 0) != has_sides || (pressing->height > 0) != has_sides) {
        return error_set(err, ERR_FATAL, "bad_press", "the press answers something else");
    }
    pressing->type = type_of_part(pressing, MEDIA_FULL);
    return true;
}

/* One that was killed, by us or by its limits, is as one that could not read the file. */
static bool refuse(const struct program *program, int exit_code, const struct error *killed,
                   struct error *err)
{
    int end = killed != NULL ? PRESS_NOT_READABLE : exit_code;
    if (end < 0 || end >= PRESS_ENDS || program->refusals[end].code == NULL) {
        return error_set(err, ERR_FATAL, "press_broken", "%s ended with %d", program->name,
                         exit_code);
    }
    log_info("upload_refused", log_text("press", program->name),
             log_text("code", program->refusals[end].code),
             log_text("why", killed != NULL ? killed->code : "read"));
    return error_set(err, ERR_UNPROCESSABLE, program->refusals[end].code, "%s",
                     program->refusals[end].text);
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
    } else {
        refuse(&programs[pressing->form], exit_code, err, &refused);
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
        struct child_job job = {.program = programs[pressing->form].name,
                                .input = pressing->input,
                                .input_size = pressing->input_size,
                                .output_max = programs[pressing->form].output_max,
                                .timeout_ms = TIMEOUT_MS};
        child_run(loop_uv(press->loop), &job, on_ended, run);
    }
}

bool media_press_start(struct media_press *press, struct pressing *pressing, struct error *err)
{
    if (press->waiting >= WAITING_MAX) {
        return error_set(err, ERR_RETRY, "uploads_full", "too many files wait to be read");
    }
    assert(pressing->form != MEDIA_UNTAKEN);
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
