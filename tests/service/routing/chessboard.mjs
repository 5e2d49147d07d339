// SPDX-License-Identifier: Apache-2.0
// Boundaries made up: the city as a chessboard, a cell for each of its wards and communes.
import { readFileSync } from 'node:fs';

export const CODES = JSON.parse(readFileSync('services/routing/reference/units.json', 'utf8')).units
  .filter(({ type, valid_to: end }) => ['ward', 'commune'].includes(type) && !end)
  .map(({ code }) => code).sort();
const COLUMNS = 14;
const [WEST, SOUTH, WIDTH, HEIGHT] = [105.3, 20.6, 0.05, 0.09];

// Cell i, counted from the south-west by rows.
function square(i) {
  const [x, y] = [WEST + (i % COLUMNS) * WIDTH, SOUTH + Math.floor(i / COLUMNS) * HEIGHT];
  const [e, n] = [x + WIDTH, y + HEIGHT];
  const ring = [[x, y], [e, y], [e, n], [x, n], [x, y]]
    .map((at) => at.map((degrees) => Number(degrees.toFixed(5))));
  return { type: 'Polygon', coordinates: [ring] };
}

export function chessboard(change = () => {}) {
  const document = { type: 'FeatureCollection', attribution: 'Bàn cờ', features: CODES.map(
    (code, i) => ({ type: 'Feature', properties: { code }, geometry: square(i) })) };
  change(document);
  return document;
}

// A place in cell i, so many metres west of its eastern border.
export function inCell(i, metres = 2000) {
  const [[, [e, y]]] = square(i).coordinates;
  return { lat: Number((y + HEIGHT / 2).toFixed(5)), lon: e - metres / 103970 };
}
