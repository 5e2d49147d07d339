/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/catalog: what is open data here, as DCAT-AP 3 in JSON-LD.
 *
 * IRIs of ours are relative: they are resolved against the address that the document was got from,
 * whatever stands before this service. */
#include "services/analytics/catalog.h"
#include "services/analytics/http_analytics.h"

#define EU          "http://publications.europa.eu/resource/authority/"
#define MEDIA_TYPES "https://www.iana.org/assignments/media-types/"

static void put_context(struct json_writer *writer)
{
    static const char *const prefixes[][2] = {
        {"dcat", "http://www.w3.org/ns/dcat#"},
        {"dct", "http://purl.org/dc/terms/"},
        {"foaf", "http://xmlns.com/foaf/0.1/"},
        {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
        {"skos", "http://www.w3.org/2004/02/skos/core#"},
        {"xsd", "http://www.w3.org/2001/XMLSchema#"},
    };
    json_open_object(writer, "@context");
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        json_put_text(writer, prefixes[i][0], prefixes[i][1]);
    }
    json_close_object(writer);
}

/* ---- pieces ---- */

static void put_word(struct json_writer *writer, const char *language, const char *text)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "@language", language);
    json_put_text(writer, "@value", text);
    json_close_object(writer);
}

static void put_words(struct json_writer *writer, const char *name, const struct bilingual *text)
{
    json_open_array(writer, name);
    put_word(writer, "vi", text->vi);
    put_word(writer, "en", text->en);
    json_close_array(writer);
}

static void put_iri(struct json_writer *writer, const char *name, const char *iri)
{
    json_open_object(writer, name);
    json_put_text(writer, "@id", iri);
    json_close_object(writer);
}

static void put_languages(struct json_writer *writer)
{
    json_open_array(writer, "dct:language");
    put_iri(writer, NULL, EU "language/VIE");
    put_iri(writer, NULL, EU "language/ENG");
    json_close_array(writer);
}

static void put_publisher(struct json_writer *writer)
{
    json_open_object(writer, "dct:publisher");
    json_put_text(writer, "@id", "#publisher");
    json_put_text(writer, "@type", "foaf:Agent");
    put_words(writer, "foaf:name", &catalog_publisher);
    json_close_object(writer);
}

static void put_place(struct json_writer *writer)
{
    static const struct bilingual hanoi = {"Thành phố Hà Nội", "Hanoi"};
    json_open_object(writer, "dct:spatial");
    json_put_text(writer, "@id", "#hanoi");
    json_put_text(writer, "@type", "dct:Location");
    put_words(writer, "skos:prefLabel", &hanoi);
    json_close_object(writer);
}

/* No end: it goes on. */
static void put_time(struct json_writer *writer)
{
    json_open_object(writer, "dct:temporal");
    json_put_text(writer, "@type", "dct:PeriodOfTime");
    json_open_object(writer, "dcat:startDate");
    json_put_text(writer, "@type", "xsd:date");
    json_put_text(writer, "@value", catalog_since);
    json_close_object(writer);
    json_close_object(writer);
}

static void put_rights(struct json_writer *writer)
{
    put_iri(writer, "dct:license", catalog_licence);
    json_open_object(writer, "dct:rights");
    json_put_text(writer, "@type", "dct:RightsStatement");
    put_words(writer, "rdfs:label", &catalog_rights);
    json_close_object(writer);
}

/* ---- distributions ---- */

struct form {
    const char *word, *format, *media_type;
};
static const struct form json_form = {"json", EU "file-type/JSON", MEDIA_TYPES "application/json"};
static const struct form table_form = {"csv", EU "file-type/CSV", MEDIA_TYPES "text/csv"};

static void put_distribution(struct json_writer *writer, const struct catalog_place *place,
                             const struct form *form, struct arena *arena)
{
    const char *joint = place->query[0] == '\0' ? "" : "?";
    const char *address = arena_format(arena, "%s%s%s", place->path, joint, place->query);
    if (place->has_table) {
        address =
            arena_format(arena, "%s%sformat=%s", address, joint[0] == '\0' ? "?" : "&", form->word);
    }
    json_open_object(writer, NULL);
    json_put_text(writer, "@type", "dcat:Distribution");
    put_words(writer, "dct:title", &place->title);
    put_iri(writer, "dcat:accessURL", address);
    put_iri(writer, "dcat:downloadURL", address);
    put_iri(writer, "dct:format", form->format);
    put_iri(writer, "dcat:mediaType", form->media_type);
    put_languages(writer);
    put_rights(writer);
    json_close_object(writer);
}

static void put_distributions(struct json_writer *writer, const struct catalog_set *set,
                              struct arena *arena)
{
    json_open_array(writer, "dcat:distribution");
    for (size_t i = 0; i < CATALOG_PLACES && set->places[i].path != NULL; i++) {
        put_distribution(writer, &set->places[i], &json_form, arena);
        if (set->places[i].has_table) {
            put_distribution(writer, &set->places[i], &table_form, arena);
        }
    }
    json_close_array(writer);
}

/* ---- the whole ---- */

static void put_set(struct json_writer *writer, const struct catalog_set *set, struct arena *arena)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "@id", arena_format(arena, "#%s", set->code));
    json_put_text(writer, "@type", "dcat:Dataset");
    json_put_text(writer, "dct:identifier", set->code);
    put_words(writer, "dct:title", &set->title);
    put_words(writer, "dct:description", &set->description);
    if (set->source != NULL) {
        json_open_object(writer, "dct:provenance");
        json_put_text(writer, "@type", "dct:ProvenanceStatement");
        json_put_text(writer, "rdfs:label", set->source);
        json_close_object(writer);
    }
    put_iri(writer, "dct:publisher", "#publisher");
    put_iri(writer, "dct:spatial", "#hanoi");
    put_iri(writer, "dcat:theme", EU "data-theme/GOVE");
    put_iri(writer, "dct:accrualPeriodicity", EU "frequency/UPDATE_CONT");
    put_iri(writer, "dct:accessRights", EU "access-right/PUBLIC");
    put_languages(writer);
    put_time(writer);
    put_distributions(writer, set, arena);
    json_close_object(writer);
}

void http_get_catalog(struct http_request *request, void *state)
{
    struct arena *arena = http_arena(request);
    struct catalog_set set;
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    (void)state;

    put_context(writer);
    json_put_text(writer, "@id", "");
    json_put_text(writer, "@type", "dcat:Catalog");
    put_words(writer, "dct:title", &catalog_title);
    put_words(writer, "dct:description", &catalog_description);
    put_publisher(writer);
    put_place(writer);
    put_iri(writer, "dct:license", catalog_licence);
    put_languages(writer);
    json_open_array(writer, "dcat:dataset");
    for (size_t i = 0; catalog_at(&set, i, arena); i++) {
        put_set(writer, &set, arena);
    }
    json_close_array(writer);
    http_send_definitions(request, &body, "application/ld+json");
}
