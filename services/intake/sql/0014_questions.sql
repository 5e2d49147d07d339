-- SPDX-License-Identifier: Apache-2.0
-- What a category asks, how a kind is filed, and what was answered.
ALTER TABLE category
    ADD COLUMN kind      text  NOT NULL DEFAULT 'onsite_report',
    ADD COLUMN questions jsonb NOT NULL DEFAULT '[]'; -- as told, checked when taken

CREATE TABLE kind (
    code    text PRIMARY KEY,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    filing  jsonb             -- as told, checked when taken; NULL: it is not filed here
);

-- Only what happens on site needs a place.
ALTER TABLE submission
    DROP CONSTRAINT submission_check1,
    ADD CONSTRAINT submission_place CHECK (kind <> 'onsite_report' OR lat IS NOT NULL
        OR address IS NOT NULL OR address_id IS NOT NULL),
    ADD COLUMN answers  jsonb, -- with what was asked, as the event has them
    ADD COLUMN details  jsonb, -- what only the kind asks for
    ADD COLUMN business text,  -- who it is and who acts for it, sealed for the id
    ADD COLUMN filed_by text;  -- the account of the official who filed it for somebody
