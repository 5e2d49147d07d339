# SPDX-License-Identifier: Apache-2.0
"""Approximate boundaries of the current units.

Each former commune gets the Voronoi cell of its centroid; a commune that was divided between
several current units is shared out among them by distance to their centroids. Cells are clipped
to an outline made of the communes' bounding boxes and dissolved by current unit. All borders are
cut from one set of rounded lines, so neighbours share their vertices: no gaps, no overlaps.
"""
import json
import math
from collections import defaultdict

import numpy
import shapely
from scipy.spatial import Voronoi

DECIMALS = 5  # about one metre
KM = 1 / 111.32  # of latitude, in degrees
STRETCH = math.cos(math.radians(21.0))  # makes a degree of longitude as long as one of latitude


def flat(lat, lon):
    return (lon * STRETCH, lat)


def outline(former):
    """Union of bounding boxes, its steps filled in: generous towards the neighbour provinces."""
    boxes = []
    for row in former:
        low, high = row["wardBounds"].split("–")
        south, west = map(float, low.split(","))
        north, east = map(float, high.split(","))
        boxes.append(shapely.box(west * STRETCH, south, east * STRETCH, north))
    area = shapely.union_all(boxes).buffer(1.5 * KM, join_style="mitre").buffer(-2.0 * KM)
    largest = max(shapely.get_parts(area), key=shapely.area)
    return shapely.Polygon(largest.exterior).simplify(0.2 * KM)


def voronoi_cells(points):
    """One polygon per point; four far points close the outer cells."""
    far = [flat(21 + dy, 105.7 + dx) for dx in (-9, 9) for dy in (-9, 9)]
    diagram = Voronoi(numpy.array([*points, *far]))
    return [shapely.Polygon(diagram.vertices[diagram.regions[diagram.point_region[i]]])
            for i in range(len(points))]


def shares(former, current, pairs):
    """Polygons per current unit, before clipping."""
    successors = defaultdict(list)
    for old, new, _ in pairs:
        successors[old].append(new)
    centre = {row["wardCode"]: flat(row["wardLat"], row["wardLon"]) for row in current}
    cells = voronoi_cells([flat(row["wardLat"], row["wardLon"]) for row in former])
    pieces = defaultdict(list)
    for row, cell in zip(former, cells):
        heirs = successors[row["wardCode"]]
        if len(heirs) == 1:
            pieces[heirs[0]].append(cell)
            continue
        for heir, part in zip(heirs, nearest_parts(cell, [centre[h] for h in heirs])):
            if not part.is_empty:
                pieces[heir].append(part)
    return {code: shapely.union_all(parts) for code, parts in pieces.items()}


def nearest_parts(cell, centres):
    """Splits a cell among centres: each keeps what is nearer to it than to the others."""
    for i, (x, y) in enumerate(centres):
        part = cell
        for j, (other_x, other_y) in enumerate(centres):
            if i != j:
                part = part.intersection(half_plane(x, y, other_x, other_y))
        yield part


def half_plane(x, y, other_x, other_y):
    """The side of the perpendicular bisector on which (x, y) lies, as a large rectangle."""
    size = 20.0
    length = math.hypot(other_x - x, other_y - y)
    ux, uy = (other_x - x) / length, (other_y - y) / length
    mid_x, mid_y = (x + other_x) / 2, (y + other_y) / 2
    a, b = (mid_x - uy * size, mid_y + ux * size), (mid_x + uy * size, mid_y - ux * size)
    return shapely.Polygon([a, b, (b[0] - ux * size, b[1] - uy * size),
                            (a[0] - ux * size, a[1] - uy * size)])


def to_degrees(geometry):
    return shapely.transform(geometry, lambda xy: xy / [STRETCH, 1.0])


def label_faces(polygons):
    """One noded set of rounded lines, its faces, and the unit that covers most of each face."""
    grid = 10.0 ** -DECIMALS
    lines = shapely.unary_union([p.boundary for p in polygons.values()], grid_size=grid)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    codes = list(polygons)
    tree = shapely.STRtree(list(polygons.values()))
    owned = defaultdict(list)
    for face in faces:
        near = tree.query(face, predicate="intersects")
        overlap = [(shapely.area(polygons[codes[i]].intersection(face)), codes[i]) for i in near]
        area, code = max(overlap, default=(0.0, None))
        if code and area > 0.5 * face.area:
            owned[code].append(face)
    return owned


def build(former, current, pairs):
    """Current code → polygon in degrees. All together they form a valid coverage."""
    city = outline(former)
    clipped = {code: to_degrees(area.intersection(city))
               for code, area in sorted(shares(former, current, pairs).items())}
    coverage = {code: shapely.normalize(shapely.union_all(faces))
                for code, faces in label_faces(clipped).items()}
    missing = {row["wardCode"] for row in current} - set(coverage)
    assert not missing, f"units without area: {missing}"
    geometries = list(coverage.values())
    assert all(shapely.is_valid(geometries)), "an invalid polygon"
    assert shapely.coverage_is_valid(geometries), "neighbours overlap or do not share vertices"
    whole = shapely.union_all(geometries)
    assert whole.geom_type == "Polygon" and not whole.interiors, "a gap inside the city"
    return coverage


def feature(unit, geometry):
    return {"type": "Feature",
            "properties": {"code": unit["code"], "name": unit["name"]["vi"], "approximate": True},
            "geometry": rounded(json.loads(shapely.to_geojson(geometry)))}


def rounded(geometry):
    def tidy(value):
        if isinstance(value, list):
            return [tidy(item) for item in value]
        return round(value, DECIMALS)

    return {**geometry, "coordinates": tidy(geometry["coordinates"])}


def compare(coverage, path, out):
    """Prints which share of the true area the approximation gives to the right unit."""
    document = json.loads(path.read_text(encoding="utf-8"))
    true = {f["properties"]["code"]: shapely.make_valid(shapely.geometry.shape(f["geometry"]))
            for f in document["features"]}
    agreed = {code: area.intersection(coverage[code]).area for code, area in true.items()}
    share = {code: agreed[code] / area.area for code, area in true.items()}
    total = sum(agreed.values()) / sum(area.area for area in true.values())
    worst = min(share, key=share.get)
    print(f"agreement with {path.name}: {total:.3f} of the area, "
          f"median unit {numpy.median(list(share.values())):.3f}, "
          f"worst {worst} {share[worst]:.3f}", file=out)
