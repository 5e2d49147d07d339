-- SPDX-License-Identifier: Apache-2.0
-- How near another report of the category is likely the same, in metres; NULL: readers take their own default.
ALTER TABLE category
    ADD COLUMN duplicate_radius_m integer CHECK (duplicate_radius_m BETWEEN 1 AND 1000);
