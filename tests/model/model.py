# SPDX-License-Identifier: Apache-2.0
"""Counts cases by the words of the definitions, straight from a dump of city.cases.v1.

Written from `GET /api/analytics/definitions` (the formulas in words) and from the contract of the
events, not from the service: it keeps no sums that are moved by differences, it has no sketch, no
order of events, no database. Instants are texts ("2026-11-24T09:48:30.015Z"), which compare as
they follow each other in time.
"""
import datetime
import json
import math
import multiprocessing
import os

STATES = ["received", "accepted", "assigned", "in_progress", "resolved", "rejected", "withdrawn", "merged"]
REASONS = ["out_of_scope_legal", "unclear", "duplicate", "not_city", "abusive", "other"]

# ---- one case, as its highest version tells it ----

def state_of(c):
    """As what it is counted, by its phase: paused is in progress, closed is resolved."""
    phase = c["phase"]
    if phase == "working":
        return c["state"] if c["state"] in ("accepted", "assigned") else "in_progress"
    return {"paused": "in_progress", "closed": "resolved"}.get(phase, phase)


def is_open(c):
    return c["phase"] in ("received", "working", "paused")


def is_past(due, now):
    """In time up to and including the due instant."""
    return due is not None and now > due


def received_on_time(c, now):
    taken_at = c.get("accepted_at") or c.get("rejected_at")
    due = c.get("receive_due")
    if taken_at is None and c["phase"] == "received":
        return "missed" if is_past(due, now) else "pending"
    if due is None:
        return None  # nobody can tell
    if taken_at is not None:
        return "missed" if is_past(due, taken_at) else "met"
    return "missed" if is_past(due, c["at"]) else None  # withdrawn or merged before


def resolved_on_time(c, now):
    due = c.get("resolve_due")
    if is_open(c):
        if c.get("accepted_at") is None:
            return None
        return "missed" if is_past(due, now) else "pending"
    if state_of(c) != "resolved" or due is None or c.get("resolved_at") is None:
        return None
    return "missed" if is_past(due, c["resolved_at"]) else "met"


def standing(judge):
    def count(c, now):
        stands = judge(c, now)
        return int(stands == "met"), int(stands in ("met", "missed")), int(stands == "pending")
    return count


def share(among, which):
    def count(c, _):
        return int(among(c) and which(c)), int(among(c)), 0
    return count


def everyone(_):
    return True


def resolved(c):
    return state_of(c) == "resolved"


def rejected(c):
    return c["phase"] == "rejected"


def rejected_for(reason):
    return lambda c: rejected(c) and c.get("reason", {}).get("class") == reason


def rated(c):
    return c.get("rating") is not None


def handovers(c):
    return c.get("handovers", [])


def has_result(c):
    return c.get("resolved_at") is not None


def reopened(c):
    return c.get("reopenings", 0) > 0


def placed(c):
    return c.get("area") is not None and (not c["near_border"] or c.get("area_confirmed", False))


RATIOS = {
    "received_on_time": standing(received_on_time),
    "resolved_on_time": standing(resolved_on_time),
    "processed": share(lambda c: not rejected(c), resolved),
    "processed_of_all": share(everyone, resolved),
    "rejected": share(everyone, rejected),
    **{"rejected_" + reason: share(everyone, rejected_for(reason)) for reason in REASONS},
    "satisfied_or_accepting": share(rated, lambda c: c["rating"] in ("satisfied", "acceptable")),
    "satisfied": share(rated, lambda c: c["rating"] == "satisfied"),
    "rating_response": share(lambda c: c.get("rating_asked", False) or rated(c), rated),
    "handovers_per_case": lambda c, _: (len(handovers(c)), 1, 0),
    "handed_over_often": share(everyone, lambda c: len(handovers(c)) >= 2),
    "reopened": share(lambda c: c["had_result"], reopened),
    "resolved_with_evidence": share(has_result, lambda c: len(c["result"]["evidence"]) > 0),
    "placed": share(everyone, placed),
    "reclassified": share(lambda c: c["filed"] is not None, lambda c: c["filed"] != c["category"]),
}
TIME = "resolution_time"
MEANS = ["handovers_per_case"]
CODES = [*RATIOS, TIME]


