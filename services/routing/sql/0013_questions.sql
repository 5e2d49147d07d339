-- SPDX-License-Identifier: Apache-2.0
-- Whose process takes in what is filed under a category, and what is asked beside the description.
ALTER TABLE category
    ADD COLUMN kind      text  NOT NULL DEFAULT 'onsite_report',
    ADD COLUMN questions jsonb NOT NULL DEFAULT '[]'; -- as in reference/categories.json, checked when loaded
