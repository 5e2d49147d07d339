/* SPDX-License-Identifier: Apache-2.0 */
/* intake-press-paper: a PDF in; out come the same pages, printed anew as a PDF, and a picture of
 * the first.
 *
 * Pages are drawn, and what was drawn is written down: text stays text, but scripts, actions,
 * links, forms, attachments, metadata, and whatever stood before or behind the file are no drawing.
 * See framing.h for the form, confine.h for why this is a program. */
#include <cairo-pdf.h>
#include <poppler.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "framing.h"
#include "jpeg.h"

enum { CPU_S = 10 };

static const double SIDE_MAX =
    14400; /* points; more, and readers refuse it (ISO 32000-1, annex C) */

/* And what says which fonts there are; poppler has tables there, too. */
static const char *const fonts[] = {"/usr/share", "/usr/local/share", "/etc/fonts",
                                    "/var/cache/fontconfig", NULL};

struct output {
    struct bytes bytes;
    size_t room;
};

static cairo_status_t on_written(void *arg, const unsigned char *data, unsigned size)
{
    struct output *output = arg;
    if (size > output->room - output->bytes.size) {
        size_t room = 2 * output->room + size;
        void *bigger = realloc(output->bytes.data, room);
        if (bigger == NULL) {
            return CAIRO_STATUS_NO_MEMORY;
        }
        output->bytes.data = bigger;
        output->room = room;
    }
    memcpy((char *)output->bytes.data + output->bytes.size, data, size);
    output->bytes.size += size;
    return CAIRO_STATUS_SUCCESS;
}

static enum press_end open_document(const struct bytes *input, PopplerDocument **document)
{
    GError *error = NULL;
    GBytes *bytes = g_bytes_new_static(input->data, input->size);
    *document = poppler_document_new_from_bytes(bytes, NULL, &error);
    if (*document == NULL) {
        bool locked = g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
        return locked ? PRESS_UNSUPPORTED : PRESS_NOT_READABLE;
    }
    int pages = poppler_document_get_n_pages(*document);
    return pages > PAPER_PAGES_MAX ? PRESS_TOO_LONG : pages > 0 ? PRESS_DONE : PRESS_NOT_READABLE;
}

static PopplerPage *open_page(PopplerDocument *document, int index, double *width, double *height)
{
    PopplerPage *page = poppler_document_get_page(document, index);
    if (page != NULL) {
        poppler_page_get_size(page, width, height);
        if (*width >= 1 && *width <= SIDE_MAX && *height >= 1 && *height <= SIDE_MAX) {
            return page;
        }
    }
    return NULL;
}

static bool print_page(PopplerDocument *document, int index, cairo_surface_t *surface)
{
    double width, height;
    PopplerPage *page = open_page(document, index, &width, &height);
    if (page == NULL) {
        return false;
    }
    cairo_pdf_surface_set_size(surface, width, height);
    cairo_t *cairo = cairo_create(surface);
    poppler_page_render_for_printing(page, cairo);
    cairo_show_page(cairo);
    bool good = cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    g_object_unref(page);
    return good;
}

static bool print(PopplerDocument *document, struct bytes *paper)
{
    struct output output = {0};
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(on_written, &output, 1, 1);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
    bool good = true;
    for (int i = 0; good && i < poppler_document_get_n_pages(document); i++) {
        good = print_page(document, i, surface);
    }
    cairo_surface_finish(surface);
    good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    *paper = output.bytes;
    return good;
}

static bool draw_first_page(PopplerDocument *document, struct bytes *jpeg)
{
    double width, height;
    PopplerPage *page = open_page(document, 0, &width, &height);
    if (page == NULL) {
        return false;
    }
    double scale = SMALL_SIDE / (width > height ? width : height);
    int columns = (int)(width * scale + 0.5), rows = (int)(height * scale + 0.5);
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, columns > 0 ? columns : 1, rows > 0 ? rows : 1);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(page, cairo);
    bool good = cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    cairo_surface_flush(surface);
    struct pixels pixels = {.rows = cairo_image_surface_get_data(surface),
                            .row_size = (size_t)cairo_image_surface_get_stride(surface),
                            .width = (unsigned)cairo_image_surface_get_width(surface),
                            .height = (unsigned)cairo_image_surface_get_height(surface)};
    return good && jpeg_save(&pixels, SMALL_QUALITY, jpeg);
}

int main(void)
{
    struct bytes input = {0};
    struct pressed pressed = {0};
    PopplerDocument *document = NULL;
    if (!confine(CPU_S)) {
        fputs("intake-press-paper: cannot start\n", stderr);
        return PRESS_BROKEN;
    }
    confine_files(fonts);
    if (!framing_read(&input, PAPER_BYTES_MAX)) {
        return PRESS_NOT_READABLE;
    }
    enum press_end end = open_document(&input, &document);
    if (end == PRESS_DONE) {
        bool good = print(document, &pressed.full) && draw_first_page(document, &pressed.small) &&
                    framing_write(&pressed);
        end = good ? PRESS_DONE : PRESS_NOT_READABLE;
    }
    _exit((int)end); /* the memory goes with the process */
}
