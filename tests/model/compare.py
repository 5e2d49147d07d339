# SPDX-License-Identifier: Apache-2.0
"""Compares what analytics answers with what the model counts.

    python3 tests/model/compare.py FOLDER URL KEY

Reads the dump in FOLDER once. Then each line of the input is a comparison to make: a seed, and
which part of the answers is looked at (1: all), drawn by the seed; those of the city and of the
units as a whole always are. Prints differences as lines, and for each comparison one line of JSON:
how many figures of how many answers, how many differences. KEY is of a system that may see small
figures too.
"""
import bisect
import datetime
import gc
import http.client
import itertools
import json
import math
import random
import sys
import time
import urllib.parse

import model

SHOWN = 20  # differences; the others are counted
WEEKS, DAYS = 4, 6  # drawn for each comparison
SURE = 30  # cases; with fewer a figure is uncertain
SECOND = datetime.timedelta(seconds=1)


class Service:
    """Answers of analytics, over one connection."""

    def __init__(self, url, key):
        place = urllib.parse.urlsplit(url)
        self.headers = {"X-API-Key": key}
        self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        self.answers = 0

    def get(self, path, **query):
        query = {name: value for name, value in query.items() if value is not None}
        status, body = self.ask(f"/api/analytics/{path}?{urllib.parse.urlencode(query)}")
        if status != 200:
            raise RuntimeError(f"{path} {query}: {status} {body}")
        self.answers += 1
        return body

    def ask(self, path):
        """Once more where the service has closed a connection that was idle while we counted."""
        for last in (False, True):
            try:
                self.connection.request("GET", path, headers=self.headers)
                answer = self.connection.getresponse()
                return answer.status, json.loads(answer.read())
            except (ConnectionError, http.client.BadStatusLine):
                self.connection.close()
                if last:
                    raise


