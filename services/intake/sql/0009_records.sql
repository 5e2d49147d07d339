-- SPDX-License-Identifier: Apache-2.0
-- What other city systems know of their things: of each the newest version. Filed by nobody, read by
-- other parts of the city.
CREATE TABLE city_record (
    id         uuid PRIMARY KEY,     -- of type, source, subject and part: first half of a SHA-256
    type       text NOT NULL,        -- "parking", see record.c
    source     text NOT NULL,        -- the CloudEvents source that said it
    subject    text NOT NULL,        -- what it is asked by
    part       text NOT NULL,        -- '': the subject says all
    at         timestamptz NOT NULL, -- as the sender says; with event_id it orders the versions
    event_id   text NOT NULL,
    expires_at timestamptz,          -- NULL: never
    is_public  boolean NOT NULL,
    is_cancelled boolean NOT NULL,   -- by this version itself
    data       jsonb NOT NULL,       -- members that were checked, no others
    added_at   timestamptz NOT NULL, -- of the first version: lists are in this order, which stays
    changed_at timestamptz NOT NULL
);
CREATE INDEX city_record_type ON city_record (type, added_at DESC, id DESC);
CREATE INDEX city_record_subject ON city_record (type, subject, added_at DESC, id DESC);
CREATE INDEX city_record_expired ON city_record (expires_at);

-- Which versions end which things. The end may come before what it ends.
CREATE TABLE city_record_end (
    record_id uuid NOT NULL,
    ended_by  uuid NOT NULL,
    is_cancelled boolean NOT NULL,   -- else replaced
    added_at  timestamptz NOT NULL,
    PRIMARY KEY (record_id, ended_by)
);
CREATE INDEX city_record_end_added ON city_record_end (added_at);
