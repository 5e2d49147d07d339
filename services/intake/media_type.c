/* SPDX-License-Identifier: Apache-2.0 */
#include "media_type.h"

#include <string.h>

#include "common/content_type.h"
#include "services/intake/press/framing.h"

static const char *const names[] = {
    [MEDIA_UNKNOWN] = "application/octet-stream",
    [MEDIA_JPEG] = "image/jpeg",
    [MEDIA_PNG] = "image/png",
    [MEDIA_WEBP] = "image/webp",
    [MEDIA_GIF] = "image/gif",
    [MEDIA_HEIF] = "image/heic",
    [MEDIA_MP4] = "video/mp4",
    [MEDIA_QUICKTIME] = "video/quicktime",
    [MEDIA_WEBM] = "video/webm",
    [MEDIA_PDF] = "application/pdf",
};

const char *media_type_name(enum media_type type)
{
    return names[type];
}

enum media_type media_type_of_name(const char *name)
{
    for (enum media_type type = 0; type < MEDIA_TYPES; type++) {
        if (strcmp(names[type], name) == 0) {
            return type;
        }
    }
    return MEDIA_UNKNOWN;
}

enum media_form media_type_form(enum media_type type)
{
    static const enum media_form forms[MEDIA_TYPES] = {
        [MEDIA_JPEG] = MEDIA_PICTURE, [MEDIA_PNG] = MEDIA_PICTURE, [MEDIA_WEBP] = MEDIA_PICTURE,
        [MEDIA_PDF] = MEDIA_PAPER,    [MEDIA_MP4] = MEDIA_FILM,    [MEDIA_QUICKTIME] = MEDIA_FILM,
        [MEDIA_WEBM] = MEDIA_FILM,
    };
    return forms[type];
}

/* ---- by the first bytes ---- */

struct mark {
    enum media_type type;
    size_t at, size;
    const char *bytes;
};

/* The brands of ISO 14496-12 tell a picture from a film; the first that fits counts. */
static const struct mark marks[] = {
    {MEDIA_JPEG, 0, 3, "\xff\xd8\xff"}, {MEDIA_PNG, 0, 8, "\x89PNG\r\n\x1a\n"},
    {MEDIA_GIF, 0, 6, "GIF87a"},        {MEDIA_GIF, 0, 6, "GIF89a"},
    {MEDIA_HEIF, 4, 7, "ftyphei"},      {MEDIA_HEIF, 4, 7, "ftyphev"},
    {MEDIA_HEIF, 4, 8, "ftypmif1"},     {MEDIA_HEIF, 4, 8, "ftypmsf1"},
    {MEDIA_HEIF, 4, 8, "ftypavif"},     {MEDIA_QUICKTIME, 4, 8, "ftypqt  "},
    {MEDIA_MP4, 4, 4, "ftyp"},          {MEDIA_WEBM, 0, 4, "\x1a\x45\xdf\xa3"},
    {MEDIA_PDF, 0, 5, "%PDF-"},
};

enum media_type media_type_sniff(const void *bytes, size_t size)
{
    const char *text = bytes;
    if (size >= 12 && memcmp(text, "RIFF", 4) == 0 && memcmp(text + 8, "WEBP", 4) == 0) {
        return MEDIA_WEBP;
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const struct mark *mark = &marks[i];
        if (size >= mark->at + mark->size &&
            memcmp(text + mark->at, mark->bytes, mark->size) == 0) {
            return mark->type;
        }
    }
    return MEDIA_UNKNOWN;
}

/* Other words for the same. */
static const struct {
    enum media_type type;
    const char *name;
} aliases[] = {
    {MEDIA_JPEG, "image/jpg"}, {MEDIA_MP4, "video/quicktime"}, {MEDIA_MP4, "video/x-m4v"},
    {MEDIA_MP4, "video/3gpp"}, {MEDIA_QUICKTIME, "video/mp4"}, {MEDIA_WEBM, "video/x-matroska"},
};

bool media_type_is_as_declared(enum media_type type, const char *declared)
{
    if (declared == NULL || strchr("; \t", declared[0]) != NULL) {
        return true; /* nothing is declared */
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (aliases[i].type == type && content_type_is(declared, aliases[i].name)) {
            return true;
        }
    }
    return content_type_is(declared, names[type]) ||
           content_type_is(declared, names[MEDIA_UNKNOWN]);
}

/* ---- headers ---- */

static uint32_t big_16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t big_32(const uint8_t *at)
{
    return big_16(at) << 16 | big_16(at + 2);
}

static uint32_t little_16(const uint8_t *at)
{
    return (uint32_t)at[1] << 8 | at[0];
}

static uint32_t little_24(const uint8_t *at)
{
    return (uint32_t)at[2] << 16 | little_16(at);
}

static bool png_read(const uint8_t *bytes, size_t size, struct picture_header *header)
{
    if (size < 33 || big_32(bytes + 8) != 13 || memcmp(bytes + 12, "IHDR", 4) != 0) {
        return false;
    }
    *header = (struct picture_header){big_32(bytes + 16), big_32(bytes + 20)};
    return true;
}

