// SPDX-License-Identifier: Apache-2.0
// What residents might report on an ordinary day, made up and repeatable: points inside the
// city's wards and communes (crowded ones more often), categories by how often they are heard of,
// words in Vietnamese, now and then in English, some of it urgent.
import { readFileSync } from 'node:fs';

const BOUNDARIES = 'services/routing/reference/boundaries.geojson';

const SUBJECTS = [
  { weight: 24, category: 'giao-thong', what: ['Ổ gà sâu giữa đường', 'Đèn tín hiệu không sáng',
    'Xe đỗ chắn lối vào ngõ', 'Nắp cống bị mất, rất nguy hiểm'] },
  { weight: 20, category: 'moi-truong-rac-thai', what: ['Rác chất đống ba ngày chưa thu gom',
    'Đốt rác khói mù mịt', 'Mùi hôi từ mương thoát nước', 'Quán hát làm ồn sau 22 giờ'] },
  { weight: 16, category: 'ha-tang', what: ['Đèn đường hỏng cả dãy', 'Cây xanh nghiêng, sắp đổ',
    'Vỉa hè lún nứt', 'Ngập nước sau mưa, cống không thoát'] },
  { weight: 14, category: 'trat-tu-do-thi', what: ['Hàng quán lấn chiếm vỉa hè',
    'Quảng cáo dán kín cột điện', 'Bãi giữ xe trái phép trên vỉa hè'] },
  { weight: 8, category: 'dien-nuoc', what: ['Mất nước từ sáng', 'Nước máy đục, có mùi',
    'Dây điện võng sát đầu người'] },
  { weight: 6, category: 'xay-dung-trat-tu-xd', what: ['Xây vượt tầng so với giấy phép',
    'Công trình không che chắn, bụi bay khắp ngõ'] },
  { weight: 4, category: 'an-ninh-trat-tu', what: ['Tụ tập đua xe ban đêm', 'Đánh nhau trước cổng chợ'] },
  { weight: 3, category: 'an-toan-thuc-pham', what: ['Quán cơm bán thức ăn ôi thiu'] },
  { weight: 2, category: 'giao-duc', what: ['Cổng trường ùn tắc giờ tan học'] },
  { weight: 2, category: 'thu-tuc-hanh-chinh', what: ['Hồ sơ quá hẹn trả mười ngày'] },
  { weight: 1, category: 'khac', what: ['Chó thả rông trong công viên'] },
];

const ENGLISH = ['Broken street light', 'Rubbish has not been collected', 'Deep pothole',
  'Blocked drain, the street floods'];
const STREETS = ['Hàng Bông', 'Láng Hạ', 'Nguyễn Trãi', 'Kim Mã', 'Trần Duy Hưng', 'Giải Phóng',
  'Tây Sơn', 'Xuân Thủy', 'Phố Huế', 'Ngọc Hồi', 'Lạc Long Quân', 'Quang Trung'];

// Of [[lon, lat], …]; the even-odd rule over all rings, so that holes are outside.
function holds(rings, lon, lat) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [x1, y1] = ring[i];
      const [x2, y2] = ring[j];
      if ((y1 > lat) !== (y2 > lat) && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) {
        inside = !inside;
      }
    }
  }
  return inside;
}

// People live close together in small units: each counts by the root of its area.
function readUnits() {
  return JSON.parse(readFileSync(BOUNDARIES, 'utf8')).features.map(({ properties, geometry }) => {
    const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
    const lons = rings.flat().map(([lon]) => lon);
    const lats = rings.flat().map(([, lat]) => lat);
    const box = { west: Math.min(...lons), east: Math.max(...lons),
      south: Math.min(...lats), north: Math.max(...lats) };
    const weight = Math.sqrt((box.east - box.west) * (box.north - box.south));
    return { code: properties.code, name: properties.name, rings, box, weight };
  });
}

export class Reports {
  constructor(random) {
    this.random = random;
    this.units = readUnits();
  }

  pointIn(unit) {
    const { west, east, south, north } = unit.box;
    for (;;) {
      const lon = Number((west + this.random.fraction() * (east - west)).toFixed(6));
      const lat = Number((south + this.random.fraction() * (north - south)).toFixed(6));
      if (holds(unit.rings, lon, lat)) return { lat, lon };
    }
  }

  // The body of a POST to /api/intake/submissions.
  next() {
    const { random } = this;
    const unit = random.weighted(this.units);
    const { category, what } = random.weighted(SUBJECTS);
    const address = `số ${1 + random.below(200)} ${random.pick(STREETS)}, ${unit.name}`;
    const english = random.chance(0.03);
    const report = {
      category,
      description: `${random.pick(english ? ENGLISH : what)}, ${address}.`,
      location: { ...this.pointIn(unit), address },
      language: english ? 'en' : 'vi',
    };
    if (random.chance(0.05)) report.level = 'urgent';
    if (random.chance(0.1)) report.anonymous = true;
    if (random.chance(0.3)) report.media = [`https://anh.ihanoi.example/${random.below(1e9)}.jpg`];
    return report;
  }
}