class Comparison:
    """One pass over everything."""

    def __init__(self, city, service, tables, seed, part):
        self.city, self.service, self.tables = city, service, tables
        self.random, self.part = random.Random(seed), part
        self.figures, self.differences = 0, 0
        self.definitions = {item["code"]: item for item in service.get("definitions")["items"] if is_of_cases(item)}

    def differ(self, where, told, expected):
        self.differences += 1
        if self.differences <= SHOWN:
            print(f"DIFFERENCE {where}: told {told}, expected {expected}", flush=True)

    # ---- what time alone has changed since the model counted ----

    def turned(self, as_of):
        """Cases that count otherwise by the second after as_of."""
        later = (datetime.datetime.strptime(as_of, model.FORM) + SECOND).strftime(model.FORM)[:-4] + "Z"
        return self.city.turning[:bisect.bisect_left(self.city.turning, (later,))]

    def totals(self, dimensions, period, key, total, turned, as_of):
        """The sum at as_of, and those that it may be by the second after, of which the service says that it may be
        counted already."""
        possible = [total]
        for due, number, more in turned:
            case = self.city.cases[number]
            if model.key_of(case, dimensions) != key or period not in model.periods_of(case.day).values():
                continue
            if due < as_of:
                possible = [total + more for total in possible]
            else:
                possible += [total + more for total in possible]
        return possible

    # ---- figures ----

    def check(self, where, code, told, slice_, totals):
        self.figures += 1
        if code == model.TIME:
            self.check_times(where, told, slice_, totals)
        else:
            self.check_ratio(where, code, told, totals)

    def check_ratio(self, where, code, told, totals):
        parts = ("numerator", "denominator", "pending")
        expected = [[model.counter(total, (code, part)) for part in parts] for total in totals]
        given = [told[part] for part in parts]
        if given not in expected:
            self.differ(where, dict(zip(parts, given)), [dict(zip(parts, counts)) for counts in expected])
            return
        numerator, denominator, _ = given
        if told["uncertain"] != (denominator < SURE):
            self.differ(where, f"uncertain {told['uncertain']}", f"{denominator} cases")
        if denominator == 0:
            if "value" in told or "interval" in told:
                self.differ(where, told, "no value of nothing")
            return
        self.near(where + " value", told["value"], numerator / denominator, 0.6e-6)
        if code not in model.MEANS:
            for end, bound in zip(("low", "high"), wilson(numerator, denominator)):
                self.near(f"{where} interval.{end}", told["interval"][end], bound, 0.6e-6)

    def check_times(self, where, told, slice_, totals):
        opens = [model.counter(total, "open") for total in totals]
        count = len(slice_.hours)
        if told["count"] != count or told["open"] not in opens:
            self.differ(where, [told["count"], told["open"]], [count, opens])
            return
        if told["uncertain"] != (count < SURE):
            self.differ(where, f"uncertain {told['uncertain']}", f"{count} cases")
        error = self.tolerated(told)
        for name, q, extra in (("median_hours", 0.5, 0), ("p90_hours", 0.9, 0),
                               ("median_with_open_hours", 0.5, told["open"])):
            true = slice_.quantile(q, extra) if count > 0 else None
            if (true is None) != (name not in told):
                self.differ(f"{where} {name}", told.get(name), true)
            elif true is not None:
                under_a_minute = 1 / 60 if true < 1 / 60 else 0  # which counts as none
                self.near(f"{where} {name}", told[name], true, error * true + 0.005 + under_a_minute)

    @staticmethod
    def tolerated(told):
        if not 0 < told["relative_error"] <= 0.01:
            raise RuntimeError(f"hours are off by {told['relative_error']}")
        return told["relative_error"]

    def near(self, where, told, expected, by):
        if abs(told - expected) > by + 1e-9:
            self.differ(where, told, expected)

    # ---- answers ----

    def compare_city(self, period):
        figures = self.service.get("indicators", period=period)["items"]
        if not set(model.CODES) <= {figure["code"] for figure in figures}:
            self.differ(f"the city, {period}", [figure["code"] for figure in figures], model.CODES)
        for figure in figures:
            code = figure["code"]
            if code not in model.CODES:
                continue  # of another subject
            slice_ = self.tables[(), period].get((), model.Slice())
            totals = self.totals((), period, (), slice_.total, self.turned(figure["as_of"]), figure["as_of"])
            self.check(f"{code} of the city, {period}", code, figure, slice_, totals)

    def compare_members(self, dimensions, period, by, fixed):
        """fixed: (dimension, member) of the other dimension, if there is one."""
        table, place = self.tables[dimensions, period], dimensions.index(by)
        expected = {key[place]: slice_ for key, slice_ in table.items()
                    if fixed is None or key[1 - place] == fixed[1]}
        for code in model.CODES:
            if self.random.random() >= self.part:
                continue
            other = {} if fixed is None else {fixed[0]: fixed[1]}
            body = self.service.get("comparison", code=code, by=by, period=period, **other)
            where = f"{code} by {by}{''.join(f', {name} {member}' for name, member in other.items())}, {period}"
            told = {item["member"]: item for item in body["items"]}
            turned = self.turned(body["as_of"])
            if len(told) < len(body["items"]):
                self.differ(where, "a member twice", "once")
            for member in sorted(expected.keys() - told.keys()):
                self.differ(f"{where}, {member}", "nothing", "a figure")
            for member, item in told.items():
                slice_ = expected.get(member, model.Slice())
                key = tuple(member if name == by else fixed[1] for name in dimensions)
                totals = self.totals(dimensions, period, key, slice_.total, turned, body["as_of"])
                self.check(f"{where}, {member}", code, item, slice_, totals)
            self.check_ranks(where, code, body)

    def check_ranks(self, where, code, body):
        """By what the answer itself tells: the best first, equal ones share a rank."""
        if code == model.TIME:
            return
        sign = {"high": -1, "low": 1, "neither": 0}[self.definitions[code]["better"]]
        sure = [item for item in body["items"] if item["denominator"] >= SURE]
        worth = [sign * item["numerator"] / item["denominator"] for item in sure]
        order = sorted(worth)
        for item, mine in zip(sure, worth):
            rank = bisect.bisect_left(order, mine) + 1 if sign else None
            if item.get("rank") != rank:
                self.differ(f"{where}, {item['member']}", f"rank {item.get('rank')}", rank)
        if any("rank" in item for item in body["items"] if item["denominator"] < SURE):
            self.differ(where, "a rank of few cases", "none")

    def compare_pairs(self, dimensions, period):
        """All members of one dimension for each member of the other; the other way round, for one."""
        table = self.tables[dimensions, period]
        members = [sorted({key[place] for key in table}) for place in (0, 1)]
        fewer = min((0, 1), key=lambda place: len(members[place]))
        for member in members[fewer]:
            self.compare_members(dimensions, period, dimensions[1 - fewer], (dimensions[fewer], member))
        if members[1 - fewer]:
            member = self.random.choice(members[1 - fewer])
            self.compare_members(dimensions, period, dimensions[fewer], (dimensions[1 - fewer], member))

    def compare_series(self, dimensions):
        """Of the city, or of one member: months, quarters and years one after another."""
        members = sorted(self.tables[dimensions, "all"])
        key = self.random.choice(members) if members else None
        for code, step in itertools.product(model.CODES, ("year", "quarter", "month")):
            if key is None or self.random.random() >= self.part:
                continue
            periods = sorted(period for wanted, period in self.tables if wanted == dimensions and model.kind_of(period) == step)
            self.compare_steps(dimensions, key, code, step, periods)

    def compare_steps(self, dimensions, key, code, step, periods):
        """All periods in which cases were opened, those between them too."""
        body = self.service.get("series", **{"code": code, "step": step, "from": periods[0], "to": periods[-1]},
                                **dict(zip(dimensions, key)))
        where, turned = f"{code} by {step}, {dict(zip(dimensions, key))}", self.turned(body["as_of"])
        told = [item["period"] for item in body["items"]]
        if not set(periods) <= set(told) or told != sorted(set(told)):
            self.differ(where, told, periods)
        for item in body["items"]:
            period = item["period"]
            slice_ = self.tables.get((dimensions, period), {}).get(key, model.Slice())
            totals = self.totals(dimensions, period, key, slice_.total, turned, body["as_of"])
            self.check(f"{where}, {period}", code, item, slice_, totals)

    def compare_units(self, hands):
        table, by_category = self.tables[("unit",), "all"], self.tables[("unit", "category"), "all"]
        for (unit,), slice_ in table.items():
            body = self.service.get(f"units/{unit}")
            totals = self.totals(("unit",), "all", (unit,), slice_.total, self.turned(body["as_of"]), body["as_of"])
            where = f"unit {unit}"
            self.check_states(where, body["counts"], slice_)
            for category, counts in body["by_category"].items():
                self.check_states(f"{where} {category}", counts, by_category.get((unit, category), model.Slice()))
            overdue = [model.counter(total, "overdue") for total in totals]
            if body["overdue"] not in overdue:
                self.differ(f"{where} overdue", body["overdue"], overdue)
            if [body["handovers"][name] for name in ("returned", "received")] != hands.get(unit, [0, 0]):
                self.differ(f"{where} handovers", body["handovers"], hands.get(unit))
            self.figures += 2

    def check_states(self, where, told, slice_):
        self.figures += 1
        expected = {state: model.counter(slice_.total, state) for state in model.STATES}
        if told != expected:
            self.differ(f"{where} counts", told, expected)

    def run(self, hands):
        if set(self.definitions) != set(model.CODES):
            self.differ("definitions", sorted(self.definitions), sorted(model.CODES))
        for dimensions, period in self.tables:
            if not dimensions:
                self.compare_city(period)
            elif len(dimensions) == 1:
                self.compare_members(dimensions, period, dimensions[0], None)
            else:
                self.compare_pairs(dimensions, period)
        for dimensions in {dimensions: None for dimensions, _ in self.tables}:
            self.compare_series(dimensions)
        self.compare_units(hands)