/* RFC 9649. The canvas of the extended form is checked against its frames by the decoder. */
static bool webp_read(const uint8_t *bytes, size_t size, struct picture_header *header)
{
    const uint8_t *chunk = bytes + 12;
    if (size < 30) {
        return false;
    }
    if (memcmp(chunk, "VP8X", 4) == 0) {
        *header = (struct picture_header){little_24(chunk + 12) + 1, little_24(chunk + 15) + 1};
        return true;
    }
    if (memcmp(chunk, "VP8L", 4) == 0) {
        uint32_t bits = little_16(chunk + 9) | little_16(chunk + 11) << 16;
        *header = (struct picture_header){(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
        return chunk[8] == 0x2f;
    }
    *header =
        (struct picture_header){little_16(chunk + 14) & 0x3fff, little_16(chunk + 16) & 0x3fff};
    return memcmp(chunk, "VP8 ", 4) == 0 && memcmp(chunk + 11, "\x9d\x01\x2a", 3) == 0;
}

/* From one marker of a JPEG (ITU-T T.81, annex B) to the next. */
struct jpeg_walk {
    const uint8_t *bytes;
    size_t size, at;
    uint8_t marker;
    const uint8_t *body; /* of the marker's segment */
    size_t body_size;
};

/* In a scan, 0xff is followed by 0 or a restart marker. */
static void skip_scan(struct jpeg_walk *walk)
{
    while (walk->at + 1 < walk->size) {
        const uint8_t *found = memchr(walk->bytes + walk->at, 0xff, walk->size - walk->at - 1);
        if (found == NULL) {
            break;
        }
        walk->at = (size_t)(found - walk->bytes);
        if (found[1] != 0 && found[1] != 0xff && (found[1] & 0xf8) != 0xd0) {
            return;
        }
        walk->at += found[1] == 0xff ? 1 : 2;
    }
    walk->at = walk->size;
}

static bool jpeg_next(struct jpeg_walk *walk)
{
    while (walk->at + 1 < walk->size && walk->bytes[walk->at] == 0xff &&
           walk->bytes[walk->at + 1] == 0xff) {
        walk->at++; /* fill bytes */
    }
    if (walk->size - walk->at < 2 || walk->bytes[walk->at] != 0xff) {
        return false;
    }
    walk->marker = walk->bytes[walk->at + 1];
    walk->at += 2;
    walk->body_size = 0;
    if (walk->marker == 0xd9 || walk->marker == 0x01 || (walk->marker & 0xf8) == 0xd0) {
        return true; /* these stand alone */
    }
    if (walk->size - walk->at < 2 || big_16(walk->bytes + walk->at) < 2 ||
        big_16(walk->bytes + walk->at) > walk->size - walk->at) {
        return false;
    }
    walk->body = walk->bytes + walk->at + 2;
    walk->body_size = big_16(walk->bytes + walk->at) - 2;
    walk->at += walk->body_size + 2;
    return true;
}

static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* One frame, its size before its first scan, and not more scans than a camera makes. */
static bool jpeg_read(const uint8_t *bytes, size_t size, struct picture_header *header)
{
    struct jpeg_walk walk = {.bytes = bytes, .size = size, .at = 2};
    size_t frames = 0, scans = 0;
    while (jpeg_next(&walk) && walk.marker != 0xd9) {
        if (is_frame(walk.marker)) {
            if (walk.body_size < 6 || ++frames > 1) {
                return false;
            }
            *header = (struct picture_header){big_16(walk.body + 3), big_16(walk.body + 1)};
        } else if (walk.marker == 0xda) {
            if (frames == 0 || ++scans > PICTURE_SCANS_MAX) {
                return false;
            }
            skip_scan(&walk);
        }
    }
    return scans > 0;
}

bool picture_header_read(enum media_type type, const void *bytes, size_t size,
                         struct picture_header *header, struct error *err)
{
    bool good = (type == MEDIA_JPEG && jpeg_read(bytes, size, header)) ||
                (type == MEDIA_PNG && png_read(bytes, size, header)) ||
                (type == MEDIA_WEBP && webp_read(bytes, size, header));
    if (!good || header->width == 0 || header->height == 0) {
        return error_set(err, ERR_UNPROCESSABLE, "broken_picture",
                         "the picture cannot be read; is it whole?");
    }
    return true;
}

static bool size_check(enum media_type type, size_t size, struct error *err)
{
    static const size_t most[] = {[MEDIA_PICTURE] = PICTURE_BYTES_MAX,
                                  [MEDIA_PAPER] = PAPER_BYTES_MAX,
                                  [MEDIA_FILM] = FILM_BYTES_MAX};
    size_t size_max = most[media_type_form(type)];
    return size <= size_max ||
           error_set(err, ERR_TOO_LARGE, "file_too_large", "a file of %s may have %zu MiB",
                     names[type], size_max / (1024 * 1024));
}

static bool picture_check(enum media_type type, const void *bytes, size_t size, struct error *err)
{
    struct picture_header header = {0};
    if (!picture_header_read(type, bytes, size, &header, err)) {
        return false;
    }
    if (header.width > PICTURE_SIDE_MAX || header.height > PICTURE_SIDE_MAX ||
        (uint64_t)header.width * header.height > PICTURE_PIXELS_MAX) {
        return error_set(err, ERR_UNPROCESSABLE, "picture_too_large",
                         "a picture may have %d million pixels and %d on a side",
                         PICTURE_PIXELS_MAX / 1000000, PICTURE_SIDE_MAX);
    }
    return true;
}

bool media_type_check(const void *bytes, size_t size, const char *declared, struct error *err)
{
    enum media_type type = media_type_sniff(bytes, size);
    enum media_form form = media_type_form(type);
    if (form == MEDIA_UNTAKEN) {
        return error_set(
            err, ERR_UNPROCESSABLE, "unsupported_type",
            "a file must be a JPEG, PNG, WebP, PDF, MP4, QuickTime or WebM; this is %s",
            names[type]);
    }
    if (!media_type_is_as_declared(type, declared)) {
        return error_set(err, ERR_UNPROCESSABLE, "type_mismatch",
                         "Content-Type says something else than the file, which is %s",
                         names[type]);
    }
    return size_check(type, size, err) &&
           (form != MEDIA_PICTURE || picture_check(type, bytes, size, err));
}
