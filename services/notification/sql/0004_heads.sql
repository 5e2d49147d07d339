-- SPDX-License-Identifier: Apache-2.0
-- Who leads a unit: proposals that a second person must approve are told to them, and what their
-- unit is late with.
ALTER TABLE unit
    ADD COLUMN head_account text,
    ADD COLUMN head_name    text,
    ADD COLUMN head_email   text;
