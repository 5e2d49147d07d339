/* SPDX-License-Identifier: Apache-2.0 */
/* A directory: <first two hex digits>/<id>.<variant>, written in incoming/ and then moved. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/work.h"
#include "media_store_private.h"

enum { FOLDER_MODE = 0750, FILE_MODE = 0640, US_PER_S = 1000000, NS_PER_US = 1000 };

struct volume {
    struct media_store store; /* first */
    struct loop *loop;
    int folder;
    size_t busy;
};

/* One of these, in a thread. */
struct errand {
    struct volume *store;
    struct media_put *put;
    struct media_get *get;
    struct media_removal *removal;
    struct media_tidying *tidying;
    char incoming[MEDIA_VARIANTS]
                 [MEDIA_NAME_SIZE]; /* random: two may write the same file at once */
    struct error err;
};

/* Texts hold no name of a file. */
static bool failed(struct error *err, const char *what)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT;
    return error_set(err, is_full ? ERR_RETRY : ERR_FATAL, is_full ? "volume_full" : "media_volume",
                     "%s: %s", what, strerror(errno));
}

static bool make_folder(int at, const char *name)
{
    return mkdirat(at, name, FOLDER_MODE) == 0 || errno == EEXIST;
}

static const struct media_store_kind volume_kind;

bool media_volume_open(struct media_store **out, struct loop *loop, const char *place,
                       struct error *err)
{
    if (!make_folder(AT_FDCWD, place)) {
        return failed(err, "MEDIA_DIR cannot be made");
    }
    int folder = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return failed(err, "MEDIA_DIR cannot be opened");
    }
    if (!make_folder(folder, "incoming") ||
        faccessat(folder, "incoming", R_OK | W_OK | X_OK, 0) != 0) {
        failed(err, "MEDIA_DIR cannot be written to");
        close(folder);
        return false;
    }
    struct volume *volume = memory_zero(1, sizeof *volume);
    *volume = (struct volume){.store = {.kind = &volume_kind}, .loop = loop, .folder = folder};
    *out = &volume->store;
    return true;
}

static void volume_close(struct media_store *store)
{
    struct volume *volume = (struct volume *)store;
    assert(volume->busy == 0);
    close(volume->folder);
    free(volume);
}

static struct errand *errand_new(struct media_store *store)
{
    struct errand *errand = memory_zero(1, sizeof *errand);
    errand->store = (struct volume *)store;
    errand->store->busy++;
    return errand;
}

static void errand_end(struct errand *errand)
{
    errand->store->busy--;
    free(errand);
}

/* ---- writing ---- */

