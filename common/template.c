/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "common/template.h"

#include <string.h>

enum { DEPTH_MAX = 8 };

/* Where we read; sections are rendered by walking their text again. */
struct walk {
    const char *begin, *at, *end;
    const struct template_value *values;
    size_t value_count;
    struct buffer *out; /* NULL: only looking for the section's end */
    const char *item;   /* {{.}}; NULL outside of lists */
    int depth;
    struct error *err;
};

struct tag {
    char sigil; /* '#', '^', '/', or 0 for a value */
    const char *name;
    size_t name_size;
};

static bool walk_until(struct walk *walk, const struct tag *closing);

static bool bad(struct walk *walk, const char *what, const struct tag *tag)
{
    return error_set(walk->err, ERR_FATAL, "bad_template", "%s: {{%.*s}}", what,
                     (int)tag->name_size, tag->name);
}

/* Reads the tag at walk->at ("{{…}}") and steps behind it, and behind the line break when a section
 * tag has the line for itself. */
static bool take_tag(struct walk *walk, struct tag *tag)
{
    const char *open = walk->at, *name = open + 2;
    const char *close = memmem(name, (size_t)(walk->end - name), "}}", 2);
    if (close == NULL) {
        return error_set(walk->err, ERR_FATAL, "bad_template", "a tag is not closed");
    }
    if (name < close && strchr("#^/", *name) != NULL) {
        tag->sigil = *name++;
    }
    tag->name = name;
    tag->name_size = (size_t)(close - name);
    walk->at = close + 2;
    bool starts_line = open == walk->begin || open[-1] == '\n';
    if (tag->sigil != 0 && starts_line && walk->at < walk->end && *walk->at == '\n') {
        walk->at++;
    }
    return true;
}

static const struct template_value *find_value(const struct walk *walk, const struct tag *tag)
{
    for (size_t i = 0; i < walk->value_count; i++) {
        const char *name = walk->values[i].name;
        if (strlen(name) == tag->name_size && memcmp(name, tag->name, tag->name_size) == 0) {
            return &walk->values[i];
        }
    }
    return NULL;
}

static bool put_value(struct walk *walk, const struct tag *tag)
{
    if (tag->name_size == 1 && tag->name[0] == '.') {
        if (walk->item == NULL) {
            return bad(walk, "outside of a list", tag);
        }
        buffer_put_text(walk->out, walk->item);
        return true;
    }
    const struct template_value *value = find_value(walk, tag);
    if (value == NULL) {
        return bad(walk, "unknown variable", tag);
    }
    if (value->text != NULL) {
        buffer_put_text(walk->out, value->text);
    }
    return true;
}

/* Steps over a section without output. */
static bool skip_section(struct walk *walk, const struct tag *tag)
{
    struct walk skipping = *walk;
    skipping.out = NULL;
    if (!walk_until(&skipping, tag)) {
        return false;
    }
    walk->at = skipping.at;
    return true;
}

static bool put_list(struct walk *walk, const struct tag *tag, const struct template_value *value)
{
    struct walk item = *walk;
    for (size_t i = 0; i < value->item_count; i++) {
        item.at = walk->at;
        item.item = value->items[i];
        if (!walk_until(&item, tag)) {
            return false;
        }
    }
    walk->at = item.at;
    return true;
}

static bool take_section(struct walk *walk, const struct tag *tag)
{
    if (walk->depth == DEPTH_MAX) {
        return bad(walk, "sections are nested too deeply", tag);
    }
    const struct template_value *value = find_value(walk, tag);
    if (value == NULL) {
        return bad(walk, "unknown variable", tag);
    }
    bool full = value->item_count > 0 || (value->text != NULL && value->text[0] != '\0');
    walk->depth++;
    bool good;
    if (walk->out == NULL || full != (tag->sigil == '#')) {
        good = skip_section(walk, tag);
    } else if (value->item_count > 0) {
        good = put_list(walk, tag, value);
    } else {
        good = walk_until(walk, tag);
    }
    walk->depth--;
    return good;
}

/* Renders up to and including the tag that closes `closing`, or to the end (NULL). */
static bool walk_until(struct walk *walk, const struct tag *closing)
{
    for (;;) {
        size_t left = (size_t)(walk->end - walk->at);
        const char *open = memmem(walk->at, left, "{{", 2);
        size_t plain = open != NULL ? (size_t)(open - walk->at) : left;
        struct tag tag = {0};

        if (walk->out != NULL) {
            buffer_put(walk->out, walk->at, plain);
        }
        walk->at += plain;
        if (open == NULL) {
            return closing == NULL || bad(walk, "section without end", closing);
        }
        if (!take_tag(walk, &tag)) {
            return false;
        }
        if (tag.sigil == '/') {
            return (closing != NULL && tag.name_size == closing->name_size &&
                    memcmp(tag.name, closing->name, tag.name_size) == 0) ||
                   bad(walk, "closes no section", &tag);
        }
        if (tag.sigil != 0 ? !take_section(walk, &tag)
                           : walk->out != NULL && !put_value(walk, &tag)) {
            return false;
        }
    }
}

bool template_render(const char *text, size_t size, const struct template_value *values,
                     size_t value_count, struct buffer *out, struct error *err)
{
    struct walk walk = {

        .begin = text,
        .at = text,
        .end = text + size,
        .values = values,
        .value_count = value_count,
        .out = out,
        .err = err,
    };
    return walk_until(&walk, NULL);
}
