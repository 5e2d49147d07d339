/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/verbs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/input_file.h"
#include "common/verb.h"
#include "services/routing/boundary.h"
#include "services/routing/calendar_json.h"
#include "services/routing/category_json.h"
#include "services/routing/process_json.h"
#include "services/routing/reference_data.h"
#include "services/routing/store_load.h"

static bool read_file(const char *path, struct arena *arena, struct reference_file *file,
                      struct error *err)
{
    return input_file_read(path, arena, &file->text, &file->size, err);
}

/* From the folder, or the one that the program carries. */
static bool find_file(const char *folder, const char *name, struct arena *arena,
                      struct reference_file *file, struct error *err)
{
    if (folder == NULL) {
        *file = reference_file(name);
        return true;
    }
    file->name = name;
    return read_file(arena_format(arena, "%s/%s", folder, name), arena, file, err);
}

static bool check_calendar(const struct reference_file *file, struct arena *arena,
                           struct error *err)
{
    int64_t known_to;
    struct calendar *calendar = calendar_json_read(file->text, file->size, &known_to, arena, err);
    calendar_free(calendar);
    return calendar != NULL;
}

/* What the tables cannot check. */
static bool check_file(const struct reference_file *file, struct arena *arena, struct error *err)
{
    if (strcmp(file->name, "calendar.json") == 0) {
        return check_calendar(file, arena, err);
    }
    return strcmp(file->name, "categories.json") != 0 ||
           category_check(file->text, file->size, arena, err);
}

/* The file must cover exactly the current units before it becomes the current set. */
static bool import_boundaries(struct load *load, const struct reference_file *file,
                              enum boundary_faults faults, struct arena *arena, struct error *err)
{
    struct boundary_file boundaries;
    const char *const *codes;
    size_t count;
    bool done = load_area_codes(load, arena, &codes, &count, err) &&
                boundary_file_read(&boundaries, file->text, file->size, faults, arena, err) &&
                boundary_file_covers(&boundaries, codes, count, err) &&
                load_boundaries(load, &boundaries, err);
    if (done && boundaries.repaired > 0) {
        fprintf(stderr, "%zu boundaries were repaired\n", boundaries.repaired);
    }
    return done;
}

/* Imported boundaries stay: the approximate ones fill a gap only. */
static bool load_first_boundaries(struct load *load, const char *folder, struct arena *arena,
                                  struct error *err)
{
    struct reference_file file;
    bool has;
    return load_has_boundaries(load, &has, err) &&
           (has || (find_file(folder, "boundaries.geojson", arena, &file, err) &&
                    import_boundaries(load, &file, BOUNDARY_REFUSE, arena, err)));
}

static bool load_process(struct load *load, const struct reference_file *file, struct arena *arena,
                         struct error *err)
{
    struct process *process = arena_alloc(arena, sizeof *process);
    return process_json_read(process, file->text, file->size, arena, err) &&
           load_file(load, "process.json", file->text, file->size, err);
}

static int is_json(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 5 && strcmp(entry->d_name + size - 5, ".json") == 0;
}

/* Every process of the folder; a folder without processes keeps those that are there. */
static bool load_process_folder(struct load *load, const char *folder, struct arena *arena,
                                struct error *err)
{
    struct dirent **entries = NULL;
    const char *path = arena_format(arena, "%s/processes", folder);
    int count = scandir(path, &entries, is_json, alphasort);
    bool loaded = true;
    for (int i = 0; i < count; i++) {
        struct reference_file file;
        loaded =
            loaded &&
            read_file(arena_format(arena, "%s/%s", path, entries[i]->d_name), arena, &file, err) &&
            load_process(load, &file, arena, err);
        free(entries[i]);
    }
    free(entries);
    return loaded;
}

static bool load_processes(struct load *load, const char *folder, struct arena *arena,
                           struct error *err)
{
    if (folder != NULL) {
        return load_process_folder(load, folder, arena, err);
    }
    for (size_t i = 0; reference_process_names[i] != NULL; i++) {
        struct reference_file file = reference_file(reference_process_names[i]);
        if (!load_process(load, &file, arena, err)) {
            return false;
        }
    }
    return true;
}

static bool load_reference(struct load *load, const char *folder, struct arena *arena,
                           struct error *err)
{
    static const char *const names[] = {"units.json",     "successors.json", "categories.json",
                                        "rules.json",     "deadlines.json",  "calendar.json",
                                        "rejections.json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct reference_file file;
        if (!find_file(folder, names[i], arena, &file, err) || !check_file(&file, arena, err) ||
            !load_file(load, names[i], file.text, file.size, err)) {
            return false;
        }
    }
    return load_processes(load, folder, arena, err) &&
           load_first_boundaries(load, folder, arena, err);
}

static bool load_focal_points(struct load *load, const char *path, struct arena *arena,
                              struct error *err)
{
    struct reference_file file;
    return read_file(path, arena, &file, err) &&
           load_file(load, "focal_points.json", file.text, file.size, err);
}

static bool import_units(struct load *load, const char *path, struct arena *arena,
                         struct error *err)
{
    struct reference_file file;
    return read_file(path, arena, &file, err) &&
           import_boundaries(load, &file, BOUNDARY_REFUSE, arena, err);
}

static bool import_and_repair_units(struct load *load, const char *path, struct arena *arena,
                                    struct error *err)
{
    struct reference_file file;
    return read_file(path, arena, &file, err) &&
           import_boundaries(load, &file, BOUNDARY_REPAIR, arena, err);
}

typedef bool load_step(struct load *load, const char *path, struct arena *arena, struct error *err);

/* what: the verb, which is kept with the changes that it makes. */
static int run_load(const struct config *config, const char *what, load_step *step,
                    const char *path)
{
    struct arena arena;
    struct error err = {0};
    arena_init(&arena);
    struct load *load = load_begin(config_text(config, "DATABASE_URL"), what, &err);
    bool done = load != NULL && step(load, path, &arena, &err) && load_commit(load, &err);
    load_free(load);
    arena_finish(&arena);
    return done ? 0 : verb_show_error(&err);
}

static int usage(const char *text)
{
    fprintf(stderr, "usage: routing %s\n", text);
    return 2;
}

int reference_verb(const struct config *config, int argc, char **argv)
{
    if (argc < 2 || argc > 3 || strcmp(argv[1], "load") != 0) {
        return usage("reference load [DIR]");
    }
    return run_load(config, "routing reference load", load_reference, argc == 3 ? argv[2] : NULL);
}

int units_verb(const struct config *config, int argc, char **argv)
{
    bool repair = argc == 4 && strcmp(argv[2], "--repair") == 0;
    if ((argc != 3 && !repair) || strcmp(argv[1], "import") != 0) {
        return usage("units import [--repair] FILE.geojson");
    }
    return run_load(config, "routing units import", repair ? import_and_repair_units : import_units,
                    argv[argc - 1]);
}

int focal_points_verb(const struct config *config, int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "load") != 0) {
        return usage("focal-points load FILE.json");
    }
    return run_load(config, "routing focal-points load", load_focal_points, argv[2]);
}