# ---- what a case adds: counters side by side in one whole number, so that adding is one step ----

WIDTH = 32  # bits of a counter
PLACES = {}  # name of a counter to its place
for _code in RATIOS:
    for _part in ("numerator", "denominator", "pending"):
        PLACES[_code, _part] = len(PLACES)
for _name in [*STATES, "open", "overdue"]:
    PLACES[_name] = len(PLACES)
MASK = (1 << WIDTH) - 1


def counter(total, name):
    return total >> PLACES[name] * WIDTH & MASK


def one(name, amount=1):
    return amount << PLACES[name] * WIDTH


def is_appointment(c):
    """Kept, not resolved in time: among the counts of its unit, in no indicator."""
    return c["kind"] == "reception_booking"


def adds(c, now):
    due = c.get("resolve_due") if c["phase"] != "received" or c.get("accepted_at") else c.get("receive_due")
    total = one(state_of(c)) + one("overdue", int(is_open(c) and is_past(due, now)))
    if is_appointment(c):
        return total
    for code, count in RATIOS.items():
        for part, amount in zip(("numerator", "denominator", "pending"), count(c, now)):
            total += one((code, part), amount)
    return total + one("open", int(is_open(c) and c.get("accepted_at") is not None))


def hours_of(c):
    """Working time to the result, if it is told."""
    spent_us = c.get("clocks", {}).get("resolve", {}).get("spent_us")
    return spent_us / 3.6e9 if resolved(c) and not is_appointment(c) and spent_us is not None else None


def dues_of(c):
    """Instants past which time alone changes how an open case counts."""
    return [due for due in (c.get("receive_due"), c.get("resolve_due")) if due is not None and is_open(c)]


def hands_of(c):
    """Who gave it back, and who had it next, whoever was named: each once."""
    givers = [handover["from"] for handover in handovers(c)]
    takers = givers[1:] + ([c["unit"]] if givers and c["queue"] == "unit" else [])
    return sorted(set(givers)), sorted(set(takers))


# ---- time ----

CITY = datetime.timedelta(hours=7)
FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def city_day(instant):
    """The city's date of an instant."""
    return (datetime.datetime.strptime(instant, FORM) + CITY).date()


def periods_of(day):
    """By kind, the period that a day lies in."""
    year, week, _ = day.isocalendar()
    return {"all": "all", "year": f"{day.year:04}", "quarter": f"{day.year:04}-Q{(day.month + 2) // 3}",
            "month": f"{day.year:04}-{day.month:02}", "week": f"{year:04}-W{week:02}", "day": day.isoformat()}


# ---- the dump ----

class Known:
    """What a partition tells of one case."""
    __slots__ = ("version", "data", "filed", "had_result")

    def __init__(self):
        self.version, self.data, self.filed, self.had_result = 0, None, None, False

    def see(self, data):
        self.had_result = self.had_result or data["phase"] == "resolved"
        if data["version"] == 1:
            self.filed = data["category"]
        if data["version"] > self.version:
            self.version, self.data = data["version"], data


def read_cases(path):
    cases, events = {}, 0
    with open(path, "rb") as lines:
        for line in lines:
            data = json.loads(line)
            events += 1
            cases.setdefault(data["case_id"], Known()).see(data)
    for known in cases.values():
        known.data["filed"], known.data["had_result"] = known.filed, known.had_result
    return events, cases