static bool write_bytes(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        bytes += put > 0 ? put : 0;
        size -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

static bool write_file(struct errand *errand, enum media_variant variant)
{
    const struct media_put *put = errand->put;
    int folder = errand->store->folder;
    char name[MEDIA_NAME_SIZE];
    int fd = openat(folder, errand->incoming[variant], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                    FILE_MODE);
    if (fd < 0) {
        return failed(&errand->err, "a file cannot be made");
    }
    media_name_file(&put->id, variant, name);
    bool written =
        write_bytes(fd, put->parts[variant].bytes, put->parts[variant].size) && fsync(fd) == 0;
    if (!written) {
        failed(&errand->err, "a file cannot be written");
    }
    close(fd);
    if (written && renameat(folder, errand->incoming[variant], folder, name) != 0) {
        written = failed(&errand->err, "a file cannot be moved");
    }
    if (!written) {
        unlinkat(folder, errand->incoming[variant], 0);
    }
    return written;
}

/* A name is on the disk only when its folder is, too. */
static bool sync_folder(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static void put_in_thread(void *arg)
{
    struct errand *errand = arg;
    int folder = errand->store->folder;
    char text[UUID_TEXT_SIZE], shelf[3] = "";
    memcpy(shelf, uuid_format(&errand->put->id, text), 2);
    if (!make_folder(folder, shelf)) {
        failed(&errand->err, "a folder cannot be made");
        return;
    }
    for (enum media_variant variant = 0; variant < MEDIA_VARIANTS; variant++) {
        if (!write_file(errand, variant)) {
            return;
        }
    }
    if (!sync_folder(folder, shelf) || !sync_folder(folder, ".")) {
        failed(&errand->err, "a folder cannot be written");
    }
}

static void on_put_done(void *arg)
{
    struct errand *errand = arg;
    struct error err = errand->err;
    struct media_put *put = errand->put;
    errand_end(errand);
    put->on_put(put, error_is_set(&err) ? &err : NULL);
}

static void volume_put(struct media_store *store, struct media_put *put)
{
    struct errand *errand = errand_new(store);
    errand->put = put;
    for (enum media_variant variant = 0; variant < MEDIA_VARIANTS; variant++) {
        struct uuid once = uuid_new();
        char text[UUID_TEXT_SIZE];
        snprintf(errand->incoming[variant], MEDIA_NAME_SIZE, "incoming/%s",
                 uuid_format(&once, text));
    }
    work_start(loop_uv(errand->store->loop), put_in_thread, on_put_done, errand);
}

/* ---- reading ---- */

/* Read ahead, so that sending it does not wait for the disk. */
static void get_in_thread(void *arg)
{
    struct errand *errand = arg;
    struct media_get *get = errand->get;
    struct stat stat;
    char name[MEDIA_NAME_SIZE];
    media_name_file(&get->id, get->variant, name);
    get->fd = openat(errand->store->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (get->fd < 0 && errno == ENOENT) {
        error_set(&errand->err, ERR_NOT_FOUND, "unknown_media", "there is no such file");
    } else if (get->fd < 0 || fstat(get->fd, &stat) != 0) {
        failed(&errand->err, "a file cannot be opened");
    } else {
        get->size = (uint64_t)stat.st_size;
        get->written_us =
            (int64_t)stat.st_mtim.tv_sec * US_PER_S + stat.st_mtim.tv_nsec / NS_PER_US;
        get->type = media_type_of_file(get->fd);
        posix_fadvise(get->fd, 0, stat.st_size, POSIX_FADV_WILLNEED);
    }
    if (error_is_set(&errand->err) && get->fd >= 0) {
        close(get->fd);
    }
}

static void on_get_done(void *arg)
{
    struct errand *errand = arg;
    struct error err = errand->err;
    struct media_get *get = errand->get;
    errand_end(errand);
    get->on_open(get, error_is_set(&err) ? &err : NULL);
}

static void volume_get(struct media_store *store, struct media_get *get)
{
    struct errand *errand = errand_new(store);
    errand->get = get;
    work_start(loop_uv(errand->store->loop), get_in_thread, on_get_done, errand);
}

/* ---- removing ---- */

static bool remove_file(struct errand *errand, const char *name)
{
    return unlinkat(errand->store->folder, name, 0) == 0 || errno == ENOENT ||
           failed(&errand->err, "a file cannot be removed");
}

/* The time is looked at before each: a process that was stopped meanwhile has lost its claim. */
static void remove_in_thread(void *arg)
{
    struct errand *errand = arg;
    const struct media_removal *removal = errand->removal;
    char name[MEDIA_NAME_SIZE];
    for (size_t i = 0; i < removal->count; i++) {
        for (enum media_variant variant = 0; variant < MEDIA_VARIANTS; variant++) {
            if (clock_monotonic_us() >= removal->until_us) {
                error_set(&errand->err, ERR_RETRY, "claim_over", "it took too long");
                return;
            }
            media_name_file(&removal->ids[i], variant, name);
            if (!remove_file(errand, name)) {
                return;
            }
        }
    }
}

static void on_remove_done(void *arg)
{
    struct errand *errand = arg;
    struct error err = errand->err;
    struct media_removal *removal = errand->removal;
    errand_end(errand);
    removal->on_removed(removal, error_is_set(&err) ? &err : NULL);
}

static void volume_remove(struct media_store *store, struct media_removal *removal)
{
    struct errand *errand = errand_new(store);
    errand->removal = removal;
    work_start(loop_uv(errand->store->loop), remove_in_thread, on_remove_done, errand);
}

static bool is_old(int folder, const char *name, unsigned age_s)
{
    struct stat stat;
    return fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(stat.st_mode) &&
           stat.st_mtime < time(NULL) - (time_t)age_s;
}

static void tidy_in_thread(void *arg)
{
    struct errand *errand = arg;
    struct media_tidying *tidying = errand->tidying;
    int fd = openat(errand->store->folder, "incoming", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        failed(&errand->err, "incoming cannot be read");
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (is_old(fd, entry->d_name, tidying->age_s)) {
            unlinkat(fd, entry->d_name, 0); /* or the next time */
        }
    }
    closedir(folder);
}

static void on_tidy_done(void *arg)
{
    struct errand *errand = arg;
    struct error err = errand->err;
    struct media_tidying *tidying = errand->tidying;
    errand_end(errand);
    tidying->on_tidied(tidying, error_is_set(&err) ? &err : NULL);
}

static void volume_tidy(struct media_store *store, struct media_tidying *tidying)
{
    struct errand *errand = errand_new(store);
    errand->tidying = tidying;
    work_start(loop_uv(errand->store->loop), tidy_in_thread, on_tidy_done, errand);
}

static const struct media_store_kind volume_kind = {
    .close = volume_close,
    .put = volume_put,
    .get = volume_get,
    .remove = volume_remove,
    .tidy = volume_tidy,
};
