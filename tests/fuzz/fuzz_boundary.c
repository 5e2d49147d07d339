/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of boundaries: it is refused with a reason, or what it gives makes an area in
 * which points can be looked up. */
#include <assert.h>
#include <string.h>

#include "common/utf8.h"
#include "services/routing/area.h"
#include "services/routing/boundary.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_error(const struct error *err)
{
    assert(err->kind == ERR_INPUT);
    assert(utf8_is_valid(err->text, strlen(err->text)));
    for (size_t i = 0; i < err->field_count; i++) {
        assert(utf8_is_valid(err->fields[i].text, strlen(err->fields[i].text)));
        assert(err->fields[i].code[0] != '\0');
    }
}

static void look_up(const struct boundary_file *file, struct arena *arena)
{
    struct area_distance found[4];
    struct area_boundary *boundaries = arena_array(arena, file->count, sizeof *boundaries);
    for (size_t i = 0; i < file->count; i++) {
        const struct boundary *boundary = &file->boundaries[i];
        boundaries[i] = (struct area_boundary){boundary->unit, boundary->wkb, boundary->wkb_size};
    }
    struct area *area = area_new(boundaries, file->count, NULL);
    if (area == NULL) {
        return; /* so small that it is no area any more in metres */
    }
    for (size_t i = 0; i < file->count; i++) {
        const double *edges = file->boundaries[i].edges;
        double lat = (edges[BOUNDARY_SOUTH] + edges[BOUNDARY_NORTH]) / 2;
        double lon = (edges[BOUNDARY_WEST] + edges[BOUNDARY_EAST]) / 2;
        size_t count = area_nearby(area, lat, lon, 250, found, 4);
        for (size_t j = 1; j < count; j++) {
            assert(found[j - 1].metres <= found[j].metres);
        }
        assert(area_find(area, lat, lon).unit == NULL || count > 0);
    }
    area_free(area);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const codes[] = {"A", "B"};
    struct boundary_file file;
    struct arena arena;
    struct error err = {0};
    enum boundary_faults faults = size % 2 == 0 ? BOUNDARY_REFUSE : BOUNDARY_REPAIR;

    arena_init(&arena);
    if (!boundary_file_read(&file, (const char *)bytes, size, faults, &arena, &err)) {
        check_error(&err);
    } else {
        look_up(&file, &arena);
        if (!boundary_file_covers(&file, codes, 2, &err)) {
            check_error(&err);
        }
    }
    arena_finish(&arena);
    return 0;
}
