/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reference_data.h"

#include <assert.h>
#include <string.h>

/* The assembler copies the file's bytes: no generated C, no literal of 300 kB. Paths are those of
 * the repository, from where make runs; the Makefile rebuilds this object when a file changes. */
#define EMBED(symbol, path)                                                                        \
    __asm__(".pushsection .rodata\n"                                                               \
            "embedded_" #symbol ":\n"                                                              \
            ".incbin \"services/routing/reference/" path "\"\n"                                    \
            "embedded_" #symbol "_end:\n"                                                          \
            ".popsection\n");                                                                      \
    extern const char embedded_##symbol[] __attribute__((visibility("hidden")));                   \
    extern const char embedded_##symbol##_end[] __attribute__((visibility("hidden")))

EMBED(units, "units.json");
EMBED(successors, "successors.json");
EMBED(boundaries, "boundaries.geojson");
EMBED(categories, "categories.json");
EMBED(rules, "rules.json");
EMBED(deadlines, "deadlines.json");
EMBED(calendar, "calendar.json");
EMBED(rejections, "rejections.json");
EMBED(onsite_report, "processes/onsite_report.json");
EMBED(procedure_report, "processes/procedure_report.json");
EMBED(waste_report, "processes/waste_report.json");
EMBED(initiative, "processes/initiative.json");
EMBED(voter_petition, "processes/voter_petition.json");
EMBED(reception_booking, "processes/reception_booking.json");
EMBED(hotline_ticket, "processes/hotline_ticket.json");

const char *const reference_process_names[] = {
    "processes/onsite_report.json",  "processes/procedure_report.json",
    "processes/waste_report.json",   "processes/initiative.json",
    "processes/voter_petition.json", "processes/reception_booking.json",
    "processes/hotline_ticket.json", NULL};

struct reference_file reference_file(const char *name)
{
    static const struct {
        const char *name, *start, *end;
    } files[] = {
        {"units.json", embedded_units, embedded_units_end},
        {"successors.json", embedded_successors, embedded_successors_end},
        {"boundaries.geojson", embedded_boundaries, embedded_boundaries_end},
        {"categories.json", embedded_categories, embedded_categories_end},
        {"rules.json", embedded_rules, embedded_rules_end},
        {"deadlines.json", embedded_deadlines, embedded_deadlines_end},
        {"calendar.json", embedded_calendar, embedded_calendar_end},
        {"rejections.json", embedded_rejections, embedded_rejections_end},
        {"processes/onsite_report.json", embedded_onsite_report, embedded_onsite_report_end},
        {"processes/procedure_report.json", embedded_procedure_report,
         embedded_procedure_report_end},
        {"processes/waste_report.json", embedded_waste_report, embedded_waste_report_end},
        {"processes/initiative.json", embedded_initiative, embedded_initiative_end},
        {"processes/voter_petition.json", embedded_voter_petition, embedded_voter_petition_end},
        {"processes/reception_booking.json", embedded_reception_booking,
         embedded_reception_booking_end},
        {"processes/hotline_ticket.json", embedded_hotline_ticket, embedded_hotline_ticket_end},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(files[i].name, name) == 0) {
            return (struct reference_file){name, files[i].start,
                                           (size_t)(files[i].end - files[i].start)};
        }
    }
    assert(!"every file of reference/ that is asked for is embedded");
    return (struct reference_file){0};
}
