-- SPDX-License-Identifier: Apache-2.0
-- What people and other systems filed, as they filed it. One row is one submission, its place in
-- the idempotency register, and the whole of what the filing was answered.
CREATE TABLE submission (
    id           uuid PRIMARY KEY,    -- UUIDv7: rises with submitted_at, so lists page by it
    ticket       text NOT NULL UNIQUE,
    kind         text NOT NULL,
    channel      text NOT NULL,
    category     text NOT NULL,
    level        text NOT NULL,
    title        text,
    description  text NOT NULL,
    lat          double precision NOT NULL,
    lon          double precision NOT NULL,
    address      text,
    media        jsonb NOT NULL,      -- array of https URLs
    reporter_ref text NOT NULL,
    anonymous    boolean NOT NULL,
    client       text NOT NULL,       -- "account", or the id of an API key
    language     text NOT NULL,
    submitted_at timestamptz NOT NULL,
    receive_by   timestamptz NOT NULL,
    rule_code    text NOT NULL,       -- of the promise that receive_by came from
    rule_version integer NOT NULL,
    rule_source  text NOT NULL,
    idempotency  uuid NOT NULL UNIQUE, -- of who and key: first half of a SHA-256; the id without a key
    fingerprint  bytea NOT NULL       -- of the input: tells a repeat from a reused key
);
CREATE INDEX submission_reporter ON submission (reporter_ref, id);

-- Blocks of 100 ticket numbers; a process draws some ahead of need and hands them out.
CREATE SEQUENCE ticket_block MINVALUE 0 START 0;

-- Where the case stands, by the highest version seen.
CREATE TABLE submission_case (
    submission_id uuid PRIMARY KEY,
    version     integer NOT NULL,
    state       text NOT NULL,
    unit        text,
    receive_due timestamptz NOT NULL,
    resolve_due timestamptz,
    updated_at  timestamptz NOT NULL,
    result      jsonb,
    reason      jsonb
);

-- One row for each event of the case: the timeline that its reporter sees.
CREATE TABLE submission_step (
    submission_id uuid NOT NULL,
    version    integer NOT NULL,
    action     text NOT NULL,
    state      text NOT NULL,
    unit       text,
    actor_role text NOT NULL,
    note       text,
    at         timestamptz NOT NULL,
    PRIMARY KEY (submission_id, version)
);
