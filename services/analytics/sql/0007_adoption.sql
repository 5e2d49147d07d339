-- SPDX-License-Identifier: Apache-2.0
-- Other subjects than cases: a fact may add several amounts, and be counted by the team that helped.
ALTER TABLE fact RENAME COLUMN amount TO amount_1;
ALTER TABLE fact ADD COLUMN amount_2 bigint, ADD COLUMN amount_3 bigint,
    ADD COLUMN team text; -- that helped people to begin
