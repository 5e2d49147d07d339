#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes units.json, successors.json and boundaries.geojson beside this file.

    python3 -m venv DIR && DIR/bin/pip install -r requirements.txt
    DIR/bin/python generate.py                    # same bytes every time
    DIR/bin/python generate.py --compare TRUE.geojson   # also measures against true polygons

Names, codes, centroids and successors come from the package vietnamadminunits (MIT, see
README.md); city agencies come from agencies.py. Nothing else is read.
"""
import argparse
import json
import sqlite3
import sys
import unicodedata
from pathlib import Path

import vietnamadminunits

import agencies
import boundaries

HERE = Path(__file__).resolve().parent
DATA = Path(vietnamadminunits.__file__).parent / "data"
CURRENT_FROM, FORMER_TO = "2025-07-01", "2025-06-30"
FORMER_FROM = "2025-01-01"  # since then the set of 526 held; older sets are not recorded
CURRENT_SOURCE = "19/2025/QĐ-TTg"
FORMER_SOURCE = "vietnamadminunits 1.0.4 (units before 2025-07-01)"
TYPES = {  # Vietnamese word: (type, English word)
    "Phường": ("ward", "Ward"),
    "Xã": ("commune", "Commune"),
    "Thị trấn": ("township", "Township"),
    "Quận": ("district", "Urban District"),
    "Huyện": ("district", "District"),
    "Thị xã": ("district", "Town"),
}
# Where the package spells a name otherwise than the decision that gives the codes.
CURRENT_SPELLING = {
    "00175": "Yên Hoà", "09856": "Dương Hoà", "09988": "Hoà Lạc", "10096": "Hoà Phú",
    "10180": "Dân Hoà", "10402": "Ứng Hoà", "10417": "Hoà Xá",
}
FORMER_SPELLING = {
    "00181": "Văn Miếu - Quốc Tử Giám", "00226": "Phương Liên - Trung Tự",
}


def plain(text):
    """Vietnamese letters without their marks."""
    text = text.replace("Đ", "D").replace("đ", "d")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def unit_name(kind, short):
    return {"vi": f"{kind} {short}", "en": f"{plain(short)} {TYPES[kind][1]}"}


def read_rows(table):
    connection = sqlite3.connect(f"file:{DATA / 'dataset.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    rows = connection.execute(f"SELECT * FROM {table} WHERE provinceCode = '01'").fetchall()
    return [dict(row) for row in rows if row["wardCode"]]


def centroid(row):
    return {"lat": round(row["wardLat"], 6), "lon": round(row["wardLon"], 6)}


def city_units():
    rows = [agencies.CITY, *agencies.AGENCIES]
    for code, kind, vi, en, parent, valid_from, source in rows:
        unit = {"code": code, "name": {"vi": vi, "en": en}, "type": kind}
        if parent:
            unit["parent"] = parent
        yield {**unit, "valid_from": valid_from, "source": source}


def former_agencies():
    for code, kind, vi, en, parent, valid_from, valid_to, source in agencies.FORMER_AGENCIES:
        yield {"code": code, "name": {"vi": vi, "en": en}, "type": kind, "parent": parent,
               "valid_from": valid_from, "valid_to": valid_to, "source": source}


def current_units(rows):
    for row in sorted(rows, key=lambda r: r["wardCode"]):
        kind, code = row["wardType"], row["wardCode"]
        short = CURRENT_SPELLING.get(code, row["wardShort"])
        yield {"code": code, "name": unit_name(kind, short), "type": TYPES[kind][0],
               "parent": "HN", "valid_from": CURRENT_FROM, "source": CURRENT_SOURCE,
               "centroid": centroid(row), "area_km2": row["wardAreaKm2"]}


def former_districts(rows):
    districts = {r["districtCode"]: r for r in rows}
    for code, row in sorted(districts.items()):
        name = unit_name(row["districtType"], row["districtShort"])
        yield {"code": code, "name": name, "type": "district", "parent": "HN",
               "valid_from": FORMER_FROM, "valid_to": FORMER_TO, "source": FORMER_SOURCE}


def former_communes(rows):
    for row in sorted(rows, key=lambda r: r["wardCode"]):
        kind, code = row["wardType"], row["wardCode"]
        short = FORMER_SPELLING.get(code, row["wardShort"])
        yield {"code": code, "name": unit_name(kind, short), "type": TYPES[kind][0],
               "parent": row["districtCode"], "valid_from": FORMER_FROM, "valid_to": FORMER_TO,
               "source": FORMER_SOURCE, "centroid": centroid(row)}


def successor_rows(former, current):
    """(former code, current code, main) for each pair; main once per former commune."""
    province = former[0]["provinceKey"]
    converter = json.loads((DATA / "converter_2025.json").read_text(encoding="utf-8"))
    code_of = {row["wardKey"]: row["wardCode"] for row in current}
    former_of = {f"{province}_{r['districtKey']}_{r['wardKey']}": r["wardCode"] for r in former}
    pairs = []
    for new_key, old_keys in converter["DICT_PROVINCE_WARD_NO_DIVIDED"][province].items():
        pairs += [(former_of[old], code_of[new_key], True) for old in old_keys]
    for old, parts in converter["DICT_PROVINCE_WARD_DIVIDED"][province].items():
        pairs += [(former_of[old], code_of[p["newWardKey"]], p["isDefaultNewWard"]) for p in parts]
    return sorted(pairs, key=lambda p: (p[0], not p[2], p[1]))


def check(former, current, pairs):
    """The counts that the law and the package promise; a change must be looked at by a person."""
    assert len(current) == 126 and len({r["wardCode"] for r in current}) == 126
    assert len(former) == 526 and len({r["wardCode"] for r in former}) == 526
    assert len({r["districtCode"] for r in former}) == 30
    assert {p[0] for p in pairs} == {r["wardCode"] for r in former}
    assert {p[1] for p in pairs} == {r["wardCode"] for r in current}
    assert len(pairs) == len({p[:2] for p in pairs})
    assert sum(p[2] for p in pairs) == 526, "each former commune has one main successor"


def check_agencies():
    present = {row[0] for row in agencies.AGENCIES}
    former = {row[0] for row in agencies.FORMER_AGENCIES}
    main = [pair[0] for pair in agencies.SUCCESSORS if pair[2]]
    assert set(main) == former - present, "who is no more has a successor"
    assert len(main) == len(set(main)) and {p[1] for p in agencies.SUCCESSORS} <= present


def write_lines(path, head, key, items):
    """JSON with one item per line, so that a change reads as one line of a diff."""
    def text(value):
        return json.dumps(value, ensure_ascii=False)

    lines = [f" {text(name)}: {text(value)},\n" for name, value in head.items()]
    body = ",\n".join(f"  {text(item)}" for item in items)
    path.write_text("{\n" + "".join(lines) + f" {text(key)}: [\n{body}\n ]\n}}\n", encoding="utf-8")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--compare", type=Path, help="GeoJSON of true polygons")
    options = arguments.parse_args()

    former, current = read_rows("admin_units_legacy"), read_rows("admin_units")
    pairs = successor_rows(former, current)
    check(former, current, pairs)
    check_agencies()
    units = [*city_units(), *current_units(current), *former_agencies(),
             *former_districts(former), *former_communes(former)]
    attribution = "vietnamadminunits 1.0.4, (c) 2025 Tran Ngoc Minh Hieu, MIT licence"
    write_lines(HERE / "units.json", {"version": "2025-07-01.2", "attribution": attribution},
                "units", units)
    write_lines(HERE / "successors.json",
                {"version": "2025-07-01.2", "attribution": attribution, "changed_on": CURRENT_FROM},
                "successors",
                [{"former": f, "current": c, "main": m} for f, c, m in pairs] +
                [{"former": f, "current": c, "main": m, "changed_on": agencies.MERGER}
                 for f, c, m in agencies.SUCCESSORS])

    coverage = boundaries.build(former, current, pairs)
    features = [boundaries.feature(unit, coverage[unit["code"]])
                for unit in current_units(current)]
    write_lines(HERE / "boundaries.geojson",
                {"type": "FeatureCollection", "approximate": True,
                 "note": "Voronoi cells of former communes; replace with surveyed boundaries",
                 "attribution": attribution}, "features", features)
    print(f"{len(units)} units, {len(pairs)} successor pairs, {len(features)} boundaries")
    if options.compare:
        boundaries.compare(coverage, options.compare, sys.stdout)


if __name__ == "__main__":
    main()
