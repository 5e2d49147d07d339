-- SPDX-License-Identifier: Apache-2.0
-- The share of cases handed over twice or more looks at all cases: as a cell, every new case would
-- touch one more row, half again of what counting it costs. So its numerator stands among the counts.
ALTER TABLE unit_count
    ADD COLUMN often bigint NOT NULL DEFAULT 0; -- of the unit's present cases

UPDATE unit_count c SET often = i.numerator, dirty = true FROM indicator_cell i
    WHERE i.code = 'handed_over_often' AND i.unit = c.unit AND i.category = c.category;
DELETE FROM indicator_cell WHERE code = 'handed_over_often';

-- The sums of every indicator.
CREATE VIEW figure_cell AS
    SELECT code, unit, category, numerator, denominator, pending, dirty FROM indicator_cell
    UNION ALL
    SELECT 'handed_over_often', unit, category, often, received + accepted + assigned + in_progress
           + resolved + rejected + withdrawn + merged, 0, dirty FROM unit_count;
