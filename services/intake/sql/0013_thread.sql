-- SPDX-License-Identifier: Apache-2.0
-- What whoever filed a submission says later. A message is a version of the submission; what became
-- of it, its case tells.
CREATE TABLE submission_message (
    submission_id uuid NOT NULL,
    version       integer NOT NULL,      -- 2, 3, … without a gap
    message_id    uuid NOT NULL UNIQUE,
    kind          text NOT NULL,
    text          text,
    rating        text,
    media         jsonb NOT NULL,        -- array of https URLs
    case_version  integer,               -- that the sender had seen; NULL: did not say
    at            timestamptz NOT NULL,
    idempotency   uuid NOT NULL UNIQUE,  -- of who and key, as of submissions
    fingerprint   bytea NOT NULL,
    state         text NOT NULL,         -- sent, done, refused
    settled_version integer,             -- of the case: that it made, or at which it was refused
    refused       text,                  -- why
    settled_at    timestamptz,
    PRIMARY KEY (submission_id, version)
);

-- The steps of cases that say something to whoever filed, as they were said: of questions and results
-- the case itself keeps the last one only.
CREATE TABLE submission_word (
    submission_id uuid NOT NULL,
    version    integer NOT NULL,         -- of the case
    kind       text NOT NULL,
    said_by    text NOT NULL,            -- reporter, unit, system
    unit       text,
    text       text,
    rating     text,
    media      jsonb NOT NULL,
    message_id uuid,                     -- the message that this step does
    at         timestamptz NOT NULL,
    PRIMARY KEY (submission_id, version)
);
