/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML file as a list of topics; members that concern people only are skipped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "deploy/kafka/topics.h"

enum { PARTITIONS_MAX = 10000 };

static const char *text_of(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                          : NULL;
}

static yaml_node_t *member(yaml_document_t *document, const yaml_node_t *mapping, const char *name)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING_NODE) {
        return NULL;
    }
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const char *key = text_of(yaml_document_get_node(document, pair->key));
        if (key != NULL && strcmp(key, name) == 0) {
            return yaml_document_get_node(document, pair->value);
        }
    }
    return NULL;
}

static size_t member_count(const yaml_node_t *mapping)
{
    return (size_t)(mapping->data.mapping.pairs.top - mapping->data.mapping.pairs.start);
}

static bool read_settings(struct topic *topic, yaml_document_t *document, const yaml_node_t *config,
                          int min_insync, struct arena *arena, struct error *err)
{
    if (config == NULL || config->type != YAML_MAPPING_NODE) {
        return error_set(err, ERR_FATAL, "topics_file", "%s: config is missing", topic->name);
    }
    topic->settings = arena_array(arena, member_count(config) + 1, sizeof *topic->settings);
    for (yaml_node_pair_t *pair = config->data.mapping.pairs.start;
         pair < config->data.mapping.pairs.top; pair++) {
        const char *name = text_of(yaml_document_get_node(document, pair->key));
        const char *value = text_of(yaml_document_get_node(document, pair->value));
        if (name == NULL || value == NULL) {
            return error_set(err, ERR_FATAL, "topics_file", "%s: config must hold plain values",
                             topic->name);
        }
        topic->settings[topic->setting_count++] =
            (struct topic_setting){arena_text(arena, name), arena_text(arena, value)};
    }
    if (min_insync > 0) {
        topic->settings[topic->setting_count++] =
            (struct topic_setting){"min.insync.replicas", arena_format(arena, "%d", min_insync)};
    }
    return true;
}

static bool read_topic(struct topic *topic, yaml_document_t *document, const yaml_node_pair_t *pair,
                       int min_insync, struct arena *arena, struct error *err)
{
    const char *name = text_of(yaml_document_get_node(document, pair->key));
    const yaml_node_t *body = yaml_document_get_node(document, pair->value);
    const char *partitions = text_of(member(document, body, "partitions"));
    char *end = NULL;
    long count = partitions == NULL ? 0 : strtol(partitions, &end, 10);
    if (name == NULL || count < 1 || count > PARTITIONS_MAX || *end != '\0') {
        return error_set(err, ERR_FATAL, "topics_file", "%s: partitions must be 1 to %d",
                         name == NULL ? "a topic" : name, PARTITIONS_MAX);
    }
    topic->name = arena_text(arena, name);
    topic->partitions = (int)count;
    return read_settings(topic, document, member(document, body, "config"), min_insync, arena, err);
}

static bool read_document(struct topic_list *list, yaml_document_t *document, int min_insync,
                          struct arena *arena, struct error *err)
{
    const yaml_node_t *topics = member(document, yaml_document_get_root_node(document), "topics");
    if (topics == NULL || topics->type != YAML_MAPPING_NODE) {
        return error_set(err, ERR_FATAL, "topics_file", "the file has no member topics");
    }
    list->topics = arena_array(arena, member_count(topics), sizeof *list->topics);
    for (yaml_node_pair_t *pair = topics->data.mapping.pairs.start;
         pair < topics->data.mapping.pairs.top; pair++) {
        if (!read_topic(&list->topics[list->count++], document, pair, min_insync, arena, err)) {
            return false;
        }
    }
    return true;
}

bool topics_read(struct topic_list *list, const char *path, int min_insync, struct arena *arena,
                 struct error *err)
{
    yaml_parser_t parser;
    yaml_document_t document;
    bool done = false;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return error_set(err, ERR_FATAL, "topics_file", "%s cannot be opened", path);
    }
    if (!yaml_parser_initialize(&parser)) {
        fclose(file);
        return error_set(err, ERR_FATAL, "topics_file", "out of memory");
    }
    yaml_parser_set_input_file(&parser, file);
    if (yaml_parser_load(&parser, &document)) {
        done = read_document(list, &document, min_insync, arena, err);
        yaml_document_delete(&document);
    } else {
        error_set(err, ERR_FATAL, "topics_file", "%s:%zu: %s", path, parser.problem_mark.line + 1,
                  parser.problem == NULL ? "not YAML" : parser.problem);
    }
    yaml_parser_delete(&parser);
    fclose(file);
    return done;
}
