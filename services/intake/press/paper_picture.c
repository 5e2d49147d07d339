/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures within the pages of a PDF. poppler hands cairo their compressed bytes beside their
 * pixels, to be written down as they came: with where they were taken, and whatever else stands in
 * them. It has no switch for that, so this function takes the place of cairo's (a program's own
 * come before a library's): JPEGs go on without what they say beside their pixels, of all other
 * forms the pixels are compressed anew. */
#include <cairo.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "jpeg.h"

static cairo_status_t attach(cairo_surface_t *surface, const char *type, const unsigned char *data,
                             unsigned long size, cairo_destroy_func_t destroy, void *arg)
{
    __typeof__(&cairo_surface_set_mime_data) next;
    void *symbol = dlsym(RTLD_NEXT, "cairo_surface_set_mime_data");
    if (symbol == NULL) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    memcpy(&next, &symbol, sizeof next);
    return next(surface, type, data, size, destroy, arg);
}

cairo_status_t cairo_surface_set_mime_data(cairo_surface_t *surface, const char *type,
                                           const unsigned char *data, unsigned long size,
                                           cairo_destroy_func_t destroy, void *arg)
{
    struct bytes clean = {0};
    if (data == NULL || strcmp(type, CAIRO_MIME_TYPE_UNIQUE_ID) == 0) {
        return attach(surface, type, data, size, destroy, arg); /* that it is the same as another */
    }
    bool good = strcmp(type, CAIRO_MIME_TYPE_JPEG) == 0 && jpeg_clean(data, size, &clean);
    if (destroy != NULL) {
        destroy(arg);
    }
    if (!good) {
        free(clean.data);
        return CAIRO_STATUS_SUCCESS;
    }
    return attach(surface, type, clean.data, clean.size, free, clean.data);
}
