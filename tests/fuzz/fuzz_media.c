/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an uploaded file: it is refused with a reason, or it is of a type that is decoded
 * and, if a picture, within the limits; and what it says to be changes nothing but a mismatch. */
#include <assert.h>
#include <string.h>

#include "services/intake/media_type.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_refusal(const struct error *err)
{
    static const char *const codes[] = {"unsupported_type", "broken_picture", "picture_too_large"};
    bool known = false;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        known = known || strcmp(err->code, codes[i]) == 0;
    }
    assert(err->kind == ERR_UNPROCESSABLE && known);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum media_type type = media_type_sniff(bytes, size);
    struct picture_header header = {0};
    struct error err = {0}, declared = {0};
    bool good = media_type_check(bytes, size, NULL, &err);

    assert(good == media_type_check(bytes, size, media_type_name(type), &declared));
    if (!good) {
        check_refusal(&err);
        return 0;
    }
    assert(media_type_form(type) != MEDIA_UNTAKEN);
    assert(!media_type_check(bytes, size, "text/html", &declared));
    if (media_type_form(type) != MEDIA_PICTURE) {
        return 0;
    }
    assert(picture_header_read(type, bytes, size, &header, &err));
    assert(header.width > 0 && header.width <= PICTURE_SIDE_MAX);
    assert(header.height > 0 && header.height <= PICTURE_SIDE_MAX);
    assert((uint64_t)header.width * header.height <= PICTURE_PIXELS_MAX);
    return 0;
}
