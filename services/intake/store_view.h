/* SPDX-License-Identifier: Apache-2.0 */
/* store_view: the text of what statements that read submissions have in common; for files that hold
 * such statements alone. Tables are s, c (the case) and m (the moderation that holds). */
#ifndef INTAKE_STORE_VIEW_H
#define INTAKE_STORE_VIEW_H

/* What every reading of a submission selects; store_take_list and the like know the order. */
#define VIEW_COLUMNS                                                                               \
    "s.id, s.ticket, s.channel, s.category, s.level, s.title, s.description, s.lat, s.lon, "       \
    "s.address, s.media, s.reporter_ref, s.anonymous, s.client, s.language, s.submitted_at, "      \
    "s.receive_by, s.rule_code, s.rule_version, s.rule_source, coalesce(c.version, 0), c.state, "  \
    "c.phase, c.queue, c.unit, c.receive_due, c.resolve_due, c.timeout_at, c.updated_at, "         \
    "c.handovers::text, c.question::text, c.result::text, c.reason::text, c.result ->> 'text', "   \
    "c.reason ->> 'text', c.rating, coalesce(c.rating_asked, false), c.merged_into, c.closed_at, " \
    "s.address_id, coalesce(m.version, 0), m.decision, m.title, m.description, m.media, "          \
    "m.exact_place, (SELECT count(*)::integer FROM support u WHERE u.submission_id = s.id), "      \
    "s.kind, s.answers::text, s.details::text, s.business"
#define VIEW_MODERATION                                                                            \
    "LEFT JOIN moderation m ON m.submission_id = s.id AND m.version = s.moderation "
#define VIEW_CASE   "LEFT JOIN submission_case c ON c.submission_id = s.id " VIEW_MODERATION
#define VIEW_TABLES "FROM submission s " VIEW_CASE

/* What everybody may see at all; k is the category. Kinds that are a person's own affair (a ticket
 * of the hotline, a booking, a petition, a hint at waste) never come out, whatever their category.
 */
#define VIEW_PUBLIC                                                                                \
    "NOT k.sensitive AND s.kind IN ('onsite_report', 'procedure_report', 'initiative')"

/* Decimals of the place that everybody may see, as public_view_of gives them. */
#define VIEW_DECIMALS                                                                              \
    "CASE WHEN m.exact_place AND coalesce(c.phase <> 'withdrawn', true) THEN 7 ELSE 3 END"

#endif
