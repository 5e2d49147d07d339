-- SPDX-License-Identifier: Apache-2.0
-- Processes became data: a state is a word of its process, its phase says what that means. And a
-- reporter sees more of a case: who handed it over and why, what is asked, until when, what is to
-- be rated. A due time is absent while its clock stands still.
ALTER TABLE submission_case
    ADD COLUMN phase        text,
    ADD COLUMN queue        text NOT NULL DEFAULT 'unit',
    ADD COLUMN timeout_at   timestamptz,
    ADD COLUMN handovers    jsonb,   -- {"handovers": [{from, to, reason, at}]}
    ADD COLUMN question     jsonb,   -- {asked, text, answer}
    ADD COLUMN rating       text,
    ADD COLUMN rating_asked boolean NOT NULL DEFAULT false,
    ADD COLUMN merged_into  uuid,
    ALTER COLUMN receive_due DROP NOT NULL;
ALTER TABLE submission_step
    ADD COLUMN phase  text,
    ADD COLUMN reason text;

UPDATE submission_case SET phase = CASE WHEN state IN ('received', 'resolved', 'rejected')
    THEN state ELSE 'working' END, queue = CASE WHEN unit IS NULL THEN 'unroutable' ELSE 'unit' END;
UPDATE submission_step SET phase = CASE WHEN state IN ('received', 'resolved', 'rejected')
    THEN state ELSE 'working' END;
ALTER TABLE submission_case ALTER COLUMN phase SET NOT NULL, ALTER COLUMN queue DROP DEFAULT,
    ALTER COLUMN rating_asked DROP DEFAULT;
ALTER TABLE submission_step ALTER COLUMN phase SET NOT NULL;
