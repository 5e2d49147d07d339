/* SPDX-License-Identifier: Apache-2.0 */
#include "common/child.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

enum { PATH_SIZE = 4096, PIECE_SIZE = 64 * 1024, HANDLES = 4 };

struct child {
    uv_process_t process;
    uv_pipe_t input, output;
    uv_timer_t timer;
    uv_write_t write;
    size_t open_handles;
    bool written, read, exited;
    struct buffer answer;
    size_t answer_max;
    char piece[PIECE_SIZE];
    int exit_code;
    struct error err;
    child_on_ended *on_ended;
    void *arg;
};

static void on_handle_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    if (--child->open_handles > 0) {
        return;
    }
    child->on_ended(child->exit_code, &child->answer,
                    error_is_set(&child->err) ? &child->err : NULL, child->arg);
    buffer_finish(&child->answer);
    free(child);
}

static void close_handle(void *handle)
{
    if (!uv_is_closing(handle)) {
        uv_close(handle, on_handle_closed);
    }
}

/* All three must be over: what it says may be read only after it has ended. */
static void child_check(struct child *child)
{
    if (child->written && child->read && child->exited) {
        close_handle(&child->input);
        close_handle(&child->output);
        close_handle(&child->timer);
        close_handle(&child->process);
    }
}

static void child_kill(struct child *child, const char *code, const char *text)
{
    error_set(&child->err, ERR_UNPROCESSABLE, code, "%s", text);
    if (!child->exited) {
        uv_process_kill(&child->process, SIGKILL);
    }
}

static void on_exit_seen(uv_process_t *process, int64_t status, int signal)
{
    struct child *child = process->data;
    child->exited = true;
    child->exit_code = signal == 0 && !error_is_set(&child->err) ? (int)status : -1;
    if (signal != 0) {
        error_set(&child->err, ERR_UNPROCESSABLE, "child_killed", "ended by signal %d", signal);
    }
    child_check(child);
}

static void on_timeout(uv_timer_t *timer)
{
    child_kill(timer->data, "child_timeout", "it took too long");
}

/* A child that ends before it has read all is no fault of the pipe. */
static void on_written(uv_write_t *write, int status)
{
    struct child *child = write->data;
    (void)status;
    child->written = true;
    close_handle(&child->input); /* the end of its input */
    child_check(child);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct child *child = handle->data;
    (void)suggested;
    *buf = uv_buf_init(child->piece, sizeof child->piece);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf)
{
    struct child *child = stream->data;
    if (size < 0) {
        child->read = true;
        uv_read_stop(stream);
        child_check(child);
    } else if (child->answer.size + (size_t)size > child->answer_max) {
        child_kill(child, "child_output", "it answered too much");
    } else {
        buffer_put(&child->answer, buf->base, (size_t)size);
    }
}

static void program_path(const char *program, char path[PATH_SIZE])
{
    char own[PATH_SIZE];
    size_t size = sizeof own;
    if (strchr(program, '/') != NULL || uv_exepath(own, &size) != 0) {
        snprintf(path, PATH_SIZE, "%s", program);
        return;
    }
    char *slash = strrchr(own, '/');
    snprintf(path, PATH_SIZE, "%.*s/%.255s", slash != NULL ? (int)(slash - own) : 0, own, program);
}

static int spawn(struct child *child, uv_loop_t *loop, const char *program)
{
    char path[PATH_SIZE], locale[] = "LC_ALL=C.UTF-8";
    char *args[] = {path, NULL}, *environment[] = {locale, NULL};
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&child->input},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->output},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    uv_process_options_t options = {.file = path,
                                    .args = args,
                                    .env = environment,
                                    .exit_cb = on_exit_seen,
                                    .stdio = stdio,
                                    .stdio_count = 3};
    program_path(program, path);
    return uv_spawn(loop, &child->process, &options);
}

static void child_talk(struct child *child, const struct child_job *job)
{
    /* libuv does not change what it sends. */
    uv_buf_t input = uv_buf_init((char *)(uintptr_t)job->input, (unsigned)job->input_size);
    uv_timer_start(&child->timer, on_timeout, job->timeout_ms, 0);
    uv_read_start((uv_stream_t *)&child->output, on_alloc, on_read);
    if (uv_write(&child->write, (uv_stream_t *)&child->input, &input, 1, on_written) != 0) {
        child->written = true;
        close_handle(&child->input);
    }
}

void child_run(uv_loop_t *loop, const struct child_job *job, child_on_ended *on_ended, void *arg)
{
    struct child *child = memory_zero(1, sizeof *child);
    child->answer_max = job->output_max;
    child->on_ended = on_ended;
    child->arg = arg;
    child->exit_code = -1;
    child->open_handles = HANDLES;
    buffer_init(&child->answer);
    uv_pipe_init(loop, &child->input, 0);
    uv_pipe_init(loop, &child->output, 0);
    uv_timer_init(loop, &child->timer);
    child->process.data = child->input.data = child->output.data = child->timer.data = child;
    child->write.data = child;
    int wrong = spawn(child, loop, job->program);
    if (wrong != 0) {
        error_set(&child->err, ERR_FATAL, "child_not_started", "%s: %s", job->program,
                  uv_strerror(wrong));
        child->written = child->read = child->exited = true;
        child_check(child);
        return;
    }
    child_talk(child, job);
}
