/* SPDX-License-Identifier: Apache-2.0 */
#include "film_memory.h"

#include <string.h>

enum { PIECE_SIZE = 64 * 1024 };

#if LIBAVFORMAT_VERSION_MAJOR < 61
typedef uint8_t written_byte;
#else
typedef const uint8_t written_byte;
#endif

static int on_read(void *arg, uint8_t *out, int room)
{
    struct film_end *end = arg;
    int64_t left = (int64_t)end->bytes->size - end->at;
    if (left <= 0) {
        return AVERROR_EOF;
    }
    int size = left < room ? (int)left : room;
    memcpy(out, (const uint8_t *)end->bytes->data + end->at, (size_t)size);
    end->at += size;
    return size;
}

static int on_write(void *arg, written_byte *data, int size)
{
    struct film_end *end = arg;
    struct bytes *bytes = end->bytes;
    if (size < 0 || (size_t)size > end->size_max - (size_t)end->at) {
        return AVERROR(ENOSPC);
    }
    memcpy((uint8_t *)bytes->data + end->at, data, (size_t)size);
    end->at += size;
    bytes->size = bytes->size > (size_t)end->at ? bytes->size : (size_t)end->at;
    return size;
}

/* Never past what is there: the library writes no holes. */
static int64_t on_seek(void *arg, int64_t offset, int whence)
{
    struct film_end *end = arg;
    int64_t size = (int64_t)end->bytes->size;
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE) {
        return size;
    }
    int64_t base = whence == SEEK_CUR ? end->at : whence == SEEK_END ? size : 0;
    if (offset < -base || offset > size - base) {
        return AVERROR(EINVAL);
    }
    end->at = base + offset;
    return end->at;
}

static AVIOContext *open_end(struct film_end *end, bool writes)
{
    unsigned char *piece = av_malloc(PIECE_SIZE);
    AVIOContext *io = avio_alloc_context(piece, PIECE_SIZE, writes, end, writes ? NULL : on_read,
                                         writes ? on_write : NULL, on_seek);
    if (io == NULL) {
        av_free(piece);
    }
    return io;
}

/* A film may name other files. */
static int refuse_open(AVFormatContext *format, AVIOContext **io, const char *name, int flags,
                       AVDictionary **options)
{
    (void)format, (void)io, (void)name, (void)flags, (void)options;
    return AVERROR(EACCES);
}

bool film_memory_read(AVFormatContext *format, struct film_end *end)
{
    format->pb = open_end(end, false);
    format->io_open = refuse_open;
    return format->pb != NULL;
}

/* ---- to put what players need first there, the library reads again what it wrote ---- */

static int open_again(AVFormatContext *format, AVIOContext **io, const char *name, int flags,
                      AVDictionary **options)
{
    const struct film_end *writing = format->opaque;
    struct film_end *end = (flags & AVIO_FLAG_WRITE) == 0 ? av_mallocz(sizeof *end) : NULL;
    (void)name, (void)options;
    if (end == NULL) {
        return AVERROR(EACCES);
    }
    end->bytes = writing->bytes;
    *io = open_end(end, false);
    return *io != NULL ? 0 : AVERROR(ENOMEM);
}

static int close_again(AVFormatContext *format, AVIOContext *io)
{
    (void)format;
    av_free(io->opaque);
    av_freep(&io->buffer);
    avio_context_free(&io);
    return 0;
}

bool film_memory_write(AVFormatContext *format, struct film_end *end)
{
    format->pb = open_end(end, true);
    format->opaque = end;
    format->io_open = open_again;
    format->io_close2 = close_again;
    return format->pb != NULL;
}