def is_of_cases(item):
    return item["subject"] == "cases"


def wilson(numerator, denominator):
    """Wilson (1927), 95 %."""
    z = 1.959963984540054
    middle = numerator + z * z / 2
    half = z * math.sqrt(numerator * (denominator - numerator) / denominator + z * z / 4)
    return (middle - half) / (denominator + z * z), (middle + half) / (denominator + z * z)


def hands_of(city):
    """By unit: how many cases it gave back, and got because another one did."""
    hands = {}
    for case in city.cases:
        for place, units in enumerate(case.hands):
            for unit in units:
                hands.setdefault(unit, [0, 0])[place] += 1
    return hands


def wanted_periods(city, chance):
    """Everything, all years, quarters and months that cases were opened in, some weeks and days."""
    found = [model.periods_of(day) for day in sorted({case.day for case in city.cases})]
    by_kind = {kind: sorted({periods[kind] for periods in found}) for kind in found[0]} if found else {"all": ["all"]}
    drawn = {"week": WEEKS, "day": DAYS}
    return set(itertools.chain.from_iterable(
        chance.sample(periods, min(drawn.get(kind, len(periods)), len(periods))) for kind, periods in by_kind.items()))


def compare(city, service, groupings, seed, part):
    begun = time.monotonic()
    wanted = wanted_periods(city, random.Random(seed))
    tables = model.count_slices(city.cases, groupings, wanted)
    counted = time.monotonic()
    answers = service.answers
    comparison = Comparison(city, service, tables, seed, part)
    comparison.run(hands_of(city))
    return {"figures": comparison.figures, "answers": service.answers - answers,
            "differences": comparison.differences, "slices": sum(map(len, tables.values())),
            "counting_s": round(counted - begun, 1), "asking_s": round(time.monotonic() - counted, 1)}


def main():
    folder, url, key = sys.argv[1:]
    gc.disable()  # there are no cycles, and looking for them takes half of the time
    begun = time.monotonic()
    now = datetime.datetime.now(datetime.timezone.utc).strftime(model.FORM)[:-4] + "Z"
    city = model.City(folder, now)
    print(json.dumps({"events": city.events, "cases": len(city.cases), "turning": len(city.turning),
                      "reading_s": round(time.monotonic() - begun, 1)}), flush=True)
    for line in sys.stdin:
        seed, part = line.split()
        service = Service(url, key)
        groupings = [(tuple(item["dimensions"]), item["periods"]) for item in service.get("dimensions")["items"]
                     if is_of_cases(item)]
        print(json.dumps(compare(city, service, groupings, int(seed), float(part))), flush=True)


if __name__ == "__main__":
    main()
