// SPDX-License-Identifier: Apache-2.0
// The people of the demo: one for each role. Names are invented.

const WARD = '00070'; // Phường Hoàn Kiếm
const CITY = 'HN';
const CITY_OFFICE = 'VPUB'; // Văn phòng UBND Thành phố

const table = [
  // key, role, name, unit
  ['citizen', 'citizen', 'Nguyễn Văn An'],
  ['officer', 'officer', 'Trần Thị Bình', WARD],
  ['focal_point', 'focal_point', 'Lê Quốc Cường', WARD],
  ['supervisor', 'supervisor', 'Phạm Tuấn Dũng', CITY],
  ['city_office', 'supervisor', 'Vũ Thu Hạnh', CITY_OFFICE],
  ['editor', 'editor', 'Hoàng Thị Lan', WARD],
  ['approver', 'approver', 'Đặng Minh Khôi', WARD],
  ['hotline_operator', 'hotline_operator', 'Bùi Ngọc Mai', WARD],
  ['volunteer', 'volunteer', 'Đỗ Hải Nam'],
  ['auditor', 'auditor', 'Ngô Thanh Phương', CITY],
  ['administrator', 'administrator', 'Dương Đức Quang', CITY],
];

export const people = new Map(table.map(([key, role, name, unit]) => [
  key, { sub: `demo-${key.replaceAll('_', '-')}`, role, name, unit, email: `${key}@ihanoi.example` },
]));

export function personBySub(sub) {
  return [...people.values()].find((person) => person.sub === sub);
}

// The claims that services read (common/auth.h). Undefined ones stay out of the token.
export function claimsOf({ role, name, email, unit }) {
  return { roles: [role], name, email, unit };
}
