-- SPDX-License-Identifier: Apache-2.0
-- How near another report of a category is likely the same, in metres; 0: the category does not say.
ALTER TABLE category ADD COLUMN duplicate_radius_m integer NOT NULL DEFAULT 0;
