-- SPDX-License-Identifier: Apache-2.0
-- The cases behind a figure, newest day first: those of a period, whatever else they are. One index
-- for all figures and dimensions, of cases that are counted alone, since each change of a fact writes it.
CREATE INDEX fact_case_day ON fact (day, id) WHERE subject = 0 AND day IS NOT NULL;
