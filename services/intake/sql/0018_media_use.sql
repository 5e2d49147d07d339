-- SPDX-License-Identifier: Apache-2.0
-- What uploaded files are of: a submission, its result, what was added later. A file may be of
-- several; one that is of none goes after a day. Rows come in the transaction of what they are of.
CREATE TABLE media_use (
    media_id      uuid NOT NULL REFERENCES media,
    submission_id uuid NOT NULL,
    PRIMARY KEY (media_id, submission_id)
);
CREATE INDEX media_use_submission ON media_use (submission_id);

-- Who works on a case may see its pictures: the unit and those below it, units that co-operate, and
-- whom it is assigned to.
ALTER TABLE submission_case
    ADD COLUMN assignee   text,
    ADD COLUMN task_units text; -- blank-separated
ALTER TABLE unit_name ADD COLUMN parent text; -- NULL: the city, or not told since this column came
