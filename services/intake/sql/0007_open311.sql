-- SPDX-License-Identifier: Apache-2.0
-- Open311 asks what changed since an instant, and wants of what is closed the instant of closing:
-- a rating, or the end of the time for one, comes later. Found by the steps, which are only ever
-- added: an index over the instants of the cases would have to follow each of their changes.
ALTER TABLE submission_case ADD COLUMN closed_at timestamptz; -- NULL: open, or as updated_at
CREATE INDEX submission_step_at ON submission_step (at, submission_id, version);
