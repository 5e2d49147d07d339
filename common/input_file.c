/* SPDX-License-Identifier: Apache-2.0 */
#include "common/input_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 64 << 20 };

static bool read_whole(FILE *stream, const char *path, struct arena *arena, const char **text,
                       size_t *size, struct error *err)
{
    long length = -1;
    if (fseek(stream, 0, SEEK_END) == 0) {
        length = ftell(stream);
    }
    if (length < 0 || length > FILE_MAX || fseek(stream, 0, SEEK_SET) != 0) {
        return error_set(err, ERR_INPUT, "bad_file", "%s: not a file of at most 64 MiB", path);
    }
    char *bytes = arena_alloc(arena, (size_t)length + 1);
    if (fread(bytes, 1, (size_t)length, stream) != (size_t)length) {
        return error_set(err, ERR_INPUT, "bad_file", "%s: cannot be read", path);
    }
    *text = bytes;
    *size = (size_t)length;
    return true;
}

bool input_file_read(const char *path, struct arena *arena, const char **text, size_t *size,
                     struct error *err)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return error_set(err, ERR_INPUT, "bad_file", "%s: %s", path, strerror(errno));
    }
    bool read = read_whole(stream, path, arena, text, size, err);
    fclose(stream);
    return read;
}
