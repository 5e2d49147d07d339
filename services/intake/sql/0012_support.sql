-- SPDX-License-Identifier: Apache-2.0
-- Who says "I meet this too", and who wants to follow: each person once per submission.
CREATE TABLE support (
    submission_id uuid NOT NULL,
    account      text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (submission_id, account)
);
CREATE TABLE follow (
    account      text NOT NULL,
    submission_id uuid NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (account, submission_id)
);