def read_divisions(path):
    """The sets that were told, the earliest to end first; the present one has no end."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines]
    return sorted(told, key=lambda division: division.get("valid_to", "~"))


class Places:
    """In which area of today something lies, and in which district of its day."""

    def __init__(self, divisions):
        self.divisions = [(division.get("valid_to", "~"), {area["code"]: area for area in division["areas"]})
                          for division in divisions]

    def of(self, code, opened_at):
        district = None
        held = [areas for end, areas in self.divisions if opened_at < end]
        if held and code in held[0]:
            district = held[0][code].get("district")
        for areas in held[:-1]:  # into the next one each time
            code = areas.get(code, {}).get("successor", code)
        return code, district


def rule_of(c, name):
    rule = c["rules"].get(name)
    return f"{rule['code']}@{rule['version']}" if rule else None


class Counted:
    """What is kept of a case."""
    __slots__ = ("members", "day", "adds", "hours", "changes", "hands", "counts")

    def __init__(self, c, now, places):
        area, district = places.of(c.get("area"), c["opened_at"])
        self.members = {"area": area, "category": c["category"], "channel": c.get("channel"), "district": district,
                        "level": c["level"], "process": c["kind"], "unit": c.get("unit"),
                        "receive_rule": rule_of(c, "receive"), "resolve_rule": rule_of(c, "resolve")}
        self.day = city_day(c["opened_at"])
        self.adds = adds(c, now)
        self.hours = hours_of(c)
        self.hands = hands_of(c)
        self.changes = []  # of time alone: past this instant, so much more
        before = self.adds
        for due in sorted(due for due in dues_of(c) if due >= now):
            after = adds(c, due[:-1] + "~")  # sorts behind it, before the next millisecond
            self.changes.append((due, after - before))
            before = after


def read_partition(job):
    path, now, places = job
    events, cases = read_cases(path)
    return events, list(cases), [Counted(known.data, now, places) for known in cases.values()]


class City:
    """All cases of a dump. The sets of units are beside its folder."""

    def __init__(self, folder, now):
        places = Places(read_divisions(os.path.join(os.path.dirname(os.path.abspath(folder)), "unit_sets.ndjson")))
        paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
        self.events, self.cases, ids = 0, [], set()
        with multiprocessing.Pool(2) as pool:
            for events, names, cases in pool.imap(read_partition, [(path, now, places) for path in paths]):
                self.events += events
                self.cases += cases
                assert ids.isdisjoint(names), "a case lies in one partition"
                ids.update(names)
        self.turning = sorted((due, n, more) for n, c in enumerate(self.cases) for due, more in c.changes)


# ---- slices ----

class Slice:
    """Cases of the same members and period."""
    __slots__ = ("total", "hours", "ordered")

    def __init__(self):
        self.total, self.hours, self.ordered = 0, [], False

    def quantile(self, q, extra=0):
        """Value number ceil(q n) in order; extra: so many more that are longer than all. None: it is among them."""
        if not self.ordered:
            self.hours.sort()
            self.ordered = True
        number = math.ceil(q * (len(self.hours) + extra))
        return self.hours[number - 1] if 0 < number <= len(self.hours) else None


def key_of(case, dimensions):
    """The members that the case has; None where it lacks one."""
    key = tuple(case.members[name] for name in dimensions)
    return None if None in key else key


def count_slices(cases, groupings, wanted):
    """groupings: tuples of dimensions, each with its kinds of periods. wanted: periods that are looked at.
    To {(dimensions, period): {members: Slice}}."""
    slices = {(dimensions, period): {} for dimensions, kinds in groupings for period in wanted
              if kind_of(period) in kinds}
    chosen = {}
    for case in cases:
        if case.day not in chosen:
            periods = [period for period in periods_of(case.day).values() if period in wanted]
            chosen[case.day] = [[slices[dimensions, period] for period in periods if (dimensions, period) in slices]
                                for dimensions, _ in groupings]
        for (dimensions, _), tables in zip(groupings, chosen[case.day]):
            key = key_of(case, dimensions)
            if key is None:
                continue
            for table in tables:
                if key not in table:
                    table[key] = Slice()
                table[key].total += case.adds
                if case.hours is not None:
                    table[key].hours.append(case.hours)
    return slices


def kind_of(period):
    if period == "all":
        return "all"
    if "Q" in period or "W" in period:
        return "quarter" if "Q" in period else "week"
    return {4: "year", 7: "month", 10: "day"}[len(period)]
